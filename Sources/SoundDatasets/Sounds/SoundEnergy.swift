import Foundation

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
