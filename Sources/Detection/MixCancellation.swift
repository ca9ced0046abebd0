/// That the mix of a source's channels is far quieter than the channels: they are in opposite phase
/// and cancel each other, so that sounds are missed.
///
/// It happens when one channel's wires are exchanged, and with recorders that put a balanced
/// signal's two halves on left and right.
package struct MixCancellation: Equatable, Sendable {
    /// The level of the mix, in dBFS; `-infinity` where nothing is left of it.
    package let mixDBFS: Double
    /// The loudest channel, counted from 0.
    package let loudestChannel: Int
    /// The level of the loudest channel, in dBFS.
    package let loudestDBFS: Double

    /// How much quieter than the loudest channel the mix is, in dB; infinite if nothing is left.
    package var lossDB: Double { loudestDBFS - mixDBFS }

    /// The loss in words, such as "26 dB quieter than channel 1".
    package var lossText: String {
        let channel = "channel \(loudestChannel + 1)"
        return lossDB.isFinite
            ? "\(Int(lossDB.rounded())) dB quieter than \(channel)" : "silent, unlike \(channel)"
    }

    /// The mix cancels if it has less than this share of the energy of unrelated channels.
    ///
    /// Two equal channels with correlation r keep the share 1 + r: a quarter means r = -0.75, which
    /// no pair of microphones in the same sound has for long.
    static let cancellingShare = 0.25
    /// Channels quieter than this hold no sound that could be lost.
    static let quietestDBFS = -80.0
}

/// The energies of a source's channels and of their mix, summed over a stretch of sound.
package struct ChannelEnergies: Equatable, Sendable {
    /// How many frames were added.
    package private(set) var frameCount: Int64 = 0
    /// The sum of the mix's squares; the mix is the mean of the channels.
    private var mix = 0.0
    /// The sum of the squares of each channel.
    private var channels: [Double]

    /// Begins with no sound.
    package init(channelCount: Int) {
        precondition(channelCount > 0, "A source has channels")
        channels = [Double](repeating: 0, count: channelCount)
    }

    /// Adds whole frames of interleaved samples, ±1, without an allocation.
    package mutating func add(_ interleaved: Span<Float>) {
        let count = channels.count
        precondition(interleaved.count % count == 0, "Add whole frames")
        let share = 1 / Double(count)
        var start = 0
        while start < interleaved.count {
            var sum = 0.0
            for channel in 0..<count {
                let sample = Double(interleaved[start + channel])
                sum += sample
                channels[channel] += sample * sample
            }
            mix += sum * share * (sum * share)
            start += count
        }
        frameCount += Int64(interleaved.count / count)
    }

    /// Forgets what was added, without an allocation.
    package mutating func reset() {
        for channel in channels.indices { channels[channel] = 0 }
        mix = 0
        frameCount = 0
    }

    /// What the mix loses; nil unless its channels cancel each other.
    ///
    /// Measured against channels that have nothing to do with each other, whose mix has the sum of
    /// their energies over the square of their number. So one channel alone, whose mix is 6 dB
    /// quieter if there are two, is not cancellation.
    package var cancellation: MixCancellation? {
        guard frameCount > 0, channels.count > 1 else { return nil }
        let count = Double(channels.count)
        let unrelated = channels.reduce(0, +) / (count * count)
        guard mix < MixCancellation.cancellingShare * unrelated,
            let loudest = channels.indices.max(by: { channels[$0] < channels[$1] })
        else { return nil }
        let level = Decibels.level(ofMeanSquare: channels[loudest] / Double(frameCount))
        guard level >= MixCancellation.quietestDBFS else { return nil }
        return MixCancellation(
            mixDBFS: Decibels.level(ofMeanSquare: mix / Double(frameCount)),
            loudestChannel: loudest,
            loudestDBFS: level
        )
    }
}

/// Detects once that a live source's channels cancel out.
///
/// Judges stretches of half a minute one by one, so that neither a single tone that happens to meet
/// the microphones in opposite phase nor a long quiet past decides.
package struct MixCancellationWatch: Sendable {
    private var energies: ChannelEnergies
    private let stretchFrames: Int64
    private var isReported = false

    private static let stretchSeconds: Int64 = 30

    /// Begins to watch a source.
    package init(channelCount: Int, sampleRateHz: Int) {
        energies = ChannelEnergies(channelCount: channelCount)
        stretchFrames = Self.stretchSeconds * Int64(sampleRateHz)
    }

    /// Adds whole frames of interleaved samples, ±1, without an allocation.
    ///
    /// - Returns: What the mix loses, the first time that a stretch shows it; nil otherwise.
    package mutating func update(_ interleaved: Span<Float>) -> MixCancellation? {
        guard !isReported else { return nil }
        energies.add(interleaved)
        guard energies.frameCount >= stretchFrames else { return nil }
        let found = energies.cancellation
        isReported = found != nil
        energies.reset()
        return found
    }
}
