import AudioFiles
import Foundation
import Glibc

/// The test microphone as the capture device `card`: an ALSA plugin that loses what nobody reads.
struct PluggedCard {
    static let sampleRateHz = 16_000
    /// The 64-bit words of the plugin's control file, see `TestMicrophone.h`.
    private static let controlWords = 10
    private static let modeWord = 0
    private static let epochWord = 4
    private static let modeGone: Int64 = 2

    let alsaConfiguration: String
    private let controlPath: String

    /// A card whose world sounds like `samples`, over and over.
    init(home: TestHome, samples: [Float]) throws {
        let pcm = samples.map { Int16(max(-32_768, min(32_767, $0 * 32_768))).littleEndian }
        let content = pcm.withUnsafeBytes { Data($0) }
        try content.write(to: home.folder.appendingPathComponent("world.raw"))
        controlPath = home.path("control")
        try Data(count: Self.controlWords * 8).write(to: URL(fileURLWithPath: controlPath))
        alsaConfiguration = """
            pcm_type.testmic { lib "\(BuiltProgram.folder)/libTestMicrophone.so" }
            pcm.card {
                type testmic
                file "\(home.path("world.raw"))"
                control "\(controlPath)"
                format S16_LE
                channels 1
                rate \(Self.sampleRateHz)
            }

            """
    }

    /// Pulls the card out, or plugs it in again.
    func setPlugged(_ isPlugged: Bool) throws {
        try write(isPlugged ? 0 : Self.modeGone, at: Self.modeWord)
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
