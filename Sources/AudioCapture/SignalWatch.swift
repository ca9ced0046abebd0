internal import Glibc

/// Finds out from its samples that a device has a fault, and that the fault is over.
///
/// A pure value over seconds of samples: a fault is there when each of the last few seconds
/// showed it, and is over with the first second that does not. It neither allocates nor locks.
struct SignalWatch: Sendable {
    /// For how many seconds in a row a symptom makes a fault: longer than a slammed door or a pause
    /// in a test signal, short enough to be reported within seconds.
    private static let faultSeconds = 5
    /// A cellar may be quiet for long, a dead cable is so for ever.
    private static let quietFaultSeconds = 20
    /// 30 dB in power below the learnt floor.
    private static let quietRatio: Float = 0.001
    /// How long the floor is learnt before it is believed.
    private static let learningSeconds = 600
    /// Of so many seconds in a row the loudest is what the floor is learnt from: in the second in
    /// which a cable comes loose, and while a device fades out, the level is anything.
    private static let stretchSeconds = 5
    /// How fast the floor rises at most, in power per stretch: 15 dB an hour.
    private static let floorRise: Float = 1.005

    private let rateHz: Int
    private var second = SignalMeasure()
    private var symptom: SignalFault?
    private var symptomSeconds = 0
    private var floorPower: Float = 0
    private var learntSeconds = 0
    private var stretch = Stretch()

    /// State of the seconds from which the floor is learnt.
    private struct Stretch {
        var seconds = 0
        var greatestPower: Float = 0
    }

    /// What is wrong now; nil when nothing is.
    private(set) var fault: SignalFault?

    /// Begins to watch.
    ///
    /// - Parameters:
    ///   - rateHz: The rate of the samples.
    ///   - known: The noise floor learnt before; nil if there is none.
    init(rateHz: Int, known: LearntFloor? = nil) {
        self.rateHz = rateHz
        floorPower = known?.power ?? 0
        learntSeconds = known?.seconds ?? 0
    }

    /// The floor that is believed; nil while it is still being learnt.
    var floor: LearntFloor? {
        guard learntSeconds >= Self.learningSeconds else { return nil }
        return LearntFloor(power: floorPower, seconds: learntSeconds)
    }

    /// Adds the samples that follow.
    ///
    /// - Parameters:
    ///   - samples: Mono, ±1.
    ///   - clipped: How many of them were at full scale at the device, before any gain.
    mutating func add(_ samples: Span<Float>, clipped: Int) {
        second.add(samples, clipped: clipped)
        guard second.sampleCount >= rateHz else { return }
        judge()
        second = SignalMeasure()
    }

    private mutating func judge() {
        let found = second.fault ?? (isFarTooQuiet ? .farTooQuiet : nil)
        symptomSeconds = found == symptom ? symptomSeconds + 1 : 1
        symptom = found
        let needed = found == .farTooQuiet ? Self.quietFaultSeconds : Self.faultSeconds
        guard found != nil else {
            fault = nil
            learnFloor(second.power)
            return
        }
        stretch = Stretch()
        if symptomSeconds >= needed { fault = found }
    }

    private var isFarTooQuiet: Bool {
        learntSeconds >= Self.learningSeconds && second.power < floorPower * Self.quietRatio
    }

    /// The floor falls at once to a quieter stretch and rises slowly.
    private mutating func learnFloor(_ power: Float) {
        stretch.seconds += 1
        stretch.greatestPower = max(stretch.greatestPower, power)
        guard stretch.seconds == Self.stretchSeconds else { return }
        floorPower =
            learntSeconds == 0
            ? stretch.greatestPower
            : min(stretch.greatestPower, floorPower * Self.floorRise)
        learntSeconds += stretch.seconds
        stretch = Stretch()
    }
}

/// Why a device that delivers samples does not deliver the sound around it.
package enum SignalFault: UInt8, Sendable, CaseIterable {
    /// Every sample is exactly zero: muted, or nothing is connected.
    case digitalZeros = 1
    /// Every sample has the same value other than zero.
    case stuck
    /// The mean of the samples is far from zero.
    case offset
    /// Samples are at full scale all the time.
    case clipping
    /// The level is far below the lowest that this source usually has.
    case farTooQuiet
    /// The device delivers more or fewer samples a second than its nominal rate.
    case wrongRate
    /// The mix of the channels is far quieter than they are: they cancel out.
    case cancelledMix
}

