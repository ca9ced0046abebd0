import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// `earwitness doctor` on real faults.
    @Suite struct DoctorTests {
        private let home: TestHome

        init() throws {
            home = try TestHome()
        }

        /// What is not as it should be, by the check that found it, and the exit code.
        private func trouble(
            alsa: String? = nil,
            _ arguments: String...
        ) throws -> (found: [String: String], status: Int32) {
            let outcome = try home.program(alsaConfiguration: alsa)
                .run(arguments: ["doctor", "--format", "json"] + arguments)
            let lines = JSONLines.objects(in: outcome.output)
            #expect(lines.count >= 5, "\(outcome.output) \(outcome.errors)")
            var found: [String: String] = [:]
            for line in lines where line["verdict"] as? String != "ok" {
                #expect(line["advice"] is String, "\(line)")
                let value = (line["value"] as? String).map { " (\($0))" } ?? ""
                found[line["check"] as? String ?? ""] =
                    (line["what"] as? String ?? "") + value
            }
            return (found, outcome.status)
        }

        private func configure(_ text: String) throws {
            try home.write("web: {listen: off}\n" + text, to: "earwitness.yaml")
        }

        @Test func withARunningServiceThatHearsNothingIsWrongButTheMachinesOwn() throws {
            let program = try home.program()
            let service = try program.startAnswering("run", "--source", "demo")
            try configure("sources: [{name: demo, device: demo}]\n")
            let found = try trouble().found
            // The clock and the unit are the machine's.
            #expect(Set(found.keys).isSubset(of: ["clock", "unit", "disk"]), "\(found)")
            #expect(service.terminate().status == 0)
        }

        @Test func withoutAServiceAndADeviceBothAreToldWithTheFirstsExitCode() throws {
            try configure("sources: [{name: porch, device: 'hw:9'}]\n")
            let (found, status) = try trouble()
            #expect(status == 69)
            #expect(
                found["service"]?.hasPrefix("The service is not running. (nothing answers at ")
                    == true
            )
            #expect(found["device"]?.contains("'porch' (hw:9)") == true)
            let text = try home.program().run("doctor", "--no-listen")
            #expect(text.status == 69)
            #expect(text.output.contains("\n                        -> Install it, or run it here"))
        }

        @Test func aWrongConfigurationIsToldWithLineAndKey() throws {
            try configure("gate: {open_dbsf: 3}\n")
            let (found, status) = try trouble("--no-listen")
            #expect(status == 78)
            #expect(found["configuration"]?.contains("earwitness.yaml:2:8: gate.open_dbsf") == true)
        }

        @Test func aClassThatTheModelDoesNotHaveIsToldWithLineAndKey() throws {
            try configure("detection: {classes: {person_sneeze: {on: 0.5}}}\n")
            let (found, status) = try trouble("--no-listen")
            #expect(status == 69, "that the service does not run is graver")
            #expect(
                found["configuration"]?.contains(
                    "earwitness.yaml:2:23: detection.classes.person_sneeze: found a class that the "
                        + "model 'household-2' does not have"
                ) == true,
                "\(found)"
            )
        }

        @Test func aMicrophoneThatDeliversOnlyZerosIsHeardToBeSilent() throws {
            let pulse = try PulseAudioServer(folder: home.folder)
            try configure("sources: [{name: porch, device: testmic}]\n")
            let found = try trouble(alsa: pulse.alsaConfiguration).found
            #expect(
                found["sound"]?.hasPrefix("'porch' delivers silence: every sample is zero.")
                    == true,
                "\(found)"
            )
            #expect(found["rate"] == nil && found["device"] == nil)
        }

        @Test func aMicrophoneThatClipsIsHeardToClip() throws {
            let pulse = try PulseAudioServer(folder: home.folder)
            try configure("sources: [{name: porch, device: testmic}]\n")
            let loud = try home.squareWave(seconds: 120)
            let player = try pulse.startPlaying(loud)
            try Wait.until("doctor hears the clipping") {
                try trouble(alsa: pulse.alsaConfiguration).found["sound"]?
                    .hasPrefix("'porch' clips") == true
            }
            player.send(SIGKILL)
        }

        @Test func aDeviceThatDeliversAtAnotherRateThanItSaysIsFoundOut() throws {
            // Without a pace of its own, the file delivers as fast as it is read.
            let samples = home.path("noise.raw")
            var noise: [UInt8] = []
            var state: UInt32 = 1
            for _ in 0..<4_000_000 {
                state = state &* 1_664_525 &+ 1_013_904_223
                noise.append(UInt8(state >> 24))
            }
            try Data(noise).write(to: URL(fileURLWithPath: samples))
            try configure("sources: [{name: porch, device: fast}]\n")
            // On a machine whose cores are taken, one listening may be too short to measure a rate.
            try Wait.until("doctor finds the rate") {
                try trouble(
                    alsa: """
                        pcm.fast {
                            type plug
                            slave.pcm {
                                type file
                                slave.pcm null
                                file /dev/null
                                infile "\(samples)"
                                format raw
                            }
                        }

                        """
                ).found["rate"]?.hasPrefix("'porch' delivers at another rate than it says.") == true
            }
        }

        @Test func aDamagedHistoryIsToldAndLeftAlone() throws {
            let program = try home.program()
            let service = try program.startAnswering("run", "--source", "demo")
            #expect(service.terminate().status == 0)
            try configure("sources: [{name: demo, device: demo}]\n")
            #expect(try trouble().found["database"] == nil)
            let file = URL(fileURLWithPath: home.database)
            var bytes = try Data(contentsOf: file)
            // All but the first page, with which it still is a database of ours.
            for place in 4_096..<bytes.count { bytes[place] = 0x5A }
            try bytes.write(to: file)
            let (found, _) = try trouble()
            #expect(found["database"]?.hasPrefix("The history is damaged.") == true, "\(found)")
            #expect(try Data(contentsOf: file) == bytes)
            try Data("no database".utf8).write(to: file)
            #expect(
                try trouble().found["database"]?.contains("is not an SQLite database") == true
            )
        }

        @Test func aModelWhoseNetworkIsAnotherIsFoundOut() throws {
            let program = try home.program()
            let list = try program.run("models").output.split(separator: "\n")
            let folder = list.compactMap { $0.split(separator: " ").last }
                .first { $0.hasSuffix("/household-1") }
            let shipped = String(try #require(folder))
            let copy = home.path("model")
            try FileManager.default.copyItem(atPath: shipped, toPath: copy)
            try configure("model: \(copy)\nsources: [{name: demo, device: demo}]\n")
            #expect(try trouble().found["model"] == nil)
            let network = URL(fileURLWithPath: "\(copy)/model.onnx")
            var bytes = try Data(contentsOf: network)
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: network)
            #expect(try trouble().found["model"]?.contains("its SHA-256 is") == true)
            try FileManager.default.removeItem(atPath: copy)
            let (found, _) = try trouble()
            #expect(found["model"]?.hasPrefix("The model is missing.") == true)
        }

        @Test func aFullDiskIsTold() throws {
            try configure("sources: [{name: demo, device: demo}]\n")
            let program = try home.program()
            // In namespaces of its own, where anybody may mount.
            let shell = try RunningProgram(
                path: "/usr/bin/unshare",
                arguments: [
                    "--map-root-user", "--mount", "sh", "-c",
                    "mount -t tmpfs -o size=4m small \"$STATE_DIRECTORY\" "
                        + "&& exec \"$0\" doctor --format json",
                    BuiltProgram.folder + "/earwitness",
                ],
                environment: ProcessInfo.processInfo.environment
                    .merging(program.environment) { $1 }
            )
            let outcome = shell.outcome()
            let disk = JSONLines.objects(in: outcome.output)
                .first { $0["check"] as? String == "disk" }
            #expect(disk?["what"] as? String == "The disk is full.", "\(outcome)")
            #expect(disk?["exit_code"] as? Int == 74)
        }
    }
}

extension TestHome {
    /// A WAV of full-scale samples, 16 kHz, mono, 16 bits.
    fileprivate func squareWave(seconds: Int) throws -> URL {
        let count = seconds * 16_000
        var bytes: [UInt8] = []
        func append(_ value: Int, _ size: Int) {
            for byte in 0..<size { bytes.append(UInt8((value >> (8 * byte)) & 0xFF)) }
        }
        bytes += Array("RIFF".utf8)
        append(36 + 2 * count, 4)
        bytes += Array("WAVEfmt ".utf8)
        for (value, size) in [(16, 4), (1, 2), (1, 2), (16_000, 4), (32_000, 4), (2, 2), (16, 2)] {
            append(value, size)
        }
        bytes += Array("data".utf8)
        append(2 * count, 4)
        for index in 0..<count { append(index / 20 % 2 == 0 ? 32_767 : -32_768, 2) }
        let file = URL(fileURLWithPath: path("loud.wav"))
        try Data(bytes).write(to: file)
        return file
    }
}
