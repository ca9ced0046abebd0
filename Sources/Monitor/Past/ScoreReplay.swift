package import Detection
package import EventStore
package import Foundation

/// Decides about stored hops anew, with the decision code that listens: what a source and model
/// heard, hour after hour, becomes events again.
///
/// With the rules that judged the hops when they were heard it gives the events that were found
/// then. Where every class that matters scores too low to go on, and nothing is open, hops are
/// left out: they change nothing.
package struct ScoreReplay {
    /// By which rules the past is judged.
    package enum Rules: Sendable {
        /// By those that were in force at each hop; these where none are stored.
        case ofTheTime(otherwise: DetectionSettings)
        /// By these all the time.
        case fixed(DetectionSettings)
    }

    /// The class whose events are wanted; nil: those of every class.
    private let className: String?
    private let rules: Rules
    /// Reads a block's scores; nil if they are gone meanwhile.
    private let load: (Int64) throws -> ScoreBlock?

    /// What is known of one run of the device: it is begun anew at a restart.
    private struct Run {
        var source: String
        var since: Date?
        var modelRow: Int64
        var classNames: [String]
        var classes: JudgedClasses
        var settings: DetectionSettings
        var detector: EventDetector
        var sampleRateHz: Int
        /// One past the last sample that the detector has had.
        var position: SampleTime?
        /// Whether the detector has had the block before to its end.
        var isFollowing = false
        /// How many hops ago a class scored high enough to go on.
        var hopsSinceHot = Int.max / 2
        /// When some samples were heard.
        var dates: [(sample: SampleTime, date: Date)] = []

        /// When a sample was heard.
        func date(of sample: SampleTime) -> Date {
            let known = dates.last { $0.sample <= sample } ?? dates.first
            guard let known else { return since ?? .distantPast }
            return known.date + Double(sample - known.sample) / Double(sampleRateHz)
        }
    }

    /// No event waits longer for more of its sound, in seconds.
    private static let longestHeldSilenceSeconds: Int64 = 3_600

    private var run: Run?
    private var events: [PastEvent] = []
    /// The rules that judge each block.
    private var rulesOfBlocks: [DetectionSettings] = []
    /// All of them, each once.
    private var judges: [DetectionSettings] = []

    /// Prepares a replay.
    ///
    /// - Parameters:
    ///   - className: The class whose events are wanted; nil: those of every class.
    ///   - rules: By which rules the past is judged.
    ///   - load: Reads a block's scores; nil if they are gone meanwhile.
    package init(
        of className: String?,
        by rules: Rules,
        load: @escaping (Int64) throws -> ScoreBlock?
    ) {
        self.className = className
        self.rules = rules
        self.load = load
    }

    /// The events of some blocks, source by source in the order of their ends.
    ///
    /// - Parameter past: The blocks as the history gives them.
    /// - Returns: The events; what is open where the blocks end, ends there.
    /// - Throws: What reading a block throws.
    package mutating func events(of past: PastBlocks) throws -> [PastEvent] {
        (run, events) = (nil, [])
        var known: [Int64: DetectionSettings] = [:]
        rulesOfBlocks = past.heads.map { rulesInForce(at: $0, of: past, &known) }
        judges = []
        for rules in rulesOfBlocks where judges.last != rules && !judges.contains(rules) {
            judges.append(rules)
        }
        for (index, head) in past.heads.enumerated() {
            guard let names = past.classNames[head.modelRow] else { continue }
            // Behind the classes with scores comes that of unknown sounds.
            begin(head, classNames: Array(names.prefix(head.classCount)), rulesOfBlocks[index])
            try judge(index, of: past.heads)
        }
        finish()
        return events
    }

    private func rulesInForce(
        at head: PastBlock,
        of past: PastBlocks,
        _ known: inout [Int64: DetectionSettings]
    ) -> DetectionSettings {
        switch rules {
        case .fixed(let settings): return settings
        case .ofTheTime(let otherwise):
            guard let set = head.ruleSet else { return otherwise }
            let settings =
                known[set] ?? past.rules[set].flatMap(DetectionSettings.init(storedText:))
            known[set] = settings ?? otherwise
            return settings ?? otherwise
        }
    }

    // MARK: - Runs

    /// Goes on with the run of a block, or ends it and begins the next one.
    private mutating func begin(
        _ head: PastBlock,
        classNames: [String],
        _ settings: DetectionSettings
    ) {
        if let run, run.source == head.source, run.modelRow == head.modelRow,
            run.since == head.listeningSince, run.sampleRateHz == head.sampleRateHz
        {
            return
        }
        finish()
        let classes = JudgedClasses(of: className, classNames, settings, among: judges)
        run = Run(
            source: head.source,
            since: head.listeningSince,
            modelRow: head.modelRow,
            classNames: classNames,
            classes: classes,
            settings: settings,
            detector: EventDetector(
                classNames: classes.names,
                settings: classes.settings,
                sampleRateHz: head.sampleRateHz
            ),
            sampleRateHz: head.sampleRateHz
        )
    }

    /// Judges by other rules from now on.
    private mutating func apply(_ settings: DetectionSettings) {
        guard let run, run.settings != settings else { return }
        let classes = JudgedClasses(of: className, run.classNames, settings, among: judges)
        self.run?.settings = settings
        self.run?.classes = classes
        self.run?.detector.apply(classes.settings)
    }

    private mutating func finish() {
        guard var run, let position = run.position else { return }
        append(run.detector.finish(at: position), of: run)
        self.run = nil
    }

    private mutating func append(_ transitions: [EventTransition], of run: Run) {
        for case .ended(let event) in transitions {
            let name = run.classes.name(of: event.classIndex)
            guard className == nil || name == className else { continue }
            let start = run.date(of: event.start)
            events.append(
                PastEvent(
                    source: run.source,
                    className: name,
                    start: start,
                    end: start
                        + Double(event.end - event.start) / Double(run.sampleRateHz),
                    peakScore: event.peakScore,
                    meanScore: event.meanScore,
                    levelDBFS: event.levelDBFS
                )
            )
        }
    }

    // MARK: - Blocks

    private mutating func judge(_ index: Int, of heads: [PastBlock]) throws {
        let head = heads[index]
        let isFollowing = run?.isFollowing ?? false
        // By other rules, what was heard before may count.
        let isChanged = index > 0 && rulesOfBlocks[index - 1] != rulesOfBlocks[index]
        if isFollowing { apply(rulesOfBlocks[index]) }
        guard let indices = run?.classes.indices,
            let classes = run.map({ classes(of: $0, judgedBy: rulesOfBlocks[index]) }),
            isFollowing || isChanged || classes.mayGoOn(head.peaks)
        else { return }
        guard let block = try load(head.id) else {
            run?.isFollowing = false
            return
        }
        let hops = StoredHops(block, of: head, classes: indices)
        let warmUp = classes.warmUpHops(of: hops)
        var begin = 0
        if !isFollowing {
            guard let firstHot = isChanged ? 0 : hops.firstHot(from: 0, classes) else { return }
            if firstHot < warmUp { try replayBefore(index, of: heads, count: warmUp - firstHot) }
            apply(rulesOfBlocks[index])
            begin = max(0, firstHot - warmUp)
        }
        if begin == 0 {
            if hops.beginsStretch { interrupt(at: hops.start(of: 0)) }
            replaySilence(before: head, hops, count: warmUp)
        }
        if isChanged { run?.hopsSinceHot = 0 }
        feed(hops, from: begin, warmUp: warmUp)
    }

    /// The classes of a run, by the rules of a block.
    private func classes(of run: Run, judgedBy settings: DetectionSettings) -> JudgedClasses {
        run.settings == settings
            ? run.classes : JudgedClasses(of: className, run.classNames, settings, among: judges)
    }

    /// Lets the detector hear the last hops before a block, so that it knows what they left behind.
    private mutating func replayBefore(
        _ index: Int,
        of heads: [PastBlock],
        count: Int
    ) throws {
        guard index > 0, let indices = run?.classes.indices else { return }
        let (head, before) = (heads[index], heads[index - 1])
        guard before.source == head.source, before.modelRow == head.modelRow,
            before.listeningSince == head.listeningSince,
            head.silentSamples == 0, before.isFollowed(by: head),
            let block = try load(before.id)
        else { return }
        let hops = StoredHops(block, of: before, classes: indices)
        if hops.count < count { try replayBefore(index - 1, of: heads, count: count - hops.count) }
        apply(rulesOfBlocks[index - 1])
        run?.dates.append(hops.dated)
        if hops.count <= count {
            if hops.beginsStretch { interrupt(at: hops.start(of: 0)) }
            replaySilence(before: before, hops, count: count)
        }
        for hop in max(0, hops.count - count)..<hops.count { replay(hops, hop) }
    }

    /// Lets the detector hear the silence before a block: most of it at once, the rest hop by hop.
    private mutating func replaySilence(before head: PastBlock, _ hops: StoredHops, count: Int) {
        guard head.silentSamples > 0, let run else { return }
        let first = SampleTime(head.firstSample)
        var begin = first - head.silentSamples
        let isNewStretch = run.position.map { $0 < begin } ?? true
        if let position = run.position { begin = max(begin, position) }
        // The first hop of a stretch is as long as its window.
        let window = Int64(hops.longestWindow)
        if isNewStretch, first - begin >= window {
            replayClosed(begin..<begin + window)
            begin = begin + window
        }
        let length = Int64(hops.nominalHopSamples)
        var steps = min(Int64(count), (first - begin) / length)
        if begin < first - steps * length { replayClosed(begin..<first - steps * length) }
        while steps > 0 {
            replayClosed((first - steps * length)..<(first - (steps - 1) * length))
            steps -= 1
        }
    }

    private mutating func replayClosed(_ hop: Range<SampleTime>) {
        replay(
            ScoredHop(
                window: hop,
                hop: hop,
                gate: .closed,
                scores: [],
                levelDBFS: -.infinity,
                envelope: silence(over: hop)
            )
        )
    }

    /// The levels of silence, so that an event that goes on over it keeps its own.
    private func silence(over hop: Range<SampleTime>) -> [Float] {
        guard let rate = run?.sampleRateHz, run?.detector.isIdle == false,
            hop.upperBound - hop.lowerBound < Self.longestHeldSilenceSeconds * Int64(rate)
        else { return [] }
        let blocks = EnvelopeGrid(sampleRateHz: rate).blocks(endingIn: hop).count
        return Array(repeating: 0, count: blocks)
    }

    /// Hears a block from a hop on, as long as anything can come of it.
    private mutating func feed(_ hops: StoredHops, from begin: Int, warmUp: Int) {
        guard let classes = run?.classes else { return }
        run?.dates.append(hops.dated)
        var hop = begin
        while hop < hops.count {
            replay(hops, hop)
            if hops.isHot(hop, classes) {
                run?.hopsSinceHot = 0
            } else {
                run?.hopsSinceHot += 1
            }
            hop += 1
            guard let run, run.hopsSinceHot > warmUp, run.detector.isIdle else { continue }
            guard let next = hops.firstHot(from: hop, classes) else {
                self.run?.isFollowing = false
                return
            }
            hop = max(hop, next - warmUp)
        }
        run?.isFollowing = true
    }

    private mutating func replay(_ hops: StoredHops, _ index: Int) {
        replay(hops.hop(index))
    }

    private mutating func replay(_ hop: ScoredHop) {
        // What was heard when a block before was warmed up is not heard twice.
        if let position = run?.position, hop.hop.lowerBound < position { return }
        if run?.position == nil, hop.window.lowerBound < hop.hop.lowerBound {
            // The windows before were not valid.
            _ = run?.detector.interrupt(at: .zero, resumingAt: hop.hop.lowerBound)
        }
        guard let transitions = run?.detector.update(hop) else { return }
        run?.position = hop.hop.upperBound
        if !transitions.isEmpty, let run { append(transitions, of: run) }
    }

    private mutating func interrupt(at time: SampleTime) {
        guard let position = run?.position, position <= time,
            let transitions = run?.detector.interrupt(at: position, resumingAt: time)
        else { return }
        run?.position = time
        if let run { append(transitions, of: run) }
    }
}

extension PastBlock {
    /// Whether the next block begins where this one ends.
    fileprivate func isFollowed(by next: PastBlock) -> Bool {
        let tolerance =
            listeningSince == nil ? hopMicroseconds * Int64(sampleRateHz) / 2_000_000 : 0
        return abs(next.firstSample - endSample) <= tolerance
    }
}

/// An event that the past would have had.
package struct PastEvent: Equatable, Sendable {
    /// The name of the source.
    package var source: String
    /// The name of the class.
    package var className: String
    /// The onset.
    package var start: Date
    /// The offset.
    package var end: Date
    /// The highest smoothed score, 0...1.
    package var peakScore: Float
    /// The mean of the smoothed scores, 0...1.
    package var meanScore: Float
    /// The level, RMS in dBFS.
    package var levelDBFS: Float
}
