import AudioFiles
import Foundation
import Glibc
import NeuralNetwork
import TestSupport
import Testing

extension EndToEnd {
    /// Results that can't be written: never a success, never half a file.
    @Suite struct OutputFaultTests {
        /// How a command is tried.
        private enum Trial {
            /// It prints something with these arguments.
            case prints([String])
            /// It prints nothing with these, because what it makes goes elsewhere.
            case printsNothing([String])
            /// It ends with this status before it would print, because what it needs is not there.
            case refuses([String], status: Int32)
            /// It draws on a terminal, and says so where there is none.
            case needsTerminal
        }

        private static let noSpace =
            "earwitness: Cannot write to standard output: no space left on device. "
            + "Free some space and run the command again."

        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            try home.installReferenceModel()
            program = try home.program()
        }

        /// Runs the program by a shell, which sees to where its output goes.
        private func run(
            _ arguments: [String],
            shell: String,
            environment: [String: String] = [:]
        ) throws -> BuiltProgram.Outcome {
            try RunningProgram(
                path: "/bin/bash",
                arguments: ["-c", shell, "\(BuiltProgram.folder)/earwitness"] + arguments,
                environment: ProcessInfo.processInfo.environment.merging(program.environment) {
                    $1
                }.merging(environment) { $1 }
            ).outcome()
        }

