import Foundation
import TestSupport
import Testing

@testable import AudioCapture

/// A PulseAudio daemon of a test's own, with one null sink whose monitor is the microphone.
final class PulseServer {
    let configuration: ALSAConfiguration
    private let folder: TemporaryFolder
    private let channels: Int
    private var daemon: ChildProcess?

    // `channels`: how many the microphone has.
    init(channels: Int = 1) throws {
        self.channels = channels
        folder = try TemporaryFolder()
        configuration = try ALSAConfiguration(
            text: """
                pcm.mic {
                    type pulse
                    server "unix:\(folder.path)/native"
                    device "mic.monitor"
                    fallback ""
                }
                pcm.wrapped { type plug slave.pcm "mic" }
                """
        )
    }

    deinit {
        // Before the folder that it writes into.
        daemon = nil
    }

    /// Starts the daemon and waits until it answers.
    func start() async throws {
        let socket = "module-native-protocol-unix socket=\(folder.path)/native auth-anonymous=1"
        // Without norewinds the first read blocks for 2 s.
        let sink =
            "module-null-sink sink_name=mic rate=16000 channels=\(channels) format=s16le norewinds=1"
        daemon = try ChildProcess(
            [
                "/usr/bin/pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1",
                "--disallow-exit", "--use-pid-file=no", "--disable-shm=yes", "-L", socket, "-L",
                sink,
            ],
            environment: [
                "XDG_RUNTIME_DIR": folder.path, "HOME": folder.path,
                "PULSE_STATE_PATH": folder.path + "/state",
            ]
        )
        for _ in 0..<1_000 {
            if (try? probe()) != nil { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("pulseaudio does not answer; install the Debian package 'pulseaudio'")
    }

    func signal(_ number: Int32) {
        daemon?.signal(number)
    }

    func killAndWait() {
        daemon = nil
    }

    func probe(
        _ settings: CaptureSettings = CaptureSettings(device: "mic")
    ) throws -> StreamDescription {
        try MicrophoneCapture.probe(settings, configuration: configuration)
    }

    /// Plays 16 kHz samples, with as many channels as the sink, and returns when they have been
    /// played.
    func play(_ samples: [Int16]) async throws {
        let file = try folder.write(
            samples.map(\.littleEndian).withUnsafeBytes { Data($0) },
            to: "sound.raw"
        )
        let player = try ChildProcess(
            [
                "/usr/bin/paplay", "--raw", "--rate=16000", "--channels=\(channels)",
                "--format=s16le",
                "--device=mic", file,
            ],
            environment: [
                "PULSE_SERVER": "unix:\(folder.path)/native", "HOME": folder.path,
                "XDG_RUNTIME_DIR": folder.path,
            ]
        )
        #expect(try await player.end() == 0)
    }
}
