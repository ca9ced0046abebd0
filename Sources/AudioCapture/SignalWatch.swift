/// Notices by its samples that a device does not hear, and that it does again.
///
/// A pure value over seconds of samples: a fault is there when each of the last few seconds
/// showed it, and is over with the first second that does not. It neither allocates nor locks.
struct SignalWatch: Sendable {
    /// For how many seconds in a row a symptom makes a fault: long enough that a slammed door or
    /// a pause in a test signal is none, short enough to be told within seconds.
    private static let faultSeconds = 5
    /// A cellar may be quiet for long, a dead cable is so for ever.
    private static let quietFaultSeconds = 20
    /// The largest believable offset, relative to full scale.
    private static let offsetLimit: Float = 0.2
    /// In a second that clips for good, at least this part of the samples is at full scale.
    private static let clippedShare = 0.02
    /// 30 dB in power under the learnt floor.
    private static let quietRatio: Float = 0.001
    /// How long the floor is learnt before it is believed.
    private static let learningSeconds = 600
    /// Of so many seconds in a row the loudest is what the floor is learnt from: in the second in
    /// which a cable comes loose, and while a device fades out, the level is anything.
    private static let stretchSeconds = 5
    /// How fast the floor rises at most, in power per stretch: 15 dB an hour.
    private static let floorRise: Float = 1.005

    private let rateHz: Int
    private var second = Second()
    private var symptom: SignalFault?
    private var symptomSeconds = 0
    private var floorPower: Float = 0
    private var learntSeconds = 0
    private var stretch = Stretch()

    /// What is known of the seconds that the floor is to be learnt from.
    private struct Stretch {
        var seconds = 0
        var greatestPower: Float = 0
    }

    /// What is known of the second that is being heard.
    private struct Second {
        var count = 0
        var least = Float.infinity
        var greatest = -Float.infinity
        var sum: Float = 0
        var power: Float = 0
        var clipped = 0
    }

    /// What is wrong now; nil when nothing is.
    private(set) var fault: SignalFault?

    /// Begins to hear.
    ///
    /// - Parameters:
    ///   - rateHz: The rate of the samples.
    ///   - known: The floor that was learnt before; nil: there is none.
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

    /// Takes in the samples that follow.
    ///
    /// - Parameters:
    ///   - samples: Mono, ±1.
    ///   - clipped: How many of them were at full scale at the device, before any gain.
    mutating func hear(_ samples: Span<Float>, clipped: Int) {
        for index in samples.indices {
            let sample = samples[index]
            second.least = min(second.least, sample)
            second.greatest = max(second.greatest, sample)
            second.sum += sample
            second.power += sample * sample
        }
        second.clipped += clipped
        second.count += samples.count
        guard second.count >= rateHz else { return }
        judge()
        second = Second()
    }

    private mutating func judge() {
        let count = Float(second.count)
        let mean = second.sum / count
        let power = max(second.power / count - mean * mean, 0)
        let found = currentSymptom(mean: mean, power: power)
        symptomSeconds = found == symptom ? symptomSeconds + 1 : 1
        symptom = found
        let needed = found == .farTooQuiet ? Self.quietFaultSeconds : Self.faultSeconds
        guard found != nil else {
            fault = nil
            learnFloor(power)
            return
        }
        stretch = Stretch()
        if symptomSeconds >= needed { fault = found }
    }

    private func currentSymptom(mean: Float, power: Float) -> SignalFault? {
        if second.least == second.greatest {
            return second.least == 0 ? .digitalZeros : .stuck
        }
        if Double(second.clipped) >= Self.clippedShare * Double(second.count) { return .clipping }
        if abs(mean) > Self.offsetLimit { return .offset }
        let isLearnt = learntSeconds >= Self.learningSeconds
        return isLearnt && power < floorPower * Self.quietRatio ? .farTooQuiet : nil
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

/// Why a device that delivers samples does not hear.
package enum SignalFault: UInt8, Sendable, CaseIterable {
    /// Every sample is exactly zero: muted, or nothing is connected.
    case digitalZeros = 1
    /// Every sample has the same value other than zero.
    case stuck
    /// The samples lie far to one side of zero.
    case offset
    /// Samples are at full scale all the time.
    case clipping
    /// The level is far under the lowest that this source usually has.
    case farTooQuiet
    /// The device delivers more or fewer samples a second than its rate says.
    case wrongRate
    /// The mix of the channels is far quieter than they are: they cancel each other.
    case cancelledMix
}

extension SignalFault: CustomStringConvertible {
    /// One line: what is heard, and what to do.
    package var description: String {
        switch self {
        case .digitalZeros:
            "The device delivers nothing but zeros. Unmute it and see that it is connected."
        case .stuck:
            "The device delivers the same value over and over. Unplug it and plug it in again."
        case .offset:
            "The samples lie far to one side of zero. Check the microphone's power and cable."
        case .clipping:
            "The samples are at full scale all the time. Lower gain_db, or the card's level."
        case .farTooQuiet:
            "The level is far under the lowest that is usual here. Check microphone and cable."
        case .wrongRate:
            "The device does not deliver as many samples a second as its rate says. Choose "
                + "another sample_rate, or another USB socket."
        case .cancelledMix:
            "The channels cancel each other in the mix. Set channel to one of them, or correct "
                + "the wiring of one."
        }
    }
}

/// The lowest level that a source usually has, as learnt from what it heard.
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

    /// Takes the word apart; nil for 0, which stands for nothing learnt.
    init?(bits: UInt64) {
        guard bits != 0 else { return nil }
        power = Float(bitPattern: UInt32(truncatingIfNeeded: bits >> 32))
        seconds = Int(UInt32(truncatingIfNeeded: bits))
    }
}
