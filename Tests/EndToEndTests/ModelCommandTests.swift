import Foundation
import NeuralNetwork
import TestSupport
import Testing

extension EndToEnd {
    /// The commands that look into a model, run its parts and time them.
    @Suite struct ModelCommandTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            try home.installReferenceModel()
            program = try home.program()
        }

        /// The greatest difference of two rows of numbers; infinite if they are not as many.
        private func difference(_ left: [Float], _ right: [Float]) -> Float {
            guard left.count == right.count else { return .infinity }
            return zip(left, right).map { abs($0 - $1) }.max() ?? 0
        }

        @Test func inspectSaysHowTheNetworkFollowsAStreamAndWhatItsLayersCost() throws {
            let outcome = try program.run("models", "inspect", "bootstrap")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("incrementally: a hop of 8 frame(s), 0.080 s"))
            #expect(outcome.output.contains("except: node 'ReduceMax_13' (ReduceMax)"))
            #expect(outcome.output.contains("17622740 multiply-adds a window"))
            let layer = outcome.lines.first { $0.hasPrefix("Conv_3") } ?? ""
            #expect(
                layer.split(separator: " ") == ["Conv_3", "Conv", "1×32×44×32", "4640", "6488064"]
            )
        }

        private func referenceFloats(_ file: String) throws -> [Float] {
            try NPYArray(path: ReferenceNetworks.path(file)).floats ?? []
        }

        @Test func featuresAreThoseThatTheNetworkWasTrainedOn() throws {
            let file = home.path("features.npy")
            let outcome = try program.run(
                "features",
                ReferenceNetworks.path("ref_clip.wav"),
                "--model",
                "bootstrap",
                "--output",
                file
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.isEmpty)
            let features = try NPYArray(path: file)
            #expect(features.shape == [498, 64])
            let expected = try referenceFloats("ref_logmel_norm.npy")
            #expect(difference(features.floats ?? [], expected) < 1e-3)
        }

        @Test func aNetworkRunOnGivenTensorsGivesTheScoresOfTheFrameworkThatTrainedIt() throws {
            let features = try referenceFloats("ref_logmel_norm.npy")
            let windows = (0..<17).flatMap { (index: Int) -> ArraySlice<Float> in
                let start = index * 24 * 64
                return features[start..<(start + 96 * 64)]
            }
            let input = home.path("windows.npy")
            try NPYArray(shape: [17, 1, 96, 64], floats: windows).write(path: input)
            let outcome = try program.run(
                "models",
                "run",
                "bootstrap",
                input,
                "--output",
                home.path("outputs")
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            let scores = try NPYArray(path: home.path("outputs/probs.npy"))
            #expect(scores.shape == [17, 11])
            #expect(difference(scores.floats ?? [], try referenceFloats("ref_probs.npy")) < 1e-4)
            let embedding = try NPYArray(path: home.path("outputs/embedding.npy"))
            let expected = try referenceFloats("ref_embedding.npy")
            #expect(difference(embedding.floats ?? [], expected) < 1e-3)
        }

        @Test func tensorsThatDoNotFitAreRefusedInOneLine() throws {
            let input = home.path("narrow.npy")
            try NPYArray(shape: [1, 1, 96, 63], floats: Array(repeating: 0, count: 96 * 63))
                .write(path: input)
            let text = try home.write("no array\n", to: "text.npy")
            for (files, status, words) in [
                ([input], Int32(65), "63"), ([text], 65, "text.npy"), ([], 64, "in.npy"),
                ([input, input], 64, "1 input(s), logmel, but 2 file(s)"),
                ([home.path("gone.npy")], 66, "gone.npy"),
            ] {
                let outcome = try program.run(
                    arguments: ["models", "run", "bootstrap"] + files
                        + ["--output", home.path("outputs")]
                )
                #expect(outcome.status == status, "\(outcome.errors)")
                #expect(outcome.errors.contains(words), "\(outcome.errors)")
                #expect(outcome.output.isEmpty)
            }
        }

        @Test func anOutputThatCannotBeMadeIsSaidSo() throws {
            let file = try home.write("", to: "file")
            let recording = Recordings.clear("rooster").path
            for arguments in [
                ["features", recording, "--output", "\(file)/features.npy"],
                ["analyze", recording, "--spectrogram", "\(file)/pictures"],
                ["analyze", recording, "--resume", "\(file)/journal"],
            ] {
                let outcome = try program.run(arguments: arguments)
                #expect(outcome.status == 73, "\(outcome.errors)")
                #expect(outcome.errors.hasPrefix("earwitness: Cannot "), "\(outcome.errors)")
            }
        }

        @Test func benchTimesEveryStageAndTheWholePath() throws {
            let outcome = try program.run("bench", "--format", "json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let report = try #require(JSONLines.objects(in: outcome.output).first)
            let stages = try #require(report["stages"] as? [[String: Any]])
            #expect(
                stages.compactMap { $0["stage"] as? String } == [
                    "sound_levels", "resample", "features", "network_window", "network_hop",
                    "decision", "whole_path",
                ]
            )
            let speeds = stages.compactMap { $0["times_real_time"] as? Double }
            #expect(speeds.count == stages.count && speeds.allSatisfy { $0 > 0 })
            // Whole microphones; the speed is rounded to a tenth.
            let microphones = try #require(report["microphones_per_core"] as? Int)
            #expect(abs(Double(microphones) - (speeds.last ?? 0)) <= 1)
        }
    }
}

