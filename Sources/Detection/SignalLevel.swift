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

/// The energy of a number of equally long stretches of sound.
struct EnergySum: Equatable, Sendable {
    private var total = 0.0
    private(set) var count = 0

    /// The mean over what was added, in dBFS; nil when nothing was.
    var levelDBFS: Float? {
        count > 0 ? Float(Decibels.level(ofMeanSquare: total / Double(count))) : nil
    }

    mutating func add(meanSquare: Float) {
        total += Double(meanSquare)
        count += 1
    }

    mutating func add(_ other: EnergySum) {
        total += other.total
        count += other.count
    }
}

/// A sum of squared samples that does not depend on how the samples were cut into pieces.
///
/// Each sample goes to the lane of its position, modulo the number of lanes, and each lane adds
/// in order: any chunking does the same additions in the same order.
struct SquareSum {
    private static let laneCount = 8

    private var lanes = SIMD8<Double>()
    /// How many samples were added.
    private(set) var count = 0

    /// The sum over all samples added, linear.
    var total: Double {
        lanes.sum()
    }

    /// The mean over all samples added, linear; 0 when there are none.
    var mean: Double {
        count > 0 ? total / Double(count) : 0
    }

    /// Adds the samples of `range`.
    mutating func add(_ samples: Span<Float>, in range: Range<Int>) {
        var index = range.lowerBound
        while index < range.upperBound, count % Self.laneCount != 0 {
            addOne(samples[index])
            index += 1
        }
        while index + Self.laneCount <= range.upperBound {
            let eight = SIMD8<Double>(
                SIMD8<Float>(
                    samples[index],
                    samples[index + 1],
                    samples[index + 2],
                    samples[index + 3],
                    samples[index + 4],
                    samples[index + 5],
                    samples[index + 6],
                    samples[index + 7]
                )
            )
            lanes += eight * eight
            index += Self.laneCount
            count += Self.laneCount
        }
        while index < range.upperBound {
            addOne(samples[index])
            index += 1
        }
    }

    private mutating func addOne(_ sample: Float) {
        let value = Double(sample)
        lanes[count % Self.laneCount] += value * value
        count += 1
    }
}

/// Takes away the constant offset that every sound card adds, which is not sound.
///
/// The offset is a running mean of 1 Hz, so that 0.01 dB is lost at 20 Hz. Until it has heard that
/// much, it is the mean of everything heard so far: a start is not a thump.
struct OffsetRemoval: Equatable, Sendable {
    private let step: Double
    private let settlingCount: Double
    private var heardCount = 0.0
    private var offset = 0.0

    /// Creates a filter without history.
    init(sampleRateHz: Double) {
        step = Self.step(sampleRateHz: sampleRateHz)
        settlingCount = 1 / step
    }

    /// How much of the distance to a new value is gone in one sample, after the start.
    static func step(sampleRateHz: Double) -> Double {
        -expm1(-2 * Double.pi / sampleRateHz)
    }

    /// Filters the next sample.
    @inline(__always)
    mutating func filter(_ sample: Double) -> Double {
        if heardCount < settlingCount {
            heardCount += 1
            offset += (sample - offset) / heardCount
        } else {
            offset += (sample - offset) * step
        }
        return sample - offset
    }

    /// Flushes inaudible values to zero.
    mutating func forgetSilence() {
        if abs(offset) < BiquadSection.silence { offset = 0 }
    }

    /// Clears its history.
    mutating func reset() {
        heardCount = 0
        offset = 0
    }
}
