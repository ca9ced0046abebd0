import Foundation
import Realtime
import TestSupport
import Testing

@testable import AudioCapture

/// A test microphone in a temporary folder, with the levers to make it fail.
final class MicrophoneWorld {
    /// What the microphone does; values as in `TestMicrophone.h`.
    enum Mode: Int64 {
        case delivers, stalls, gone, overruns, suspended, broken, mute
    }

    /// The position of each value in the control file, in 64-bit words.
    enum Field: Int {
        case mode, openErrno, rate, silentlyLost, epoch, opens, starts, reads, overruns, openNow
    }

    let configuration: ALSAConfiguration
    private let folder: TemporaryFolder
    private let control: FileHandle

    /// Makes a world that sounds like `content`, frame by frame in `format`, over and over.
    ///
    /// `extraKeys` are further keys of the microphone and `otherDevices` further PCMs, in the
    /// language of asound.conf.
    init(
        content: Data,
        format: String = "S32_LE",
        channels: Int = 1,
        rateHz: Int = 16_000,
        extraKeys: String = "",
        otherDevices: String = ""
    ) throws {
        folder = try TemporaryFolder()
        let file = try folder.write(content, to: "world.raw")
        let controlFile = try folder.write(Data(count: 10 * 8), to: "control")
        control = try FileHandle(forUpdating: URL(fileURLWithPath: controlFile))
        configuration = try ALSAConfiguration(
            text: """
                pcm_type.testmic { lib "\(try Self.pluginPath())" }
                pcm.mic {
                    type testmic
                    file "\(file)"
                    control "\(controlFile)"
                    format "\(format)"
                    channels \(channels)
                    rate \(rateHz)
                    \(extraKeys)
                }
                \(otherDevices.replacing("FOLDER", with: folder.path))
                """
        )
    }

    /// A world in which the value of every frame is its number; see `worldFrame`.
    static func counting(
        rateHz: Int = 16_000,
        extraKeys: String = "",
        otherDevices: String = ""
    ) throws -> MicrophoneWorld {
        try MicrophoneWorld(
            content: countingContent,
            rateHz: rateHz,
            extraKeys: extraKeys,
            otherDevices: otherDevices
        )
    }

    // Made once: two minutes at 16 kHz.
    private static let countingContent: Data = {
        let frames = (0..<Int32(1 << 21)).map { ($0 << 8).littleEndian }
        return frames.withUnsafeBytes { Data($0) }
    }()

    /// The number of the frame of a `counting` world that `sample` is.
    static func worldFrame(_ sample: Float) -> Int64 {
        Int64((sample * 8_388_608).rounded())
    }

    func set(_ mode: Mode) throws {
        try set(.mode, mode.rawValue)
    }

    func set(_ field: Field, _ value: Int64) throws {
        try control.seek(toOffset: UInt64(field.rawValue * 8))
        try control.write(contentsOf: withUnsafeBytes(of: value.littleEndian) { Data($0) })
    }

    func value(_ field: Field) throws -> Int64 {
        try control.seek(toOffset: UInt64(field.rawValue * 8))
        let data = try #require(try control.read(upToCount: 8))
        return data.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
    }

    /// The plugin is built beside the tests, as a library product of the same package.
    private static func pluginPath() throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let plugin = URL(fileURLWithPath: tests).deletingLastPathComponent()
            .appendingPathComponent("libTestMicrophone.so").path
        try #require(
            FileManager.default.fileExists(atPath: plugin),
            "\(plugin) is missing; run 'swift build --product TestMicrophone'."
        )
        return plugin
    }
}

/// A running capture and a thread that keeps everything it delivers.
final class ListeningPost: @unchecked Sendable {
    // `consumer` and `block` belong to the keeping thread; `lock` protects `kept` and `isHeldUp`.
    struct Period: Sendable {
        var mark: PeriodMark
        var samples: [Float]
    }

    let capture: MicrophoneCapture
    var counters: CaptureCounters { capture.counters }
    private var consumer: SampleConsumer
    private var block = [Float](repeating: 0, count: 96_000)
    private let lock = NSLock()
    private var kept: [Period] = []
    private var reported: [CaptureReport] = []

    convenience init(
        _ world: MicrophoneWorld,
        settings: CaptureSettings = CaptureSettings(device: "mic"),
        clock: CaptureClock = CaptureClock()
    ) throws {
        try self.init(world.configuration, settings: settings, clock: clock)
    }

    init(
        _ configuration: ALSAConfiguration,
        settings: CaptureSettings = CaptureSettings(device: "mic"),
        clock: CaptureClock = CaptureClock()
    ) throws {
        var ring = SampleRing.make(sampleCapacity: 1 << 18, periodCapacity: 1 << 10)
        capture = try MicrophoneCapture(
            settings: settings,
            producer: ring.takeProducer(),
            counters: CaptureCounters(),
            configuration: configuration,
            clock: clock
        )
        consumer = ring.takeConsumer()
    }

    /// Starts the capture and the thread that keeps.
    func start() {
        let keeper = DedicatedThread(name: "keeper", priority: .normal) { [self] in keep() }
        keeper.start()
        Task { [self] in
            for await report in capture.reports {
                lock.withLock { reported.append(report) }
            }
        }
        capture.start()
    }

    // Arrays of their own are handed out: the thread sanitizer does not see the counts of references
    // by which Swift decides whether an array that was handed out may be changed in place.

    /// What was delivered so far.
    var periods: [Period] {
        lock.withLock { kept.map { $0 } }
    }

    /// What was reported so far.
    var reports: [CaptureReport] {
        lock.withLock { reported.map { $0 } }
    }

    /// For each sample so far: its position on the timeline less the world frame that it is.
    ///
    /// Constant where all that was lost is accounted for.
    var offsets: [Int64] {
        periods.flatMap { period in
            period.samples.enumerated().map { index, sample in
                period.mark.firstSample + Int64(index) - MicrophoneWorld.worldFrame(sample)
            }
        }
    }

    /// What the timeline may be off after a gap: far less than a hop, more than a scheduler's mood
    /// on a busy machine.
    static let toleratedFrames: Int64 = 480

    /// By how many frames the timeline is off after all that happened.
    func timelineShift() throws -> Int64 {
        let offsets = offsets
        return abs(try #require(offsets.first) - #require(offsets.last))
    }

    /// Waits until so many more frames were delivered.
    func hears(_ frames: Int64) async -> Bool {
        let wanted = counters.frames + frames
        return await eventually { counters.frames >= wanted }
    }

    /// Waits until `condition` holds.
    ///
    /// The limits of all tests are several times what is needed on a machine with nothing else to do.
    static func eventually(
        seconds: Double = 60,
        _ condition: () throws -> Bool
    ) async rethrows -> Bool {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            if try condition() { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return try condition()
    }

    func eventually(
        seconds: Double = 60,
        _ condition: () throws -> Bool
    ) async rethrows -> Bool {
        try await Self.eventually(seconds: seconds, condition)
    }

    private func keep() {
        while !consumer.isFinished {
            _ = consumer.waitForPeriod(timeoutMilliseconds: 200)
            while true {
                var span = block.mutableSpan
                guard let mark = consumer.nextPeriod(into: &span) else { break }
                let period = Period(mark: mark, samples: Array(block.prefix(mark.sampleCount)))
                lock.withLock { kept.append(period) }
            }
        }
    }
}
