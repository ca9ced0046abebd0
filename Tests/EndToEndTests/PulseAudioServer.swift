import Foundation
import Glibc

/// A PulseAudio daemon of the test's own, with a null sink that ALSA reads as a microphone.
///
/// The sink runs at real-time pace; what `paplay` plays into it comes out of its monitor
/// bit-exactly. `norewinds` keeps the first read from blocking for two seconds.
final class PulseAudioServer {
    /// The rate of the sink, in Hz.
    static let sampleRateHz = 16_000

    let folder: URL
    private var daemon: RunningProgram?

    init(folder: URL) throws {
        self.folder = folder.appendingPathComponent("pulse")
        try FileManager.default.createDirectory(
            at: self.folder,
            withIntermediateDirectories: true
        )
        try start()
    }

    private var socket: String { folder.appendingPathComponent("native").path }

    /// An ALSA configuration with the sink's monitor as the capture device `testmic`.
    var alsaConfiguration: String {
        """
        pcm.testmic { type pulse server "unix:\(socket)" device "mic.monitor" fallback "" }
        ctl.testmic { type pulse server "unix:\(socket)" fallback "" }

        """
    }

    /// Starts the daemon and waits until it answers.
    func start() throws {
        daemon = try RunningProgram(
            path: "/usr/bin/pulseaudio",
            arguments: [
                "-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit",
                "--use-pid-file=no", "--disable-shm=yes",
                "-L", "module-native-protocol-unix socket=\(socket) auth-anonymous=1",
                "-L",
                "module-null-sink sink_name=mic rate=\(Self.sampleRateHz) channels=1 "
                    + "format=s16le norewinds=1",
            ],
            environment: [
                "XDG_RUNTIME_DIR": folder.path, "HOME": folder.path, "PATH": "/usr/bin:/bin",
                "PULSE_STATE_PATH": folder.appendingPathComponent("state").path,
            ]
        )
        try Wait.until("PulseAudio answers") { FileManager.default.fileExists(atPath: socket) }
    }

    /// Kills the daemon at once, as a microphone that is pulled out.
    func kill() {
        daemon?.send(SIGKILL)
        daemon?.waitUntilExit()
        daemon = nil
        unlink(socket)
    }

    /// Plays a recording into the sink and returns when it began.
    func play(_ recording: URL) throws -> Date {
        let began = Date()
        let player = try startPlaying(recording)
        player.waitUntilExit()
        let outcome = player.outcome()
        guard outcome.status == 0 else {
            throw PlaybackFailed(errors: outcome.errors)
        }
        return began
    }

    /// Plays a recording into the sink and goes on.
    func startPlaying(_ recording: URL) throws -> RunningProgram {
        try RunningProgram(
            path: "/usr/bin/paplay",
            arguments: ["--device=mic", recording.path],
            environment: ["PULSE_SERVER": "unix:\(socket)", "HOME": folder.path]
        )
    }

    struct PlaybackFailed: Error {
        let errors: String
    }
}
