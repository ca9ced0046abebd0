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
