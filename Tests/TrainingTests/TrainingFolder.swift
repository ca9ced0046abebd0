import AudioFiles
import Foundation

/// A folder for one test, removed with it.
final class TrainingFolder {
    let root: String

    init() throws {
        root =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("training-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: root)
    }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    func write(_ text: String, to name: String) throws {
        let url = URL(fileURLWithPath: path(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: url)
    }

    /// Writes a tone as 16-bit WAV.
    func writeTone(
        _ name: String,
        hertz: Float,
        seconds: Float,
        amplitude: Float = 0.3,
        rateHz: Int = 16_000
    ) throws {
        let samples = (0..<Int(seconds * Float(rateHz))).map { index in
            amplitude * sin(2 * Float.pi * hertz * Float(index) / Float(rateHz))
        }
        try write(samples, to: name, rateHz: rateHz)
    }

    /// Writes half a second of a room that dies away.
    func writeImpulse(_ name: String, rateHz: Int) throws {
        let samples = (0..<rateHz / 2).map { index in
            index % 40 == 0 ? 0.9 * exp(-6 * Float(index) / Float(rateHz)) : 0
        }
        try write(samples, to: name, rateHz: rateHz)
    }

    private func write(_ samples: [Float], to name: String, rateHz: Int) throws {
        let count = samples.count
        var bytes: [UInt8] = []
        func append(_ value: UInt32, _ length: Int) {
            for byte in 0..<length { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
        }
        bytes += Array("RIFF".utf8)
        append(UInt32(36 + 2 * count), 4)
        bytes += Array("WAVEfmt ".utf8)
        for (value, length) in [
            (16, 4), (1, 2), (1, 2), (rateHz, 4), (2 * rateHz, 4), (2, 2), (16, 2),
        ] { append(UInt32(value), length) }
        bytes += Array("data".utf8)
        append(UInt32(2 * count), 4)
        for value in samples {
            let sample = Int16(32_767 * value)
            append(UInt32(UInt16(bitPattern: sample)), 2)
        }
        let url = URL(fileURLWithPath: path(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(bytes).write(to: url)
    }
}
