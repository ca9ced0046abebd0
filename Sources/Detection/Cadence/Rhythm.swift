/// The rule by which pulses follow each other: groups of equal pulses, a period apart.
struct Rhythm {
    /// How far pulses and gaps may differ from their median: a share of it, or so many seconds.
    private static let spread = (share: 0.3, seconds: 0.07)
    /// A gap that is so many times as long as another is a pause between groups.
    private static let pauseRatio = 1.5
    /// And longer by so much, in seconds.
    private static let leastDifference = 0.1
    private static let fewestPulsesOnce = 3
    private static let longestWindowSeconds = 60.0

    /// The cadence, of no class and no frequency yet.
    let cadence: Cadence
    /// How many whole groups there are.
    let groups: Int

    /// Finds the rule.
    ///
    /// - Parameters:
    ///   - pulses: Where the tone is on, in frames.
    ///   - frameCount: The frames of the recording.
    ///   - frameSeconds: From a frame to the next.
    ///   - hertz: The tone, for what is thrown.
    /// - Throws: Why there is none.
    init(
        of pulses: [Range<Int>],
        frameCount: Int,
        frameSeconds: Double,
        hertz: Double
    ) throws(CadenceLearningFault) {
        // What the recording cuts off has another length.
        let whole = pulses.filter { $0.lowerBound > 1 && $0.upperBound < frameCount - 1 }
        guard whole.count > 1 else {
            let isEndless = pulses.contains { $0.count > frameCount / 2 }
            throw isEndless ? .noPause(hertz: hertz) : .tooFewPulses(hertz: hertz)
        }
        func seconds(_ frames: Int) -> Double { Double(frames) * frameSeconds }
        let lengths = whole.map { seconds($0.count) }
        try Self.requireAlike(lengths, hertz: hertz)
        let gaps = zip(whole, whole.dropFirst()).map { seconds($1.lowerBound - $0.upperBound) }
        let limit = Self.pauseLimit(gaps)
        let members = Self.grouped(whole, gaps: gaps, limit: limit)
        let before = seconds(whole[0].lowerBound)
        let after = seconds(frameCount - (whole.last?.upperBound ?? frameCount))
        let longestGap = gaps.max() ?? 0
        // Pulses of equal distance are one group, if they begin and end within the recording.
        let standsAlone = members.count == 1 && min(before, after) > 2 * longestGap
        let isEven = members.count == 1 && !standsAlone && whole.count > 2

        var cadence = Cadence()
        cadence.onSeconds = Self.rounded(Self.median(lengths))
        let inner = isEven ? [] : gaps.filter { $0 < limit }
        try Self.requireAlike(inner, hertz: hertz)
        if isEven {
            try Self.requireAlike(gaps, hertz: hertz)
            cadence.pulses = 1
            groups = whole.count
            let starts = whole.map { seconds($0.lowerBound) }
            cadence.periodSeconds = Self.rounded(
                Self.median(zip(starts, starts.dropFirst()).map { $1 - $0 })
            )
        } else {
            let size = try Self.groupSize(members.map(\.count), hertz: hertz)
            groups = members.count { $0.count == size }
            cadence.pulses = size
            // The first group may lack its beginning, the last only its end.
            let begun = members.first?.count == size ? members[...] : members.dropFirst()
            let starts = begun.map { seconds($0[0].lowerBound) }
            let periods = zip(starts, starts.dropFirst()).map { $1 - $0 }
            try Self.requireAlike(periods, hertz: hertz)
            // Many a sound has two tones that are alike.
            guard !periods.isEmpty || size >= Self.fewestPulsesOnce else {
                throw .tooFewPulses(hertz: hertz)
            }
            if !inner.isEmpty { cadence.offSeconds = Self.rounded(Self.median(inner)) }
            cadence.periodSeconds =
                periods.isEmpty
                ? Self.rounded(cadence.groupSeconds + max(1, 2 * cadence.offSeconds))
                : Self.rounded(Self.median(periods))
            if periods.isEmpty { cadence.repetitions = 1 }
        }
        if cadence.pulses == 1 {
            cadence.offSeconds = Self.rounded(min(0.5, cadence.pauseSeconds))
        }
        if cadence.windowSeconds > Self.longestWindowSeconds { cadence.repetitions = 1 }
        try Self.requireRecognisable(cadence, hertz: hertz)
        self.cadence = cadence
    }

    // MARK: - Groups

    /// The length from which on a gap is a pause; infinite where all are alike.
    private static func pauseLimit(_ gaps: [Double]) -> Double {
        let sorted = gaps.sorted()
        let steps = zip(sorted, sorted.dropFirst()).filter { $1 - $0 > leastDifference }
            .map { (ratio: $1 / max($0, leastDifference), limit: ($0 + $1) / 2) }
        guard let widest = steps.max(by: { $0.ratio < $1.ratio }), widest.ratio >= pauseRatio
        else { return .infinity }
        return widest.limit
    }

    private static func grouped(
        _ pulses: [Range<Int>],
        gaps: [Double],
        limit: Double
    ) -> [[Range<Int>]] {
        var groups = [[pulses[0]]]
        for (pulse, gap) in zip(pulses.dropFirst(), gaps) {
            if gap < limit {
                groups[groups.count - 1].append(pulse)
            } else {
                groups.append([pulse])
            }
        }
        return groups
    }

    /// How many pulses a group has; the first and the last may be cut off.
    private static func groupSize(
        _ sizes: [Int],
        hertz: Double
    ) throws(CadenceLearningFault) -> Int {
        let size = sizes.max() ?? 0
        guard sizes.dropFirst().dropLast().allSatisfy({ $0 == size }) else {
            throw .unequalGroups(hertz: hertz, sizes: sizes)
        }
        return size
    }

    // MARK: - Lengths

    private static func requireAlike(
        _ lengths: [Double],
        hertz: Double
    ) throws(CadenceLearningFault) {
        guard let shortest = lengths.min(), let longest = lengths.max() else { return }
        let middle = median(lengths)
        let tolerated = max(spread.seconds, spread.share * middle)
        guard middle - shortest <= tolerated, longest - middle <= tolerated else {
            throw .noRhythm(hertz: hertz, shortestSeconds: shortest, longestSeconds: longest)
        }
    }

    private static func requireRecognisable(
        _ cadence: Cadence,
        hertz: Double
    ) throws(CadenceLearningFault) {
        let lengths: [(String, Double, ClosedRange<Double>)] = [
            ("its pulses have", cadence.onSeconds, 0.08...10),
            ("the gaps between its pulses have", cadence.offSeconds, 0.08...10),
            ("its repetition takes", cadence.periodSeconds, 0.2...50),
        ]
        for (what, seconds, range) in lengths where !range.contains(seconds) {
            throw .outOfRange(
                hertz: hertz,
                what: what,
                seconds: seconds,
                allowed: "\(range.lowerBound) to \(range.upperBound) s"
            )
        }
        guard (1...20).contains(cadence.pulses) else {
            throw .outOfRange(
                hertz: hertz,
                what: "its group of \(cadence.pulses) pulses takes",
                seconds: cadence.groupSeconds,
                allowed: "at most 20 pulses"
            )
        }
    }

    private static func median(_ numbers: [Double]) -> Double {
        numbers.sorted()[numbers.count / 2]
    }

    private static func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }
}
