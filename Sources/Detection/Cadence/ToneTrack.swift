import Foundation

/// What the spectra of a window are.
package struct SpectrumGrid: Equatable, Sendable {
    /// From a frame to the next, in seconds.
    package var frameSeconds: Double
    /// From a bin to the next, in Hz; bin 0 is at 0 Hz.
    package var binHz: Double
    /// The bins of a frame.
    package var binCount: Int

    /// Creates the grid from its parts.
    package init(frameSeconds: Double, binHz: Double, binCount: Int) {
        self.frameSeconds = frameSeconds
        self.binHz = binHz
        self.binCount = binCount
    }

    /// The bins whose frequencies lie in a range, at least one, with neighbours on both sides.
    func bins(in range: ClosedRange<Float>) -> ClosedRange<Int> {
        let within = ToneTrack.reach...binCount - 1 - ToneTrack.reach
        let lower = Int((Double(range.lowerBound) / binHz).rounded(.up))
        let upper = Int((Double(range.upperBound) / binHz).rounded(.down))
        return (lower...max(lower, upper)).clamped(to: within)
    }

    /// Some bins with a third of an octave on both sides.
    func surroundings(of bins: ClosedRange<Int>) -> ClosedRange<Int> {
        let factor = 1.26
        let lower = max(1, Int(Double(bins.lowerBound) / factor))
        return lower...min(binCount - 1, Int(Double(bins.upperBound) * factor))
    }
}

/// How loud a tone is, and how far it stands out of its neighbours.
struct ToneLevels: Equatable, Sendable {
    /// Its level in dB.
    var level: Float
    /// The same over the mean of its neighbours in frequency.
    var tone: Float
    /// The same over the whole power of the frequencies around its range.
    var share: Float

    static func lower(_ one: ToneLevels, _ other: ToneLevels) -> ToneLevels {
        ToneLevels(
            level: min(one.level, other.level),
            tone: min(one.tone, other.tone),
            share: min(one.share, other.share)
        )
    }

    mutating func add(_ other: ToneLevels) {
        level += other.level
        tone += other.tone
        share += other.share
    }

    func divided(by count: Float) -> ToneLevels {
        ToneLevels(level: level / count, tone: tone / count, share: share / count)
    }
}

/// The course of one frequency over a window.
struct ToneTrack {
    /// The nearest and the farthest of a bin's neighbours; what is nearer belongs to the tone itself.
    private static let nearest = 4
    static let reach = 10
    /// What makes a frame count as tonal when there is little time, in dB.
    private static let leastTone: Float = 7
    /// How much lower than in a pulse the tone is where it counts as gone, in dB.
    private static let leastDrop: Float = 5
    /// How much louder the tone is in the first frames of a pulse than in those before, in dB.
    private static let leastRise: Float = 4
    private static let onsetFrames = 3

    private(set) var frameCount = 0
    /// The sums of all frames before one, in dB, shape `[frames + 1]`.
    private var levelSums: [Float] = [0]
    private var toneSums: [Float] = [0]
    private var shareSums: [Float] = [0]

    private init(reserving frames: Int) {
        levelSums.reserveCapacity(frames + 1)
        toneSums.reserveCapacity(frames + 1)
        shareSums.reserveCapacity(frames + 1)
    }

    /// Follows bins, each with the two beside it, among which a tone between bins moves.
    ///
    /// - Parameters:
    ///   - bins: The bins, as far from the spectrum's ends as ``SpectrumGrid/bins(in:)`` has them.
    ///   - spectra: Power in dB, shape `[frames, grid.binCount]`.
    ///   - grid: What they are.
    ///   - leastTonalFrames: How many frames of a bin must be tonal, so that it is worth a search.
    /// - Returns: A track for each bin; nil for one that is not worth it.
    static func tracks(
        of bins: ClosedRange<Int>,
        in spectra: Span<Float>,
        _ grid: SpectrumGrid,
        leastTonalFrames: Int
    ) -> [ToneTrack?] {
        let frameCount = spectra.count / grid.binCount
        var tonalFrames = bins.map { _ in 0 }
        var neighbours = [Float](repeating: 0, count: bins.count)
        for frame in 0..<frameCount {
            average(around: bins, ofFrame: frame, in: spectra, grid, into: &neighbours)
            let origin = frame * grid.binCount + bins.lowerBound
            for place in tonalFrames.indices
            where level(at: origin + place, in: spectra) - neighbours[place] >= leastTone {
                tonalFrames[place] += 1
            }
        }
        var tracks = tonalFrames.map {
            $0 >= leastTonalFrames ? ToneTrack(reserving: frameCount) : nil
        }
        let places = tracks.indices.filter { tracks[$0] != nil }
        guard !places.isEmpty else { return tracks }
        let surroundings = grid.surroundings(of: bins)
        for frame in 0..<frameCount {
            average(around: bins, ofFrame: frame, in: spectra, grid, into: &neighbours)
            let whole = power(of: surroundings, ofFrame: frame, in: spectra, grid)
            let origin = frame * grid.binCount + bins.lowerBound
            for place in places {
                let level = level(at: origin + place, in: spectra)
                tracks[place]?.append(level, tone: level - neighbours[place], share: level - whole)
            }
        }
        return tracks
    }

