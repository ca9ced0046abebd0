import Foundation
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