        /// The words of every command that does something, as the program itself lists them.
        private func commands() throws -> [[String]] {
            func leaves(_ command: [String: Any], _ words: [String]) -> [[String]] {
                let below = command["subcommands"] as? [[String: Any]] ?? []
                let named = below.compactMap { command in
                    (command["commandName"] as? String).map { ($0, command) }
                }.filter { $0.0 != "help" }
                return named.isEmpty ? [words] : named.flatMap { leaves($0.1, words + [$0.0]) }
            }
            let dump = try program.run("--experimental-dump-help").output
            let tool = try JSONSerialization.jsonObject(with: Data(dump.utf8)) as? [String: Any]
            return leaves(try #require(tool?["command"] as? [String: Any]), [])
        }

        /// A tone as an acoustic calibrator makes it.
        private func tone() throws -> String {
            try recording("tone.wav", seconds: 4) { sin(2 * Double.pi * 1_000 * $0) }
        }

        /// Three beeps, again and again.
        private func beeps() throws -> String {
            try recording("beeps.wav", seconds: 12) { time in
                let inPeriod = (time - 1).truncatingRemainder(dividingBy: 2.7)
                let isOn =
                    (0..<1.2).contains(inPeriod)
                    && inPeriod.truncatingRemainder(dividingBy: 0.4) < 0.2
                return isOn ? sin(2 * Double.pi * 3_000 * time) : 0
            }
        }

        private func recording(
            _ name: String,
            seconds: Int,
            _ sound: (Double) -> Double
        ) throws -> String {
            let path = home.path(name)
            let writer = try RecordingWriter(path: path, format: .wav16, sampleRateHz: 48_000)
            let samples = (0..<seconds * 48_000).map { Float(0.1 * sound(Double($0) / 48_000)) }
            try writer.write(samples.span)
            try writer.finish()
            return path
        }

        /// A folder of clips with two folds.
        private func clips() throws -> String {
            for name in ["dog_bark", "rooster"] {
                let folder = home.folder.appendingPathComponent("clips/\(name)")
                try FileManager.default.createDirectory(
                    at: folder,
                    withIntermediateDirectories: true
                )
                for fold in 1...2 {
                    let copy = folder.appendingPathComponent("\(fold)-7-A.ogg")
                    if !FileManager.default.fileExists(atPath: copy.path) {
                        try FileManager.default.copyItem(at: Recordings.clear(name), to: copy)
                    }
                }
            }
            return home.path("clips")
        }

        private func trials() throws -> [[String]: Trial] {
            let dog = Recordings.clear("dog_bark").path
            try home.write(
                """
                model: household-1
                clips: {keep: events}
                rules: {news: {when: {class: dog_bark}, then: [{command: [/bin/true]}]}}

                """,
                to: "earwitness.yaml"
            )
            let models = home.folder.appendingPathComponent("state/models")
            try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                at: Checkout.folder.appendingPathComponent("Tests/ReferenceModels/bootstrap"),
                to: models.appendingPathComponent("spare")
            )
            let (clips, input) = (try clips(), home.path("in.npy"))
            let network = "Tests/NeuralNetworkTests/Fixtures/tflite/mobile-float.tflite"
            try NPYArray(shape: [1, 1, 96, 64], floats: [Float](repeating: 0, count: 96 * 64))
                .write(path: input)
            let train = [
                clips, "--steps", "4", "--batch", "4", "--threads", "2", "--cache",
                home.path("cache"),
            ]
            return [
                ["run"]: .printsNothing(["--source", "file:\(dog)", "--pace", "100"]),
                ["tail"]: .prints(["--recent", "5"]),
                ["status"]: .prints([]),
                ["watch"]: .needsTerminal,
                ["web", "link"]: .prints([]),
                ["web", "password"]: .printsNothing(["--stdin"]),
                ["devices"]: .prints(["--format", "text"]),
                ["calibrate"]: .prints(["file:\(try tone())", "--seconds", "2"]),
                ["doctor"]: .prints(["--no-listen"]),
                ["events"]: .prints([]),
                ["review"]: .prints([]),
                ["label"]: .prints(["1", "right"]),
                ["labels", "export"]: .printsNothing([home.path("labelled")]),
                ["labels", "import"]: .printsNothing([
                    try home.write("event,label\n1,right\n", to: "labels.csv")
                ]),
                ["labels", "report"]: .prints([]),
                ["insights"]: .prints([]),
                ["similar"]: .prints(["--event", "1"]),
                ["levels"]: .prints([]),
                ["analyze"]: .prints([dog]),
                ["thresholds", "show"]: .prints([]),
                ["thresholds", "set"]: .prints(["dog_bark", "0.8"]),
                ["thresholds", "reset"]: .prints(["dog_bark"]),
                ["thresholds", "suggest"]: .prints([
                    "dog_bark", "--max-false-alarms-per-week", "1", "--format", "json",
                ]),
                ["what-if"]: .prints(["dog_bark"]),
                ["rules", "check"]: .prints([]),
                ["rules", "test"]: .prints([]),
                ["rules", "fire"]: .prints(["news"]),
                ["cadence", "learn"]: .prints([try beeps()]),
                ["learn", "add"]: .refuses(["kettle", dog], status: 65),
                ["learn", "list"]: .prints([]),
                ["learn", "remove"]: .refuses(["kettle"], status: 66),
                ["learn", "again"]: .refuses([], status: 66),
                ["learn", "export"]: .refuses(["kettle", home.path("kettle")], status: 66),
                ["learn", "import"]: .refuses([home.path("kettle")], status: 66),
                ["learn", "others"]: .printsNothing(
                    [dog, "--output", home.path("others.bin"), "--from", "a dog"]
                ),
                ["fleet", "check"]: .refuses([], status: 78),
                ["fleet", "send"]: .refuses([], status: 78),
                ["config", "check"]: .prints([]),
                ["config", "show"]: .prints([]),
                ["models", "list"]: .prints([]),
                ["models", "inspect"]: .prints(["bootstrap"]),
                ["models", "add"]: .prints([
                    Checkout.folder.appendingPathComponent(network).path, "--preset", "earwitness",
                    "--name", "added", "--labels",
                    try home.write("a\nb\nc\nd\ne\n", to: "labels.txt"),
                ]),
                ["models", "use"]: .printsNothing(["household-1"]),
                ["models", "remove"]: .printsNothing(["spare"]),
                ["models", "run"]: .printsNothing(
                    ["bootstrap", input, "--output", home.path("tensors")]
                ),
                ["evaluate"]: .prints(["bootstrap", clips, "--fold", "1"]),
                ["compose"]: .prints(
                    [clips, "--length", "6", "--output", home.path("soundscapes")]
                ),
                ["features"]: .printsNothing([dog, "--output", home.path("features.npy")]),
                ["bench"]: .prints(["--model", "bootstrap"]),
                ["train"]: .prints(train + ["--cross-validate"]),
            ]
        }