    /// The level of a tone in a bin or between it and a neighbour, in dB.
    private static func level(at index: Int, in spectra: Span<Float>) -> Float {
        max(spectra[index - 1], max(spectra[index], spectra[index + 1]))
    }

    /// The mean level of each bin's neighbours in one frame, in dB.
    private static func average(
        around bins: ClosedRange<Int>,
        ofFrame frame: Int,
        in spectra: Span<Float>,
        _ grid: SpectrumGrid,
        into result: inout [Float]
    ) {
        // Two sums that move along: the neighbours below and those above.
        let origin = frame * grid.binCount + bins.lowerBound
        let width = reach - nearest + 1
        var (below, above): (Float, Float) = (0, 0)
        for distance in nearest...reach {
            below += spectra[origin - distance]
            above += spectra[origin + distance]
        }
        for place in result.indices {
            result[place] = (below + above) / Float(2 * width)
            let index = origin + place
            below += spectra[index - nearest + 1] - spectra[index - reach]
            if place + 1 < result.count {
                above += spectra[index + reach + 1] - spectra[index + nearest]
            }
        }
    }

    /// The level of a frame's power in some bins, in dB.
    private static func power(
        of bins: ClosedRange<Int>,
        ofFrame frame: Int,
        in spectra: Span<Float>,
        _ grid: SpectrumGrid
    ) -> Float {
        var sum: Float = 0
        // e to the tenth of ln 10 is much faster than a power of 10.
        for bin in bins { sum += exp(spectra[frame * grid.binCount + bin] * 0.230_258_5) }
        return Decibels.level(ofMeanSquare: sum)
    }

    private mutating func append(_ level: Float, tone: Float, share: Float) {
        levelSums.append(levelSums[frameCount] + level)
        toneSums.append(toneSums[frameCount] + tone)
        shareSums.append(shareSums[frameCount] + share)
        frameCount += 1
    }

    /// The mean over frames of how far the tone stands out, in dB.
    func tone(_ frames: Range<Int>) -> Float {
        (toneSums[frames.upperBound] - toneSums[frames.lowerBound]) / Float(frames.count)
    }

    /// The means over frames.
    func levels(_ frames: Range<Int>) -> ToneLevels {
        let count = Float(frames.count)
        return ToneLevels(
            level: (levelSums[frames.upperBound] - levelSums[frames.lowerBound]) / count,
            tone: tone(frames),
            share: (shareSums[frames.upperBound] - shareSums[frames.lowerBound]) / count
        )
    }

    /// Whether the tone may begin at a frame: it is there after it, and louder than before.
    ///
    /// Spares the search at all other frames. A tone at the window's beginning may have begun.
    func begins(at frame: Int) -> Bool {
        let (before, after) = (frame - Self.onsetFrames - 1, frame + 1 + Self.onsetFrames)
        guard after <= frameCount else { return false }
        guard before >= 0 else { return true }
        let on = levels(frame + 1..<after)
        return on.tone >= Self.leastTone && drop(from: on, in: before..<frame - 1) >= Self.leastRise
    }

    /// How much lower the tone is in some frames, in dB.
    ///
    /// By its level or, where a noise without a pitch is over it, by how far it stands out.
    func drop(from on: ToneLevels, in frames: Range<Int>) -> Float {
        let off = levels(frames)
        return max(on.level - off.level, on.tone - off.tone)
    }

    /// The share of some frames in which the tone is still there.
    func remainder(of on: ToneLevels, in frames: Range<Int>) -> Float {
        let count = frames.count { drop(from: on, in: $0..<$0 + 1) < Self.leastDrop }
        return Float(count) / Float(frames.count)
    }
}
