import Foundation
import Testing

extension EndToEnd {
    /// A recording played through the live path and the same recording analysed.
    @Suite struct StreamingEqualsOfflineTests {
        @Test func aRecordingPlayedLiveGivesTheEventsAndScoresOfItsAnalysis() throws {
            let home = try TestHome()
            let program = try home.program()
            let recording = try Recordings.clear("dog_bark").path
            let live = try program.run("run", "--source", "file:\(recording)")
            #expect(live.status == 0)
            let analysis = try program.run(
                "analyze",
                recording,
                "--format",
                "json",
                "--scores",
                home.path("scores")
            )
            #expect(analysis.status == 0)

            let heard = JSONLines.objects(in: try program.run("events", "--format", "json").output)
            let found = JSONLines.objects(in: analysis.output)
            #expect(!found.isEmpty)
            try #require(heard.count == found.count)
            for (left, right) in zip(heard, found) {
                for key in ["class", "peak_score", "mean_score", "level_dbfs"] {
                    #expect("\(left[key] ?? "")" == "\(right[key] ?? "")", "\(key)")
                }
                let length = try #require(left["duration_s"] as? Double)
                let end = try #require(right["end_s"] as? Double)
                let start = try #require(right["start_s"] as? Double)
                #expect(abs(length - (end - start)) < 0.002)
            }
            #expect(try storedScores(home) == (try writtenScores(home)))
        }

        /// Each hop's scores as the database keeps them: a byte a class, 255 while the gate was closed.
        private func storedScores(_ home: TestHome) throws -> [[Int]] {
            let rows = try home.query(
                "SELECT class_count || ' ' || hex(scores) FROM score_block ORDER BY start_utc_ms"
            )
            return rows.split(separator: "\n").flatMap { row -> [[Int]] in
                let parts = row.split(separator: " ")
                guard let classCount = Int(parts[0]) else { return [] }
                let digits = Array(parts[1])
                let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
                    Int(String(digits[$0...$0 + 1]), radix: 16)
                }
                return stride(from: 0, to: bytes.count, by: classCount).map {
                    Array(bytes[$0..<$0 + classCount])
                }
            }
        }

        /// Each hop's scores as `--scores` wrote them, in the database's steps.
        private func writtenScores(_ home: TestHome) throws -> [[Int]] {
            let table = try String(
                contentsOfFile: home.path("scores/1-100032-A.csv"),
                encoding: .utf8
            )
            return table.split(separator: "\n").dropFirst().map { line in
                line.split(separator: ",", omittingEmptySubsequences: false).dropFirst().map {
                    field in
                    Double(field).map { Int(($0 * 254).rounded()) } ?? 255
                }
            }
        }
    }
}