extension EndToEnd {
    /// Holds `docs/commands.md` against what the program says of itself.
    @Suite struct CommandDocumentationTests {
        /// A command as `--experimental-dump-help` describes it.
        private struct Command: Decodable {
            let commandName: String
            let defaultSubcommand: String?
            let subcommands: [Command]?
            let arguments: [Argument]?
        }

        private struct Argument: Decodable {
            let names: [Name]?
            let shouldDisplay: Bool
        }

        private struct Name: Decodable {
            let kind: String
            let name: String
        }

        private struct Tool: Decodable {
            let command: Command
        }

        /// The options of every command that does something, by the words that call it.
        private func options(of command: Command, calledBy words: String) -> [String: [String]] {
            guard let subcommands = command.subcommands, !subcommands.isEmpty else {
                let names = (command.arguments ?? []).filter(\.shouldDisplay)
                    .compactMap { $0.names?.first { $0.kind == "long" }?.name }
                return [words: names.filter { !["help", "version", "config"].contains($0) }]
            }
            var all: [String: [String]] = [:]
            for subcommand in subcommands where subcommand.commandName != "help" {
                let isDefault = subcommand.commandName == command.defaultSubcommand
                let called = isDefault ? words : "\(words) \(subcommand.commandName)"
                all.merge(options(of: subcommand, calledBy: called)) { $0 + $1 }
            }
            return all
        }

        /// The sections of the page by their headings.
        private func sections() throws -> [String: String] {
            let page = try String(
                contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                    .deletingLastPathComponent().deletingLastPathComponent()
                    .appendingPathComponent("docs/commands.md"),
                encoding: .utf8
            )
            let parts = page.components(separatedBy: "\n## ").dropFirst().map { part in
                part.split(separator: "\n", maxSplits: 1).map(String.init)
            }
            return Dictionary(parts.map { ($0[0], $0.last ?? "") }) { first, _ in first }
        }

        @Test func everyCommandHasASectionWithItsOptionsAndAnExample() throws {
            let outcome = try TestHome().program().run("--experimental-dump-help")
            let tool = try JSONDecoder().decode(Tool.self, from: Data(outcome.output.utf8))
            let commands = options(of: tool.command, calledBy: "earwitness")
            #expect(commands.count > 10)
            let sections = try sections()
            for (words, options) in commands.sorted(by: { $0.key < $1.key }) {
                let section = try #require(
                    sections[words],
                    "docs/commands.md has no section '## \(words)'"
                )
                #expect(section.contains("\n    \(words)"), "no example in '## \(words)'")
                for option in options {
                    #expect(
                        section.contains("`--\(option)`") || section.contains("`--\(option) "),
                        "--\(option) is not in '## \(words)'"
                    )
                }
            }
            for heading in sections.keys where heading.hasPrefix("earwitness ") {
                #expect(commands[heading] != nil, "there is no '\(heading)' any more")
            }
        }
    }
}
