import AudioFiles
import Foundation
import Glibc

/// The test microphone as a capture device: an ALSA plugin that loses what nobody reads.
struct PluggedCard {
    static let sampleRateHz = 16_000
    /// The 64-bit words of the plugin's control file, see `TestMicrophone.h`.
    private static let controlWords = 10
    private static let modeWord = 0
    private static let epochWord = 4
    private static let lostWord = 3

    /// What the card does, see `TestMicrophone.h`.
    enum Mode: Int64 {
        case delivers = 0
        case stalls = 1
        case gone = 2
    }

    let alsaConfiguration: String
    private let controlPath: String
    private let worldPath: String

    /// A card whose world sounds like `samples`, over and over.
    ///
    /// - Parameters:
    ///   - home: The folder of the test.
    ///   - name: What ALSA calls it.
    ///   - samples: Its world.
    /// - Throws: When the test's folder can't be written.
    init(home: TestHome, name: String = "card", samples: [Float]) throws {
        worldPath = home.path("\(name).raw")
        try Self.content(of: samples).write(to: URL(fileURLWithPath: worldPath))
        controlPath = home.path("\(name).control")
        try Data(count: Self.controlWords * 8).write(to: URL(fileURLWithPath: controlPath))
        alsaConfiguration = """
            pcm_type.testmic { lib "\(BuiltProgram.folder)/libTestMicrophone.so" }
            pcm.\(name) {
                type testmic
                file "\(worldPath)"
                control "\(controlPath)"
                format S16_LE
                channels 1
                rate \(Self.sampleRateHz)
            }

            """
    }

    /// Pulls the card out, or plugs it in again.
    func setPlugged(_ isPlugged: Bool) throws {
        try set(isPlugged ? .delivers : .gone)
    }

    /// Changes what the card does.
    func set(_ mode: Mode) throws {
        try write(mode.rawValue, at: Self.modeWord)
    }

    /// Lets the card have lost so many frames by now without saying so.
    func loseSilently(frames: Int64) throws {
        try write(frames, at: Self.lostWord)
    }

    /// Changes what the world sounds like, at once and for good; it is as long as before.
    func change(to samples: [Float]) throws {
        let world = try FileHandle(forUpdating: URL(fileURLWithPath: worldPath))
        try world.write(contentsOf: Self.content(of: samples))
        try world.close()
    }

    private static func content(of samples: [Float]) -> Data {
        samples.map { Int16(max(-32_768, min(32_767, $0 * 32_768))).littleEndian }
            .withUnsafeBytes { Data($0) }
    }

    /// When the world's first sample sounded.
    func epoch() throws -> Date {
        let data = try Data(contentsOf: URL(fileURLWithPath: controlPath))
        let monotonic = data.withUnsafeBytes {
            Int64(
                littleEndian: $0.loadUnaligned(fromByteOffset: Self.epochWord * 8, as: Int64.self)
            )
        }
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let age = Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9 - Double(monotonic) * 1e-9
        return Date(timeIntervalSinceNow: -age)
    }

    private func write(_ value: Int64, at word: Int) throws {
        let control = try FileHandle(forUpdating: URL(fileURLWithPath: controlPath))
        try control.seek(toOffset: UInt64(word * 8))
        try control.write(contentsOf: withUnsafeBytes(of: value.littleEndian) { Data($0) })
        try control.close()
    }
}

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

/// A recording in memory.
struct Sound {
    /// Mono, ±1.
    let samples: [Float]
    /// Seconds to the first 10 ms above -40 dBFS.
    let onsetSeconds: Double

    /// Reads a recording at a rate.
    init(of recording: URL, rateHz: Int) throws {
        let reader = try RecordingReader(path: recording.path)
        var recorded: [Float] = []
        while try reader.readMono(into: &recorded, upTo: 1 << 16) > 0 {}
        let resampler = try StreamingResampler(fromRateHz: reader.sampleRateHz, toRateHz: rateHz)
        var samples: [Float] = []
        resampler.process(recorded.span, appendingTo: &samples)
        resampler.flush(appendingTo: &samples)
        let block = rateHz / 100
        let loud = stride(from: 0, to: samples.count - block, by: block).first { start in
            samples[start..<start + block].reduce(0) { $0 + $1 * $1 } / Float(block) > 1e-4
        }
        self.samples = samples
        onsetSeconds = Double(loud ?? 0) / Double(rateHz)
    }
}
