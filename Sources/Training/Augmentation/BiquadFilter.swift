import Foundation

/// A filter of second order (Bristow-Johnson's cookbook of audio equalisers, 1994).
struct BiquadFilter {
    private let b: (Double, Double, Double)
    private let a: (Double, Double)

    /// Cuts off what is above a frequency, 12 dB an octave.
    static func lowPass(hertz: Float, rateHz: Int) -> BiquadFilter {
        let (cosine, alpha) = angles(hertz, rateHz, quality: 0.7071)
        let edge = (1 - cosine) / 2
        return BiquadFilter(edge, 1 - cosine, edge, 1 + alpha, -2 * cosine, 1 - alpha)
    }

    /// Cuts off what is below a frequency, 12 dB an octave.
    static func highPass(hertz: Float, rateHz: Int) -> BiquadFilter {
        let (cosine, alpha) = angles(hertz, rateHz, quality: 0.7071)
        let edge = (1 + cosine) / 2
        return BiquadFilter(edge, -(1 + cosine), edge, 1 + alpha, -2 * cosine, 1 - alpha)
    }

    /// Raises or lowers what is around a frequency.
    static func bell(hertz: Float, rateHz: Int, gainDB: Float, quality: Float) -> BiquadFilter {
        let (cosine, alpha) = angles(hertz, rateHz, quality: Double(quality))
        let gain = pow(10, Double(gainDB) / 40)
        return BiquadFilter(
            1 + alpha * gain,
            -2 * cosine,
            1 - alpha * gain,
            1 + alpha / gain,
            -2 * cosine,
            1 - alpha / gain
        )
    }

    private init(
        _ b0: Double,
        _ b1: Double,
        _ b2: Double,
        _ a0: Double,
        _ a1: Double,
        _ a2: Double
    ) {
        b = (b0 / a0, b1 / a0, b2 / a0)
        a = (a1 / a0, a2 / a0)
    }

    private static func angles(
        _ hertz: Float,
        _ rateHz: Int,
        quality: Double
    ) -> (cosine: Double, alpha: Double) {
        let turn = 2 * Double.pi * min(Double(hertz) / Double(rateHz), 0.49)
        return (cos(turn), sin(turn) / (2 * quality))
    }

    /// Filters samples in place, from silence on.
    func apply(to samples: inout [Float]) {
        var (first, second) = (0.0, 0.0)
        for index in samples.indices {
            let input = Double(samples[index])
            let output = b.0 * input + first
            first = b.1 * input - a.0 * output + second
            second = b.2 * input - a.1 * output
            samples[index] = Float(output)
        }
    }
}
