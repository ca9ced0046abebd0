import AudioFiles
import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// What `analyze --resume` takes for a recording that is done.
    @Suite struct ResumeTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
            try FileManager.default.createDirectory(
                atPath: home.path("a/b"),
                withIntermediateDirectories: true
            )
            try copy(Recordings.clear("dog_bark").path, to: "a/night.ogg")
        }

        private func copy(_ path: String, to name: String) throws {
            try FileManager.default.copyItem(atPath: path, toPath: home.path(name))
        }

        private func move(_ name: String, to other: String) throws {
            try FileManager.default.moveItem(atPath: home.path(name), toPath: home.path(other))
        }

        /// The recordings whose events are printed, as they were given.
        private func analysed(_ paths: String..., in folder: String = "") throws -> [String] {
            let outcome = try RunningProgram(
                path: "/bin/sh",
                arguments: [
                    "-c", #"cd "$1" && shift && exec "$0" "$@""#,
                    "\(BuiltProgram.folder)/earwitness", home.path(folder), "analyze", "--format",
                    "csv", "--resume", home.path("journal"),
                ] + paths,
                environment: ProcessInfo.processInfo.environment.merging(program.environment) {
                    $1
                }
            ).outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            var seen: Set<String> = []
            return outcome.lines.dropFirst().compactMap { $0.split(separator: ",").first }
                .map(String.init).filter { seen.insert($0).inserted }
        }

        @Test func outputsOfARecordingThatIsDoneAreNotReplacedByThoseOfItsNamesake() throws {
            try copy(Recordings.clear("rooster").path, to: "a/b/night.ogg")
            func analyze(_ path: String) throws -> BuiltProgram.Outcome {
                try program.run(
                    "analyze",
                    home.path(path),
                    "--resume",
                    home.path("journal"),
                    "--scores",
                    home.path("scores")
                )
            }
            #expect(try analyze("a/night.ogg").status == 0)
            let first = try Data(contentsOf: URL(fileURLWithPath: home.path("scores/night.csv")))
            let second = try analyze("a/b/night.ogg")
            #expect(second.status == 73)
            #expect(second.errors.contains("would get the same names as those of"))
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: home.path("scores/night.csv"))) == first
            )
        }

        @Test func aRecordingIsKnownHoweverItsPathIsWritten() throws {
            #expect(try analysed("night.ogg", in: "a") == ["night.ogg"])
            #expect(try analysed("./night.ogg", in: "a").isEmpty)
            #expect(try analysed(home.path("a/night.ogg")).isEmpty)
            #expect(try analysed("../night.ogg", in: "a/b").isEmpty)
            #expect(try analysed("a").isEmpty)
            symlink(home.path("a/night.ogg"), home.path("link.ogg"))
            symlink(home.path("a"), home.path("card"))
            #expect(try analysed("link.ogg").isEmpty)
            #expect(try analysed("card/night.ogg").isEmpty)
        }

        @Test func aRecordingThatWasMovedRenamedOrCopiedIsDoneStill() throws {
            #expect(try analysed("a/night.ogg") == ["a/night.ogg"])
            try move("a/night.ogg", to: "a/b/renamed.ogg")
            #expect(try analysed("a/b/renamed.ogg").isEmpty)
            try copy(home.path("a/b/renamed.ogg"), to: "copy.ogg")
            utimes(home.path("copy.ogg"), nil)
            #expect(try analysed("copy.ogg").isEmpty)
        }

        @Test func copiesOfOneRecordingCountOneByOne() throws {
            try copy(home.path("a/night.ogg"), to: "a/second.ogg")
            #expect(try analysed("a/second.ogg") == ["a/second.ogg"])
            #expect(try analysed("a/night.ogg", "a/second.ogg") == ["a/night.ogg"])
            try move("a", to: "moved")
            #expect(try analysed("moved/night.ogg", "moved/second.ogg").isEmpty)
        }

        @Test func anotherRecordingOfTheSameNameLengthAndTimeIsAnalysed() throws {
            /// A second of noise by its seed, and in it the file's time as a recorder would set it.
            func write(seed: UInt64, to name: String) throws {
                var random = seed
                let samples = (0..<16_000).map { _ -> Float in
                    random = random &* 6_364_136_223_846_793_005 &+ 1
                    return Float(random >> 40) / Float(1 << 24) - 0.5
                }
                let writer = try RecordingWriter(
                    path: home.path(name),
                    format: .wav16,
                    sampleRateHz: 16_000
                )
                try writer.write(samples.span)
                try writer.finish()
                var times = [timeval(tv_sec: 1_700_000_000, tv_usec: 0)]
                times.append(times[0])
                #expect(utimes(home.path(name), times) == 0)
            }
            func lines() throws -> Int {
                try String(contentsOfFile: home.path("journal"), encoding: .utf8)
                    .split(separator: "\n").count
            }
            try write(seed: 1, to: "a/20230501_043000.WAV")
            _ = try analysed("a/20230501_043000.WAV")
            #expect(try lines() == 1)
            // The next card, in the same place.
            try write(seed: 2, to: "a/20230501_043000.WAV")
            _ = try analysed("a/20230501_043000.WAV")
            #expect(try lines() == 2)
            _ = try analysed("a/20230501_043000.WAV")
            #expect(try lines() == 2)
        }

        @Test func aJournalOfAnEarlierVersionIsReadAndGoneOnWith() throws {
            #expect(try analysed("a/night.ogg") == ["a/night.ogg"])
            let journal = URL(fileURLWithPath: home.path("journal"))
            let line = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: journal))
                    as? [String: Any]
            )
            let earlier = line.filter {
                ["bytes", "file", "model", "modified_utc_ms"].contains($0.key)
            }
            #expect(earlier.count == 4 && line.count == 7)
            var text = try JSONSerialization.data(
                withJSONObject: earlier,
                options: [.sortedKeys, .withoutEscapingSlashes]
            )
            text.append(UInt8(ascii: "\n"))
            try text.write(to: journal)
            #expect(try analysed("a/night.ogg").isEmpty)
            #expect(try analysed(home.path("a/night.ogg")).isEmpty)
            try copy(Recordings.clear("rooster").path, to: "a/day.ogg")
            #expect(try analysed("a/day.ogg", "a/night.ogg") == ["a/day.ogg"])
            #expect(try analysed("a/day.ogg", "a/night.ogg").isEmpty)
        }

        @Test func aTableForRavenCountsThroughTheRecordingsThatAreDone() throws {
            try copy(Recordings.clear("rooster").path, to: "a/rooster.ogg")
            let paths = ["a/night.ogg", "a/rooster.ogg"].map(home.path)
            func rows(_ more: [String]) throws -> [[String]] {
                let outcome = try program.run(
                    arguments: ["analyze", "--format", "raven"] + more + paths
                )
                #expect(outcome.status == 0, "\(outcome.errors)")
                return outcome.lines.dropFirst().map {
                    $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                }
            }
            let all = try rows([])
            let second = all.filter { $0[8] == paths[1] }
            #expect(!second.isEmpty && Set(all.map { $0[8] }) == Set(paths))
            let length = try #require(try RecordingReader(path: paths[0]).durationSeconds)
            for row in second {
                let (begin, offset) = (Double(row[3]) ?? 0, Double(row[9]) ?? 0)
                #expect(abs(begin - length - offset) < 1e-5)
            }
            _ = try analysed("a/night.ogg")
            let rest = try rows(["--resume", home.path("journal")])
            #expect(rest.map { $0[3...4] } == second.map { $0[3...4] })
        }
    }

    /// What commands show at a terminal.
    @Suite struct TerminalTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
        }

        /// What a terminal gets to see of a command.
        private func shown(
            _ arguments: [String],
            _ environment: [String: String]
        ) throws -> String {
            let words = (["\(BuiltProgram.folder)/earwitness"] + arguments)
                .map { "'\($0)'" }.joined(separator: " ")
            var all = ProcessInfo.processInfo.environment
            for key in ["NO_COLOR", "TERM"] { all[key] = nil }
            all.merge(program.environment) { $1 }
            all.merge(environment) { $1 }
            let outcome = try RunningProgram(
                path: "/usr/bin/script",
                arguments: ["-qec", words, "/dev/null"],
                environment: all
            ).outcome()
            #expect(outcome.status == 0, "\(outcome.output)")
            return outcome.output
        }

        @Test(arguments: [
            (["TERM": "xterm"], true), (["TERM": "xterm", "NO_COLOR": ""], true),
            (["TERM": "xterm", "NO_COLOR": "1"], false), (["TERM": "dumb"], false),
        ])
        func eventsAreColoredOnlyWhereThatIsWanted(
            environment: [String: String],
            isColored: Bool
        ) throws {
            let dog = Recordings.clear("dog_bark").path
            let text = try shown(
                ["run", "--source", "file:\(dog)", "--pace", "10"],
                environment
            )
            #expect(text.contains("Dog bark"))
            #expect(text.contains("\u{1B}[1;") == isColored)
            #expect(text.contains(/\u{1B}\[[0-9;]+m/) == isColored)
            #expect(environment["TERM"] != "dumb" || !text.contains("\u{1B}"))
        }

        @Test(arguments: [
            (["TERM": "xterm"], true), (["TERM": "xterm", "NO_COLOR": "1"], true),
            (["TERM": "dumb"], false),
        ])
        func progressIsDrawnOverItselfOnlyAtATerminalThatCan(
            environment: [String: String],
            isDrawn: Bool
        ) throws {
            let dog = Recordings.clear("dog_bark").path
            let text = try shown(
                ["analyze", "--count", "--jobs", "1"] + Array(repeating: dog, count: 40),
                environment
            )
            #expect(text.contains("\r\u{1B}[K") == isDrawn)
            #expect(text.contains("times real time") == isDrawn)
        }
    }
}
