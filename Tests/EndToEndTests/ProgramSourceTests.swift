import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// The service on programs that write sound: FFmpeg with recordings and with a stream.
    @Suite struct ProgramSourceTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
        }

        private func listen(to command: [String], _ more: String = "") throws {
            let words = command.map { "\"\($0)\"" }.joined(separator: ", ")
            try home.write(
                """
                sources:
                  - name: camera
                    command: [\(words)]
                    sample_rate: 16000
                web: {listen: off}
                """,
                to: "earwitness.yaml"
            )
        }

        private static let output = ["-f", "s16le", "-ar", "16000", "-ac", "1", "pipe:1"]
        private static let quietly = ["ffmpeg", "-nostdin", "-loglevel", "error"]

        /// FFmpeg that plays a recording over and over at real-time pace.
        private func playing(_ className: String) -> [String] {
            Self.quietly + ["-re", "-stream_loop", "-1", "-i", Recordings.clear(className).path]
                + Self.output
        }

        private func waitUntilHeard(_ className: String) throws {
            try Wait.until("\(className) is heard") {
                let found = try program.run("events", "--class", className, "--format", "json")
                return JSONLines.objects(in: found.output).contains {
                    $0["class"] as? String == className && $0["source"] as? String == "camera"
                }
            }
        }

        private func state() throws -> String { try program.source()["state"] as? String ?? "" }

        private func waitUntilItListens() throws {
            try Wait.until("the program delivers") {
                ["listening", "gated"].contains(try state())
            }
        }

        /// The processes that a process has started.
        private func children(of process: pid_t) -> [pid_t] {
            let tasks = "/proc/\(process)/task"
            let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
            return threads.flatMap { thread -> [pid_t] in
                let list = try? String(
                    contentsOfFile: "\(tasks)/\(thread)/children",
                    encoding: .utf8
                )
                return (list ?? "").split(separator: " ").compactMap { pid_t($0) }
            }
        }

        private func runs(_ process: pid_t) -> Bool {
            let path = "/proc/\(process)/stat"
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ") Z"
            return text.split(separator: ")").last?.contains(" Z") == false
        }

        @Test func whatFFmpegPlaysIsHeardAndAKilledFFmpegIsAGapAndStartedAgain() throws {
            try listen(to: playing("rooster"))
            let service = try program.startAnswering("run")
            try waitUntilHeard("rooster")
            let device = try program.source()["device"] as? String
            #expect(device?.hasPrefix("ffmpeg -nostdin") == true)

            let first = try #require(children(of: service.identifier).first)
            kill(first, SIGKILL)
            try Wait.until("another is started") {
                let now = children(of: service.identifier)
                return now.count == 1 && now != [first]
            }
            #expect(service.errors.contains("The program 'ffmpeg' was ended by signal 9"))
            try waitUntilItListens()
            let second = try #require(children(of: service.identifier).first)
            #expect(service.terminate().status == 0)
            #expect(!runs(second))
            let absent = try home.query(
                "SELECT count(*) FROM coverage WHERE state = 'absent' AND end_utc_ms > start_utc_ms"
            )
            #expect(Int(absent) ?? 0 >= 1)
            let lost = try home.query("SELECT count(*) FROM coverage WHERE state = 'lost'")
            #expect(lost == "0")
        }

        @Test func aKilledServiceLeavesNoProgramBehind() throws {
            try listen(to: playing("rooster"))
            let service = try program.startAnswering("run")
            try waitUntilItListens()
            let ffmpeg = try #require(children(of: service.identifier).first)
            service.send(SIGKILL)
            service.waitUntilExit()
            try Wait.until("FFmpeg has ended") { !runs(ffmpeg) }
        }

        /// A camera's stream: RTSP and RTP between two processes on the loopback, with AAC.
        @Test func aStreamOverRTSPIsHeardAndOneThatBreaksOffIsWaitedFor() throws {
            let address = "rtsp://127.0.0.1:\(Int.random(in: 20_000..<30_000))/live"
            try listen(to: Self.quietly + ["-rtsp_flags", "listen", "-i", address] + Self.output)
            let service = try program.startAnswering("run")
            var camera = try stream("rooster", to: address)
            try waitUntilHeard("rooster")

            let streaming = children(of: camera.identifier)
            camera.send(SIGKILL)
            streaming.forEach { kill($0, SIGKILL) }
            try Wait.until("the end of the stream is told") {
                service.errors.contains("The program 'ffmpeg' ended")
            }
            camera = try stream("dog_bark", to: address)
            try waitUntilHeard("dog_bark")
            try waitUntilItListens()
            #expect(service.terminate().status == 0)
        }

        /// Starts a camera, which tries until somebody listens.
        private func stream(_ className: String, to address: String) throws -> RunningProgram {
            let recording = Recordings.clear(className).path
            let arguments =
                Self.quietly.dropFirst() + ["-re", "-stream_loop", "-1", "-i", recording]
                + ["-c:a", "aac", "-b:a", "128k", "-f", "rtsp", address]
            return try RunningProgram(
                path: "/bin/sh",
                arguments: [
                    "-c", "until ffmpeg \(arguments.joined(separator: " ")); do sleep 0.3; done",
                ],
                environment: ["PATH": "/usr/bin:/bin"]
            )
        }

        @Test func doctorSaysWhyAProgramGivesNoSoundAndThatOneDoes() throws {
            try listen(to: ["ffmpeg", "-loglevel", "error", "-i", "/no/such.wav"] + Self.output)
            let bad = try program.run("doctor")
            #expect(bad.output.contains("The program of 'camera' gives no sound."), "\(bad.output)")
            #expect(bad.output.contains("/no/such.wav: No such file or directory"))

            try listen(to: playing("rooster"))
            let good = try program.run("doctor")
            #expect(good.output.contains("'camera' can be opened."), "\(good.output)")
        }
    }
}
