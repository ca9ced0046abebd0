/// Finds where a sound begins and ends inside the windows that scored it.
///
/// A window of a second says that a sound is in it, not where. Two things say where: the step in
/// the energy envelope, when the sound stands out of what was there before and after; otherwise
/// the moment at which the scores rose or fell, taken to be when a quarter of a window was filled
/// with the sound (networks that take the mean and the maximum over time need about that much).
struct SoundEdges: Equatable, Sendable {
    /// An onset and the energy above which the sound stands out.
    struct Onset: Equatable, Sendable {
        var time: SampleTime
        /// Linear mean square; nil when the onset is the scores'.
        var threshold: Float?
    }

    /// What a sound must have over its surroundings to have an edge: 8 dB, as a power ratio.
    static let leastContrast: Float = 6.3
    /// A pause up to this many blocks does not divide a sound.
    private static let bridgedBlocks: Int64 = 5

    let envelope: EnvelopeHistory

    // MARK: Onset

    /// The beginning of a sound whose score rose at `hop`.
    ///
    /// - Parameters:
    ///   - hop: The first hop whose window scored high.
    ///   - crossing: When, between the ends of two windows, the score crossed.
    ///   - earliest: Nothing begins before.
    /// - Returns: The onset, inside the hop's window; or up to a window earlier when the energy
    ///   shows that the sound had been there for longer than the network needed to be sure.
    func onset(
        risingAt hop: RecentHop,
        crossing: SampleTime,
        notBefore earliest: SampleTime
    )
        -> Onset
    {
        let lower = max(hop.window.lowerBound, earliest)
        let within = lower..<max(hop.window.upperBound, lower)
        let likely = max(hop.hop.lowerBound - hop.windowLength / 2, lower)
        let before = max(hop.window.lowerBound - hop.windowLength, earliest)
        if let edge = energyOnset(within: within, likelyFrom: likely, notBefore: before) {
            return edge
        }
        let byScores = crossing - hop.windowLength / 4
        return Onset(time: min(max(byScores, lower), within.upperBound), threshold: nil)
    }

    private func energyOnset(
        within stretch: Range<SampleTime>,
        likelyFrom likely: SampleTime,
        notBefore earliest: SampleTime
    ) -> Onset? {
        let blocks = envelope.blocks(endingIn: stretch)
        let firstHeard = envelope.grid.block(containing: earliest)
        let around = min(firstHeard, blocks.lowerBound - 50)..<blocks.upperBound
        guard let threshold = threshold(peakIn: blocks, backgroundIn: around) else {
            return nil
        }
        let firstLikely = min(
            max(envelope.grid.block(containing: likely), blocks.lowerBound),
            blocks.upperBound
        )
        let isLoud = { (block: Int64) in envelope[block] >= threshold }
        guard
            let loud = (firstLikely..<blocks.upperBound).first(where: isLoud)
                ?? (blocks.lowerBound..<firstLikely).last(where: isLoud)
        else {
            return nil
        }
        let start = startOfRun(
            through: loud,
            downTo: around.clamped(to: envelope.blocks).lowerBound,
            above: threshold
        )
        let onset = Onset(
            time: max(envelope.grid.start(ofBlock: start), earliest),
            threshold: threshold
        )
        if start >= blocks.lowerBound || stretch.lowerBound == earliest {
            return onset
        }
        // Something was there before the window. What rises in the window is the sound; if
        // nothing does, it is the sound, provided that its own beginning was heard.
        return steepestRise(in: firstLikely..<blocks.upperBound)
            ?? (start > around.clamped(to: envelope.blocks).lowerBound ? onset : nil)
    }

    private func startOfRun(
        through block: Int64,
        downTo first: Int64,
        above threshold: Float
    )
        -> Int64
    {
        var start = block
        var candidate = block - 1
        while candidate >= first, start - candidate <= Self.bridgedBlocks + 1 {
            if envelope[candidate] >= threshold {
                start = candidate
            }
            candidate -= 1
        }
        return start
    }

    private func steepestRise(in blocks: Range<Int64>) -> Onset? {
        var steepest = Self.leastContrast
        var onset: Onset?
        for block in blocks {
            guard let before = envelope.mean(of: block - 10..<block),
                let after = envelope.mean(of: block..<block + 5), after > before * steepest
            else {
                continue
            }
            steepest = before > 0 ? after / before : .infinity
            onset = Onset(
                time: envelope.grid.start(ofBlock: block),
                threshold: (before * after).squareRoot()
            )
        }
        return onset
    }

