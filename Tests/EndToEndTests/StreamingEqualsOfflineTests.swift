import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// A recording played through the live path and the same recording analysed.
    @Suite struct StreamingEqualsOfflineTests {
        @Test func aRecordingPlayedLiveGivesTheEventsAndScoresOfItsAnalysis() throws {
            let home = try TestHome()
            let program = try home.program()
            let recording = Recordings.clear("dog_bark").path
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
            let written = try ScoreFile(path: home.path("scores/1-100032-A.csv")).bytes
            #expect(try storedScores(home) == written)
        }

        /// Each hop's scores as the database keeps them.
        private func storedScores(_ home: TestHome) throws -> [[Int]] {
            try home.query(
                "SELECT class_count || ' ' || hex(scores) FROM score_block ORDER BY start_utc_ms"
            ).split(separator: "\n").flatMap(ScoreFile.bytes(ofRow:))
        }
    }
}
