import Foundation

/// What a room makes of a sound, from a recorded impulse response.
///
/// Convolution is by a Fourier transform of its own, whose result depends on nothing but its
/// input: libraries that choose their plans by speed do not give the same bits every time.
package struct RoomResponse {
    private let impulse: [Float]

    /// Takes a response from its loudest sample on, with the energy 1.
    ///
    /// - Parameter samples: A recording of an impulse, not silent.
    package init(_ samples: [Float]) {
        let peak = samples.indices.max { abs(samples[$0]) < abs(samples[$1]) } ?? 0
        let tail = samples[peak...]
        let energy = SoundEnergy.meanSquare(tail) * Double(tail.count)
        let gain = energy > 0 ? Float(1 / energy.squareRoot()) : 1
        impulse = tail.map { $0 * gain }
    }

    /// The sound in the room, longer by the room's tail.
    package func applied(to sound: [Float]) -> [Float] {
        guard !sound.isEmpty, !impulse.isEmpty else { return sound }
        let length = sound.count + impulse.count - 1
        var size = 1
        while size < length { size *= 2 }
        var first = Self.padded(sound, to: size)
        var second = Self.padded(impulse, to: size)
        Self.transform(&first.real, &first.imaginary, sign: -1)
        Self.transform(&second.real, &second.imaginary, sign: -1)
        for bin in 0..<size {
            let real =
                first.real[bin] * second.real[bin] - first.imaginary[bin] * second.imaginary[bin]
            first.imaginary[bin] =
                first.real[bin] * second.imaginary[bin] + first.imaginary[bin] * second.real[bin]
            first.real[bin] = real
        }
        Self.transform(&first.real, &first.imaginary, sign: 1)
        return first.real.prefix(length).map { Float($0 / Double(size)) }
    }

    private static func padded(
        _ samples: [Float],
        to size: Int
    ) -> (real: [Double], imaginary: [Double]) {
        let padding = [Double](repeating: 0, count: size - samples.count)
        return (samples.map(Double.init) + padding, [Double](repeating: 0, count: size))
    }

    /// Cooley and Tukey's transform in place, radix 2, not scaled.
    private static func transform(
        _ real: inout [Double],
        _ imaginary: inout [Double],
        sign: Double
    ) {
        let size = real.count
        var reversed = 0
        for index in 1..<max(1, size) {
            var bit = size >> 1
            while reversed & bit != 0 {
                reversed ^= bit
                bit >>= 1
            }
            reversed ^= bit
            if index < reversed {
                real.swapAt(index, reversed)
                imaginary.swapAt(index, reversed)
            }
        }
        var half = 1
        while half < size {
            let turns = (0..<half).map { sign * Double.pi * Double($0) / Double(half) }
            let (cosines, sines) = (turns.map { cos($0) }, turns.map { sin($0) })
            for start in stride(from: 0, to: size, by: 2 * half) {
                for step in 0..<half {
                    let (low, high) = (start + step, start + step + half)
                    let turnedReal = real[high] * cosines[step] - imaginary[high] * sines[step]
                    let turnedImaginary = real[high] * sines[step] + imaginary[high] * cosines[step]
                    real[high] = real[low] - turnedReal
                    imaginary[high] = imaginary[low] - turnedImaginary
                    real[low] += turnedReal
                    imaginary[low] += turnedImaginary
                }
            }
            half *= 2
        }
    }
}

/// Levels of whole stretches of sound.
package enum SoundEnergy {
    /// The mean of the squared samples; 0 for none.
    package static func meanSquare(_ samples: ArraySlice<Float>) -> Double {
        guard !samples.isEmpty else { return 0 }
        return samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(samples.count)
    }

    /// The factor that changes a mean square to a level in dB.
    package static func gain(from meanSquare: Double, toDecibels level: Double) -> Float {
        guard meanSquare > 0 else { return 0 }
        return Float((pow(10, level / 10) / meanSquare).squareRoot())
    }

    /// A mean square in dB, not below −120.
    package static func decibels(_ meanSquare: Double) -> Double {
        10 * log10(max(meanSquare, 1e-12))
    }
}