        @Test func everyCommandSaysThatItsResultsCouldNotBeWritten() throws {
            let microphone = """
                pcm.!default { type hw card 9 }
                pcm.silent { type null hint { show on description "Silence" } }
                """
            let listening = try home.program(alsaConfiguration: microphone)
            let (commands, trials) = (try commands(), try trials())
            #expect(commands.count > 20)
            let recorded = try listening.run(
                "run",
                "--source",
                "file:\(Recordings.clear("dog_bark").path)"
            )
            #expect(recorded.status == 0, "\(recorded.errors)")
            var service: RunningProgram?
            // Those that need the service come last.
            for words in commands.sorted(by: { needsService($1) && !needsService($0) }) {
                let trial = try #require(trials[words], "no trial of \(words)")
                if needsService(words), service == nil {
                    service = try listening.startAnswering("run", "--source", "demo")
                }
                switch trial {
                case .prints(let arguments):
                    let outcome = try run(words + arguments, shell: #"exec "$0" "$@" >/dev/full"#)
                    #expect(outcome.status == 74, "\(words): \(outcome.errors)")
                    let lines = outcome.errors.split(separator: "\n")
                        .filter { $0.hasPrefix("earwitness: ") }
                    #expect(lines.map(String.init) == [Self.noSpace], "\(words)")
                case .printsNothing(let arguments):
                    let outcome = try run(
                        words + arguments,
                        shell: #"exec "$0" "$@" >/dev/full <<<'four words of mine'"#
                    )
                    #expect(outcome.status == 0, "\(words): \(outcome.errors)")
                case .refuses(let arguments, let status):
                    let outcome = try run(words + arguments, shell: #"exec "$0" "$@" >/dev/full"#)
                    #expect(outcome.status == status, "\(words): \(outcome.errors)")
                case .needsTerminal:
                    let outcome = try run(words, shell: #"exec "$0" "$@" >/dev/full"#)
                    #expect(outcome.status == 64 && outcome.errors.contains("needs a terminal"))
                }
            }
            _ = service?.terminate()
        }

        private func needsService(_ words: [String]) -> Bool {
            [["status"], ["tail"], ["web", "link"]].contains(words)
        }

        @Test(arguments: [
            ["--version"], ["--help"], ["help", "analyze"],
            ["--generate-completion-script", "bash"],
            ["analyze", "--help"], [],
        ])
        func helpAndCompletionScriptsAreResultsToo(arguments: [String]) throws {
            let full = try run(arguments, shell: #"exec "$0" "$@" >/dev/full"#)
            #expect(full.status == 74)
            #expect(full.errors.hasPrefix("earwitness: Cannot write to standard output: no space"))
            let whole = try run(arguments, shell: #"exec "$0" "$@""#)
            #expect(whole.status == 0 && !whole.output.isEmpty && whole.errors.isEmpty)
        }

        @Test func aClosedStandardOutputIsSaidAndNoFileTakesItsPlace() throws {
            let journal = home.path("journal")
            let dog = Recordings.clear("dog_bark").path
            let arguments = ["analyze", "--resume", journal, "--format", "csv", dog]
            let closed = try run(arguments, shell: #"exec "$0" "$@" >&-"#)
            #expect(closed.status == 74)
            #expect(
                closed.errors
                    == "earwitness: Cannot write to standard output: it is closed. Redirect it to a "
                    + "file or a pipe.\n"
            )
            #expect(try Data(contentsOf: URL(fileURLWithPath: journal)).isEmpty)
            let silent = try run(arguments, shell: #"exec "$0" "$@" >&- 2>&- <&-"#)
            #expect(silent.status == 74)
            let next = try program.run(arguments: arguments)
            #expect(next.status == 0 && next.lines.count == 2, "\(next.errors)")
        }

        @Test func aReaderThatHasEnoughEndsTheCommandInSilence() throws {
            let dogs = try (0..<20).map { number in
                let copy = home.path("dog-\(number).ogg")
                try FileManager.default.copyItem(
                    atPath: Recordings.clear("dog_bark").path,
                    toPath: copy
                )
                return copy
            }
            let folder = home.path("scores")
            let outcome = try run(
                ["analyze", "--jobs", "1", "--scores", folder] + dogs,
                shell: #""$0" "$@" | true; echo "${PIPESTATUS[0]}""#
            )
            #expect(outcome.output == "141\n")
            #expect(outcome.errors.isEmpty)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.allSatisfy { $0.hasSuffix(".csv") }, "\(left)")
        }

        @Test func aRecordingWhoseEventsWereNotWrittenIsNotListedAsDone() throws {
            let journal = home.path("journal")
            let dog = Recordings.clear("dog_bark").path
            for more in [[], ["--count"]] {
                let arguments = ["analyze", "--resume", journal, "--format", "csv", dog] + more
                #expect(try run(arguments, shell: #"exec "$0" "$@" >/dev/full"#).status == 74)
                #expect(try Data(contentsOf: URL(fileURLWithPath: journal)).isEmpty)
                let next = try program.run(arguments: arguments)
                #expect(next.status == 0 && next.output.contains("dog_bark"), "\(next.errors)")
                unlink(journal)
            }
        }

        @Test func aJournalThatCannotBeWrittenIsNamed() throws {
            let dog = Recordings.clear("dog_bark").path
            let outcome = try program.run("analyze", "--resume", "/dev/full", dog)
            #expect(outcome.status == 74)
            #expect(
                outcome.errors
                    == "earwitness: Cannot write the journal '/dev/full' (no space left on device). "
                    + "Free some space and continue with --resume.\n"
            )
        }

        /// Every command that makes files, with what it makes below `DISK`.
        @Test(arguments: [
            "analyze DOG --scores DISK/out", "analyze DOG --spectrogram DISK/out",
            "analyze DOG --levels DISK/out", "analyze DOG --clips DISK/out",
            "analyze DOG --scores DISK/new", "analyze DOG --resume DISK/out/journal",
            "features DOG --output DISK/out/f.npy", "models run bootstrap IN --output DISK/out",
            "compose CLIPS --length 6 --output DISK/out",
            "evaluate bootstrap CLIPS --fold 1 --html DISK/out/page.html",
            "train CLIPS --steps 4 --batch 4 --threads 2 --cache HOME/cache --output DISK/out",
            "train CLIPS --steps 4 --batch 4 --threads 2 --cache HOME/cache --output DISK/out "
                + "--hold-out-fold 2 --held-out-list DISK/out/list.csv",
        ])
        func aFileThatDoesNotFitIsNamedAndNotThere(command: String) throws {
            let (input, disk) = (home.path("in.npy"), home.path("disk"))
            try NPYArray(shape: [1, 1, 96, 64], floats: [Float](repeating: 0, count: 96 * 64))
                .write(path: input)
            try FileManager.default.createDirectory(
                atPath: disk,
                withIntermediateDirectories: true
            )
            let arguments = try command.replacing("DISK", with: disk)
                .replacing("HOME", with: home.folder.path).replacing("CLIPS", with: clips())
                .replacing("DOG", with: Recordings.clear("dog_bark").path)
                .replacing("IN", with: input)
                .split(separator: " ").map(String.init)
            // What fills the disk fails, as it should; then everything that is left is listed.
            let script = """
                mount -t tmpfs -o size=16k,nr_inodes=64 earwitness '\(disk)' && mkdir '\(disk)/out' \
                || exit 99
                cat /dev/zero >'\(disk)/filler' 2>/dev/null
                "$0" "$@" >/dev/null; status=$?
                find '\(disk)' -type f -size +0 ! -name filler; exit $status
                """
            let namespace = getuid() == 0 ? ["-m"] : ["-U", "-r", "-m"]
            let outcome = try RunningProgram(
                path: "/usr/bin/unshare",
                arguments: namespace + [
                    "/bin/bash", "-c", script, "\(BuiltProgram.folder)/earwitness",
                ] + arguments,
                environment: ProcessInfo.processInfo.environment.merging(program.environment) {
                    $1
                }
            ).outcome()
            guard outcome.status != 99 else {
                throw MountedState.Impossible(reason: outcome.errors)
            }
            #expect(outcome.status == 74, "\(outcome.errors)")
            #expect(outcome.output.isEmpty, "left: \(outcome.output)")
            let lines = outcome.errors.split(separator: "\n")
                .filter { $0.hasPrefix("earwitness: ") }
            #expect(lines.count == 1, "\(outcome.errors)")
            #expect(lines.first?.contains("'\(disk)/") == true, "\(outcome.errors)")
            #expect(lines.first?.lowercased().contains("no space left on device") == true)
        }

        @Test func aLimitOnTheSizeOfFilesIsNoCrash() throws {
            let dog = Recordings.clear("dog_bark").path
            let folder = home.path("pictures")
            let outcome = try run(
                ["analyze", "--spectrogram", folder, dog],
                shell: #"ulimit -f 1; exec "$0" "$@""#
            )
            #expect(outcome.status == 74)
            #expect(outcome.errors.contains("file too large"), "\(outcome.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }
}