    // MARK: Offset

    /// The end of a sound whose score was last high at `hop`.
    ///
    /// - Parameters:
    ///   - hop: The last hop whose window scored high.
    ///   - crossing: When, between the ends of two windows, the score fell.
    ///   - start: The sound's beginning.
    ///   - latest: Nothing ends after.
    /// - Returns: The offset, between `start` and `latest`; after the hop's window when the
    ///   energy shows that the sound went on for longer than the network was sure.
    func offset(
        lastHighAt hop: RecentHop,
        crossing: SampleTime,
        start: SampleTime,
        notAfter latest: SampleTime
    ) -> SampleTime {
        let lower = max(start, hop.window.lowerBound - hop.windowLength / 2)
        let likely = min(hop.window.lowerBound + hop.hopLength + hop.windowLength / 2, latest)
        let within = min(lower, likely)..<likely
        if let end = energyOffset(within: within, windowEnd: hop.window.upperBound, latest: latest)
        {
            return max(end, start)
        }
        let byScores = max(crossing - hop.windowLength * 3 / 4, start + hop.hopLength)
        return max(min(byScores, latest), start)
    }

    private func energyOffset(
        within stretch: Range<SampleTime>,
        windowEnd: SampleTime,
        latest: SampleTime
    ) -> SampleTime? {
        let blocks = envelope.blocks(endingIn: stretch)
        let end = envelope.grid.block(containing: latest)
        let after = (blocks.lowerBound..<max(end, blocks.lowerBound)).clamped(to: envelope.blocks)
        guard let threshold = threshold(peakIn: blocks, backgroundIn: after),
            let loud = blocks.last(where: { envelope[$0] >= threshold })
        else {
            return nil
        }
        let last = endOfRun(through: loud, upTo: after.upperBound - 1, above: threshold)
        let offset = min(envelope.grid.start(ofBlock: last + 1), latest)
        if offset < windowEnd || latest <= windowEnd {
            return offset
        }
        // Something is there after the window. What falls in the window is the sound; if nothing
        // does, it is the sound, provided that its own end was heard.
        return steepestFall(in: blocks) ?? (last + 1 < after.upperBound ? offset : nil)
    }

    /// How far a sound reaches without a break.
    func end(ofSoundFrom start: SampleTime, above threshold: Float) -> SampleTime {
        let first = envelope.grid.block(containing: start)
        guard envelope.blocks.contains(first) else {
            return start
        }
        let last = endOfRun(
            through: first,
            upTo: envelope.blocks.upperBound - 1,
            above: threshold
        )
        guard last > first || envelope[first] >= threshold else {
            return start
        }
        return envelope.grid.start(ofBlock: last + 1)
    }

    /// Whether a sound is still there at `end`; nil when it does not stand out.
    func isLoud(from start: SampleTime, upTo end: SampleTime) -> Bool? {
        let blocks = envelope.blocks(endingIn: min(start, end)..<end).suffix(100)
        let around = (blocks.startIndex - 50)..<blocks.endIndex
        guard let threshold = threshold(peakIn: blocks, backgroundIn: around) else {
            return nil
        }
        return blocks.suffix(Int(Self.bridgedBlocks)).contains { envelope[$0] >= threshold }
    }

    private func endOfRun(through block: Int64, upTo last: Int64, above threshold: Float) -> Int64 {
        var end = block
        var candidate = block + 1
        while candidate <= last, candidate - end <= Self.bridgedBlocks + 1 {
            if envelope[candidate] >= threshold {
                end = candidate
            }
            candidate += 1
        }
        return end
    }

    private func steepestFall(in blocks: Range<Int64>) -> SampleTime? {
        var steepest = Self.leastContrast
        var end: SampleTime?
        for block in blocks {
            guard let before = envelope.mean(of: block - 5..<block),
                let after = envelope.mean(of: block..<block + 10), before > after * steepest
            else {
                continue
            }
            steepest = after > 0 ? before / after : .infinity
            end = envelope.grid.start(ofBlock: block)
        }
        return end
    }
}