extension SignalFault: CustomStringConvertible {
    /// One line: what is wrong with the signal, and what to do.
    package var description: String {
        switch self {
        case .digitalZeros:
            "The device delivers only zeros. Check that it is connected and not muted."
        case .stuck:
            "The device delivers the same value all the time. Unplug it and plug it in again."
        case .offset:
            "The signal has a large DC offset. Check the microphone's power and cable."
        case .clipping:
            "The samples are at full scale all the time. Lower gain_db, or the card's level."
        case .farTooQuiet:
            "The level is far below this source's usual noise floor. Check the microphone and its "
                + "cable."
        case .wrongRate:
            "The device does not deliver samples at its nominal rate. Set another sample_rate, or "
                + "use another USB port; of a program, correct sample_rate, channels or format."
        case .cancelledMix:
            "The channels cancel out in the mix. Set 'channel' to one of them, or correct the "
                + "wiring."
        }
    }
}

/// A stretch of samples, measured, and what is wrong with it.
///
/// The one judge of a signal: the service applies it to second after second, `earwitness doctor` to
/// a short listening.
package struct SignalMeasure: Sendable, Equatable {
    /// The largest believable offset, relative to full scale.
    private static let offsetLimit = 0.2
    /// Where at least this part of the samples is at full scale, the signal clips for good.
    private static let clippedLimit = 0.02

    /// How many samples were measured.
    package private(set) var sampleCount = 0
    /// How many of them were at full scale.
    package private(set) var clippedCount = 0
    private var least = Float.infinity
    private var greatest = -Float.infinity
    private var sum = 0.0
    private var squareSum = 0.0

    /// Creates the measure of no samples.
    package init() {}

    /// Adds the samples that follow; neither allocates nor locks.
    ///
    /// - Parameters:
    ///   - samples: Mono, ±1.
    ///   - clipped: How many of them were at full scale at the device; nil: as they are.
    package mutating func add(_ samples: Span<Float>, clipped: Int? = nil) {
        var atFullScale = 0
        for index in samples.indices {
            let sample = samples[index]
            least = min(least, sample)
            greatest = max(greatest, sample)
            sum += Double(sample)
            squareSum += Double(sample) * Double(sample)
            if abs(sample) >= SampleConverter.clippingLevel { atFullScale += 1 }
        }
        clippedCount += clipped ?? atFullScale
        sampleCount += samples.count
    }

    /// The mean of the samples; 0 for none.
    package var offset: Double { sampleCount == 0 ? 0 : sum / Double(sampleCount) }

    /// The part of the samples that was at full scale; 0 for none.
    package var clippedShare: Double {
        sampleCount == 0 ? 0 : Double(clippedCount) / Double(sampleCount)
    }

    /// The level, RMS in dBFS; nil for digital silence or no samples.
    package var levelDBFS: Double? {
        guard sampleCount > 0, squareSum > 0 else { return nil }
        return 10 * log10(squareSum / Double(sampleCount))
    }

    /// The mean square around the mean, relative to full scale.
    var power: Float {
        sampleCount == 0 ? 0 : Float(max(squareSum / Double(sampleCount) - offset * offset, 0))
    }

    /// What the samples alone show to be wrong; nil if nothing is, or without samples.
    package var fault: SignalFault? {
        guard sampleCount > 0 else { return nil }
        if least == greatest { return least == 0 ? .digitalZeros : .stuck }
        if clippedShare >= Self.clippedLimit { return .clipping }
        return abs(offset) > Self.offsetLimit ? .offset : nil
    }
}

/// The lowest level that a source usually has, as learnt from its samples.
package struct LearntFloor: Sendable, Equatable {
    /// The mean square of a second, relative to full scale.
    package var power: Float
    /// For how many seconds it has been learnt.
    package var seconds: Int

    /// Creates the floor from its parts.
    package init(power: Float, seconds: Int) {
        self.power = power
        self.seconds = seconds
    }

    /// The two in one word, so that another thread reads what belongs together.
    var bits: UInt64 {
        UInt64(power.bitPattern) << 32 | UInt64(UInt32(clamping: seconds))
    }

    /// Reads the word; nil for 0, which stands for nothing learnt.
    init?(bits: UInt64) {
        guard bits != 0 else { return nil }
        power = Float(bitPattern: UInt32(truncatingIfNeeded: bits >> 32))
        seconds = Int(UInt32(truncatingIfNeeded: bits))
    }
}
