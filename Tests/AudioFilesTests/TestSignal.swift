import Foundation

/// Signals whose numbers are known, and files that hold them.
enum TestSignal {
    /// A sine of the given frequency.
    static func sine(
        hz: Double,
        rateHz: Int,
        count: Int,
        amplitude: Double = 0.5,
        phase: Double = 0
    ) -> [Float] {
        (0..<count).map { index in
            Float(amplitude * sin(2 * .pi * hz * Double(index) / Double(rateHz) + phase))
        }
    }

    /// White noise in ±1 from a small generator with a seed.
    static func noise(count: Int, seed: UInt32 = 1) -> [Float] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(Int32(bitPattern: state)) / 2_147_483_648
        }
    }

    /// Amplitude and phase of one frequency in a signal, by least squares over a Hann window.
    ///
    /// The slice's indices are its samples' times, in samples of `rateHz`.
    static func component(
        hz: Double,
        of signal: ArraySlice<Float>,
        rateHz: Int
    ) -> (amplitude: Double, phase: Double) {
        var real = 0.0
        var imaginary = 0.0
        var weights = 0.0
        let count = signal.count
        for index in signal.indices {
            let position = Double(index - signal.startIndex) / Double(count)
            let weight = 0.5 - 0.5 * cos(2 * .pi * position)
            let angle = 2 * .pi * hz * Double(index) / Double(rateHz)
            real += weight * Double(signal[index]) * sin(angle)
            imaginary += weight * Double(signal[index]) * cos(angle)
            weights += weight
        }
        let amplitude = 2 * (real * real + imaginary * imaginary).squareRoot() / weights
        return (amplitude, atan2(imaginary, real))
    }

    /// RMS level in dB of full scale 1.
    static func levelDB(_ signal: ArraySlice<Float>) -> Double {
        let power = signal.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(signal.count)
        return 10 * log10(power)
    }
}
