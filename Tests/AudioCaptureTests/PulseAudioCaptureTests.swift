import Foundation
import Realtime
import TestSupport
import Testing

@testable import AudioCapture

// Serialised: three daemons at once do not keep their pace on a small machine.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct PulseAudioCaptureTests {
    /// Two seconds that cannot be mistaken for anything else: each sample is the one before + 1.
    private static let sound = (1...32_000).map { Int16($0) }

    @Test func aSoundPlayedIntoTheSinkArrivesExactlyAndDatedToWithinATenthOfASecond() async throws {
        let server = try PulseServer()
        try await server.start()
        let post = try ListeningPost(server.configuration)
        post.start()
        #expect(await post.eventually { post.counters.frames >= 8_000 })
        let before = MonotonicClock.wallNow()
        try await server.play(Self.sound)
        let after = MonotonicClock.wallNow()
        #expect(await post.eventually { Self.onset(in: post.periods) != nil })
        #expect(await post.hears(8_000))
        post.capture.stop()

        let samples = post.periods.flatMap(\.samples)
        let begin = try #require(samples.firstIndex { $0 != 0 })
        let heard = samples[begin...].prefix(Self.sound.count).map { Int16($0 * 32_768) }
        #expect(heard == Self.sound)
        #expect(post.counters.lostFrames == 0)
        let onset = try #require(Self.onset(in: post.periods))
        // The player needs a moment to connect and to drain.
        #expect(onset > before - 100_000_000)
        #expect(onset < after - 1_900_000_000)
    }

    @Test(arguments: ["mic", "wrapped"])
    func oneChannelOfAStereoSourceIsThatChannelAndNotTheMix(device: String) async throws {
        let server = try PulseServer(channels: 2)
        try await server.start()
        let posts = try (1...2).map { number in
            try ListeningPost(
                server.configuration,
                settings: CaptureSettings(device: device, channel: .only(number))
            )
        }
        for post in posts { post.start() }
        for post in posts { #expect(await post.eventually { post.counters.frames >= 8_000 }) }
        // Sound on the second channel only.
        try await server.play(Self.sound.flatMap { [0, $0] })
        let second = posts[1]
        #expect(await second.eventually { Self.onset(in: second.periods) != nil })
        for post in posts { #expect(await post.hears(8_000)) }
        for post in posts { post.capture.stop() }

        #expect(posts[0].periods.allSatisfy { $0.samples.allSatisfy { $0 == 0 } })
        let samples = second.periods.flatMap(\.samples)
        let begin = try #require(samples.firstIndex { $0 != 0 })
        let heard = samples[begin...].prefix(Self.sound.count).map { Int16($0 * 32_768) }
        #expect(heard == Self.sound)
    }

    @Test(arguments: [1, 2, 4], ["mic", "wrapped"])
    func aChannelThatTheSourceBehindTheServerLacksIsRefused(
        channels: Int,
        device: String
    ) async throws {
        let server = try PulseServer(channels: channels)
        try await server.start()
        let stream = try server.probe(
            CaptureSettings(device: device, channel: .only(channels))
        )
        #expect(stream.channels == channels)
        let refusal = CaptureError.noSuchChannel(
            device: device,
            channel: channels + 1,
            available: channels
        )
        #expect(throws: refusal) {
            try server.probe(CaptureSettings(device: device, channel: .only(channels + 1)))
        }
    }

    @Test func aKilledServerIsAwaitedAndTheNextSoundIsDatedRight() async throws {
        let server = try PulseServer()
        try await server.start()
        let post = try ListeningPost(server.configuration)
        post.start()
        #expect(await post.eventually { post.counters.frames >= 8_000 })
        server.killAndWait()
        #expect(await post.eventually { post.counters.state == .absent })
        let begin = MonotonicClock.now()
        try await server.start()
        #expect(await post.eventually { post.counters.state == .running })
        // Quick retries: one of the first few finds it.
        #expect(MonotonicClock.now() - begin < 10_000_000_000)
        let before = MonotonicClock.wallNow()
        try await server.play(Self.sound)
        let after = MonotonicClock.wallNow()
        #expect(await post.hears(8_000))
        post.capture.stop()

        let onset = try #require(Self.onset(in: post.periods))
        #expect(onset > before - 100_000_000)
        #expect(onset < after - 1_900_000_000)
        #expect(post.counters.reopens >= 1)
        #expect(post.counters.absentFrames > 0)
        // The sample timeline and the clock have advanced alike.
        let (first, last) = (
            try #require(post.periods.first?.mark), try #require(post.periods.last?.mark)
        )
        let bySamples = Double(last.firstSample - first.firstSample) / 16_000
        let byClock = Double(last.monotonicNanoseconds - first.monotonicNanoseconds) * 1e-9
        #expect(abs(bySamples - byClock) < 0.1)
    }

    @Test func aServerThatHangsIsReportedAndHeardAgainWhenItGoesOn() async throws {
        let server = try PulseServer()
        try await server.start()
        let post = try ListeningPost(server.configuration)
        post.start()
        #expect(await post.eventually { post.counters.frames >= 8_000 })
        server.signal(SIGSTOP)
        #expect(await post.eventually(seconds: 6) { post.counters.state == .absent })
        server.signal(SIGCONT)
        #expect(await post.eventually { post.counters.state == .running })
        #expect(await post.hears(32_000))
        post.capture.stop()
        let (first, last) = (
            try #require(post.periods.first?.mark), try #require(post.periods.last?.mark)
        )
        let bySamples = Double(last.firstSample - first.firstSample) / 16_000
        let byClock = Double(last.monotonicNanoseconds - first.monotonicNanoseconds) * 1e-9
        #expect(abs(bySamples - byClock) < 0.1)
    }

    @Test func stoppingReturnsPromptlyWhenTheServerHangs() async throws {
        let server = try PulseServer()
        try await server.start()
        let post = try ListeningPost(server.configuration)
        post.start()
        #expect(await post.eventually { post.counters.frames > 0 })
        server.signal(SIGSTOP)
        try await Task.sleep(for: .milliseconds(500))
        let begin = MonotonicClock.now()
        post.capture.stop()
        #expect(MonotonicClock.now() - begin < 2_500_000_000)
        server.signal(SIGCONT)
    }

    @Test func aServerThatIsNotThereSaysSo() throws {
        let server = try PulseServer()
        #expect(throws: CaptureError.soundServerUnreachable(device: "mic")) {
            try server.probe()
        }
    }

    /// When the first sample that is not silence was captured, by the wall clock.
    private static func onset(in periods: [ListeningPost.Period]) -> Int64? {
        for period in periods {
            if let index = period.samples.firstIndex(where: { $0 != 0 }) {
                return period.mark.captureTimeNanoseconds + Int64(index) * 62_500
            }
        }
        return nil
    }
}

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
