import Glibc

/// Conversions between linear power and decibels relative to full scale.
///
/// The reference is a full-scale square wave: its mean square is 1 and its level 0 dBFS, so that
/// a full-scale sine is at -3.01 dBFS. No power at all is `-infinity`, never a number.
package enum Decibels {
    /// The level of a mean square, in dBFS.
    ///
    /// The mean square is linear, 1 being full scale; 0 gives `-infinity`.
    package static func level(ofMeanSquare meanSquare: Float) -> Float {
        Float(level(ofMeanSquare: Double(meanSquare)))
    }

    /// The level of a mean square, in dBFS.
    ///
    /// The mean square is linear, 1 being full scale; 0 gives `-infinity`.
    package static func level(ofMeanSquare meanSquare: Double) -> Double {
        meanSquare > 0 ? 10 * log10(meanSquare) : -.infinity
    }

    /// The mean square of a level in dBFS; `-infinity` gives 0.
    package static func meanSquare(ofLevel level: Float) -> Float {
        Float(meanSquare(ofLevel: Double(level)))
    }

    /// The mean square of a level in dBFS; `-infinity` gives 0.
    package static func meanSquare(ofLevel level: Double) -> Double {
        pow(10, level / 10)
    }
}
