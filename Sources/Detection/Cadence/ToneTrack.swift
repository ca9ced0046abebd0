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
}

/// How loud a tone is, and how far it stands out of its neighbours.
struct ToneLevels: Equatable, Sendable {
    /// Its level in dB.
    var level: Float
    /// The same over the mean of its neighbours in frequency.
    var tone: Float

    static func lower(_ one: ToneLevels, _ other: ToneLevels) -> ToneLevels {
        ToneLevels(level: min(one.level, other.level), tone: min(one.tone, other.tone))
    }

    static func mean(_ all: [ToneLevels]) -> ToneLevels {
        let count = Float(all.count)
        return ToneLevels(
            level: all.reduce(0) { $0 + $1.level } / count,
            tone: all.reduce(0) { $0 + $1.tone } / count
        )
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

    private(set) var frameCount = 0
    /// How many frames are tonal.
    private(set) var tonalFrameCount = 0
    /// The sums of all frames before one, in dB, shape `[frames + 1]`.
    private var levelSums: [Float] = [0]
    private var toneSums: [Float] = [0]

    private init(reserving frames: Int) {
        levelSums.reserveCapacity(frames + 1)
        toneSums.reserveCapacity(frames + 1)
    }

    /// Follows bins, each with the two beside it, among which a tone between bins moves.
    ///
    /// - Parameters:
    ///   - bins: The bins, as far from the spectrum's ends as ``SpectrumGrid/bins(in:)`` has them.
    ///   - spectra: Power in dB, shape `[frames, grid.binCount]`.
    ///   - grid: What they are.
    /// - Returns: A track for each bin.
    static func tracks(
        of bins: ClosedRange<Int>,
        in spectra: Span<Float>,
        _ grid: SpectrumGrid
    ) -> [ToneTrack] {
        let frameCount = spectra.count / grid.binCount
        var tracks = bins.map { _ in ToneTrack(reserving: frameCount) }
        let neighbours = Float(2 * (reach - nearest + 1))
        let first = bins.lowerBound - reach
        // The sum of all bins before one, from the first neighbour on.
        var sums = [Float](repeating: 0, count: bins.count + 2 * reach + 1)
        for frame in 0..<frameCount {
            let origin = frame * grid.binCount + first
            for index in 0..<sums.count - 1 {
                sums[index + 1] = sums[index] + spectra[origin + index]
            }
            for place in tracks.indices {
                let middle = place + reach
                let around =
                    sums[middle + reach + 1] - sums[middle + nearest]
                    + sums[middle - nearest + 1] - sums[middle - reach]
                let bin = origin + middle
                let level = max(spectra[bin - 1], max(spectra[bin], spectra[bin + 1]))
                tracks[place].append(level, over: around / neighbours)
            }
        }
        return tracks
    }

    private mutating func append(_ level: Float, over neighbours: Float) {
        let tone = level - neighbours
        if tone >= Self.leastTone { tonalFrameCount += 1 }
        levelSums.append(levelSums[frameCount] + level)
        toneSums.append(toneSums[frameCount] + tone)
        frameCount += 1
    }

    /// The mean over frames of how far the tone stands out, in dB.
    func tone(_ frames: Range<Int>) -> Float {
        (toneSums[frames.upperBound] - toneSums[frames.lowerBound]) / Float(frames.count)
    }

    /// The means over frames.
    func levels(_ frames: Range<Int>) -> ToneLevels {
        ToneLevels(
            level: (levelSums[frames.upperBound] - levelSums[frames.lowerBound])
                / Float(frames.count),
            tone: tone(frames)
        )
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
