import Foundation

/// Sounds that are computed, each a little different from the others of its kind.
package enum SyntheticSounds {
    package static let sampleRateHz = 16_000

    /// A tone that warbles as a signal horn does, about 0.8 s long, with quiet around it.
    package static func warble(_ variant: Int) -> [Float] {
        let pitch = 1_800 * (1 + 0.02 * Double(variant % 7 - 3))
        let length = 0.7 + 0.03 * Double(variant % 5)
        var phase = 0.0
        return sound(seconds: length + 0.4, noise: 0.001, seed: UInt64(variant)) { second in
            guard (0.2...0.2 + length).contains(second) else { return 0 }
            let hertz = pitch * (1 + 0.25 * sin(2 * .pi * 12 * second))
            phase += 2 * .pi * hertz / Double(sampleRateHz)
            return 0.3 * (sin(phase) + 0.4 * sin(2 * phase))
        }
    }

    /// Four bursts of noise that fade, as of something that rattles, with quiet around them.
    package static func rattle(_ variant: Int) -> [Float] {
        let gap = 0.14 + 0.005 * Double(variant % 5)
        var noise = SeededNumbers(seed: UInt64(1_000 + variant))
        return sound(seconds: 1.1, noise: 0.001, seed: UInt64(variant)) { second in
            guard second > 0.2, second < 0.2 + 4 * gap else { return 0 }
            let since = (second - 0.2).truncatingRemainder(dividingBy: gap)
            return 0.5 * exp(-30 * since) * Double.random(in: -1...1, using: &noise)
        }
    }

    private static func sound(
        seconds: Double,
        noise: Double,
        seed: UInt64,
        at value: (Double) -> Double
    ) -> [Float] {
        var random = SeededNumbers(seed: seed)
        return (0..<Int(seconds * Double(sampleRateHz))).map { index in
            Float(
                value(Double(index) / Double(sampleRateHz)) + noise
                    * Double.random(in: -1...1, using: &random)
            )
        }
    }

    /// Writes samples as a WAV file of 16 bits.
    ///
    /// - Throws: Why the file can't be written.
    package static func write(_ samples: [Float], to path: String) throws {
        var data = Data("RIFF".utf8)
        func append<Number: FixedWidthInteger>(_ number: Number) {
            withUnsafeBytes(of: number.littleEndian) { data.append(contentsOf: $0) }
        }
        append(UInt32(36 + 2 * samples.count))
        data.append(Data("WAVEfmt ".utf8))
        append(UInt32(16))
        append(UInt16(1))
        append(UInt16(1))
        append(UInt32(sampleRateHz))
        append(UInt32(2 * sampleRateHz))
        append(UInt16(2))
        append(UInt16(16))
        data.append(Data("data".utf8))
        append(UInt32(2 * samples.count))
        for sample in samples { append(Int16(max(-1, min(1, sample)) * 32_767)) }
        try data.write(to: URL(fileURLWithPath: path))
    }
}
