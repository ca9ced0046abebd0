/// Recent hops and levels: the part of a detector's memory that all classes share.
struct RecentSound: Equatable, Sendable {
    private static let blocksBeforeWindows: Int64 = 50

    /// The last hops without an interruption between them, oldest first.
    private(set) var hops: [RecentHop] = []
    private(set) var envelope: EnvelopeHistory
    /// Where listening began, or began again after lost samples.
    private(set) var beginning: SampleTime?
    /// The first sample of the hop at which the gate last opened; nil while it is closed.
    private(set) var gateOpening: SampleTime?
    /// One past the last sample that was analysed.
    private(set) var time = SampleTime.zero
    /// The level of the last hop.
    private(set) var levelDBFS: Float = -.infinity

    init(sampleRateHz: Int) {
        envelope = EnvelopeHistory(sampleRateHz: sampleRateHz)
    }

    /// The earliest time at which a sound heard now may have begun: listening and gate permitting.
    var earliestOnset: SampleTime {
        max(beginning ?? time, gateOpening ?? time)
    }

    /// One past the last sample for which the gate was open, as far as the last hop tells.
    var lastOpenTime: SampleTime {
        gateOpening == nil ? hops.last?.hop.lowerBound ?? time : time
    }

    /// The hop that lies `back` hops before the last.
    func hop(back: Int) -> RecentHop {
        hops[hops.count - 1 - back]
    }

    /// Takes the next hop.
    mutating func append(_ hop: ScoredHop) {
        let blocks = envelope.grid.blocks(endingIn: hop.hop)
        precondition(
            hop.envelope.isEmpty || hop.envelope.count == blocks.count,
            "A hop's envelope has one value for each 10 ms block that ends in it, or none."
        )
        if beginning == nil {
            beginning = min(hop.window.lowerBound, hop.hop.lowerBound)
        }
        if hop.gate == .closed {
            gateOpening = nil
        } else if gateOpening == nil {
            gateOpening = hops.isEmpty ? beginning : hop.hop.lowerBound
        }
        if hops.count == ScoreSmoother.capacity {
            hops.removeFirst()
        }
        hops.append(RecentHop(hop))
        envelope.append(hop.envelope, from: blocks.lowerBound)
        time = hop.hop.upperBound
        levelDBFS = hop.levelDBFS
    }

    /// The energy from `start` to `end`.
    ///
    /// `forgotten` is the energy of the blocks since `start` that are no longer remembered.
    func energy(from start: SampleTime, to end: SampleTime, forgotten: EnergySum) -> EnergySum {
        var sum = forgotten
        let first = envelope.grid.block(containing: start)
        sum.add(energy(from: start, toBlock: max(envelope.grid.block(containing: end), first + 1)))
        return sum
    }

    /// The energy of the remembered blocks from `start` up to a block.
    func energy(from start: SampleTime, toBlock end: Int64) -> EnergySum {
        let first = envelope.grid.block(containing: start)
        return envelope.energy(of: first..<max(end, first))
    }

    /// The first block that the hops remembered may still need.
    var firstNeededBlock: Int64 {
        guard let oldest = hops.first else {
            return envelope.blocks.upperBound
        }
        return envelope.grid.block(containing: oldest.window.lowerBound) - Self.blocksBeforeWindows
    }

    /// Forgets the blocks that are no longer needed.
    mutating func forgetOldBlocks() {
        envelope.forget(before: firstNeededBlock)
    }

    /// Goes on at `resumption` after lost samples, or is about to begin there.
    mutating func restart(at resumption: SampleTime) {
        hops.removeAll(keepingCapacity: true)
        envelope.forget(before: envelope.blocks.upperBound)
        beginning = resumption
        gateOpening = nil
        time = resumption
    }
}

/// A stretch over which a class has been on.
struct SoundRun: Equatable, Sendable {
    /// The refined onset; with what was carried over an interruption, that one's.
    var start: SampleTime
    /// Where the sound is known to have been without a break since: after an interruption, there.
    var heardFrom: SampleTime
    /// The energy above which the sound stands out; nil when its onset has no energy edge.
    var threshold: Float?
    /// How far the sound is known to reach.
    var knownEnd: SampleTime
    /// Whether it has lasted long enough and is part of the event.
    var isPartOfEvent = false
    var scores = ScoreSum()
    /// The energy of the blocks that belong to it and have left the history.
    var forgottenEnergy = EnergySum()
}
