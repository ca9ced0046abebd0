/// Turns scored hops into events with a beginning and an end.
///
/// A class's smoothed score opens a sound at `on` and closes it under `off`. Its onset and offset
/// are then looked for inside the windows: where the energy rises out of the background and falls
/// back, or, for a sound that does not stand out, where the scores rise and fall. No edge is dated
/// into a time with a closed gate or missing samples. Short events are dropped, near ones merged,
/// and an announced event is never retracted.
///
/// A window that is not familiar enough counts as a score of 0 for every class. What is heard while
/// the gate is open and is of no known class can be an event too: of the class after the last,
/// ``DetectionSettings/unknownClassName``, which is off while any known class is on.
///
/// The same hops give the same transitions, live or from a file. Events of one class never overlap
/// and are announced in order.
package struct EventDetector: Sendable {
    /// The names of the classes, in the order of the scores.
    package let classNames: [String]

    /// The settings in force.
    package private(set) var settings: DetectionSettings

    /// The peaks of known classes that the last call has found to be no events.
    package private(set) var nearMisses: [NearMiss] = []

    /// The classes and, last, the unknown class.
    private var tracks: [ClassTrack]
    /// Which of them are on by their own scores at the last hop.
    private var isOnByScore: [Bool]
    private var suppressors: [[ClassIndex]]
    /// The classes whose high scores say that a sound is known.
    private var knownClasses: [ClassIndex]
    private var sound: RecentSound
    /// The number of the next event.
    package private(set) var nextNumber: Int

    /// Creates a detector without history.
    ///
    /// - Parameters:
    ///   - classNames: The model's classes, in the order of its scores.
    ///   - settings: The rules, valid as ``DetectionSettings/validate()`` says.
    ///   - sampleRateHz: The timeline's rate in Hz, at least 1000.
    ///   - nextNumber: The number of the first event.
    package init(
        classNames: [String],
        settings: DetectionSettings,
        sampleRateHz: Int,
        nextNumber: Int = 0
    ) {
        self.classNames = classNames
        self.nextNumber = nextNumber
        self.settings = settings
        tracks = (classNames + [DetectionSettings.unknownClassName]).enumerated().map {
            index,
            name in
            ClassTrack(
                classIndex: ClassIndex(index),
                rule: settings.rule(for: name),
                sampleRateHz: sampleRateHz
            )
        }
        isOnByScore = tracks.map { _ in false }
        suppressors = Self.suppressors(of: classNames, settings: settings)
        knownClasses = Self.knownClasses(of: classNames, settings: settings)
        sound = RecentSound(sampleRateHz: sampleRateHz)
    }

    /// The smoothed score of each class at the last hop, shape `[classCount]`.
    package var smoothedScores: [Float] {
        tracks.dropLast().map(\.score)
    }

    /// Whether no class is on and nothing is open, so that low scores change nothing.
    package var isIdle: Bool {
        tracks.allSatisfy { $0.run == nil && $0.event == nil && $0.carried == nil }
    }

    private var unknownClass: ClassIndex { classNames.classIndices.upperBound }

    /// Takes the next hop.
    ///
    /// - Parameter hop: Follows the hop before; when samples are missing between the two, this
    ///   is as if ``interrupt(at:resumingAt:)`` had been called. Scores may be empty although the
    ///   gate is open, when no window is complete yet: they count as 0.
    /// - Returns: What was decided, in order.
    package mutating func update(_ hop: ScoredHop) -> [EventTransition] {
        precondition(
            hop.scores.isEmpty || hop.scores.count == classNames.count,
            "A hop has a score for each class, or none."
        )
        precondition(
            hop.hop.lowerBound >= sound.time,
            "Hops are given in order of time."
        )
        nearMisses.removeAll(keepingCapacity: true)
        var transitions: [EventTransition] = []
        if sound.beginning != nil, hop.hop.lowerBound > sound.time {
            transitions = interrupt(at: sound.time, resumingAt: hop.hop.lowerBound)
        }
        sound.append(hop)
        smoothScores(of: hop)
        decide(isGateOpen: hop.gate == .open, transitions: &transitions)
        forgetOldSound()
        return transitions
    }

    /// Takes note that samples were lost.
    ///
    /// An open run ends where the loss begins, and continues as the same event if the sound is back
    /// within the merge gap. Smoothing restarts.
    ///
    /// - Parameters:
    ///   - time: The first lost sample, not before the end of the last hop.
    ///   - resumption: The first sample after the loss.
    /// - Returns: The events that end with it.
    package mutating func interrupt(
        at time: SampleTime,
        resumingAt resumption: SampleTime
    )
        -> [EventTransition]
    {
        precondition(time >= sound.time, "Samples that were analysed cannot be lost.")
        precondition(resumption >= time, "Listening cannot resume before it was interrupted.")
        nearMisses.removeAll(keepingCapacity: true)
        var transitions: [EventTransition] = []
        for index in tracks.indices {
            tracks[index].cut(at: time, sound: sound)
            tracks[index].endEvent(ifNothingMergesFrom: resumption, transitions: &transitions)
        }
        sound.restart(at: resumption)
        return transitions
    }

    /// Ends everything: the source or the file is over.
    ///
    /// - Parameter time: One past the last sample, not before the end of the last hop.
    /// - Returns: The end of every open event.
    package mutating func finish(at time: SampleTime) -> [EventTransition] {
        precondition(time >= sound.time, "Samples that were analysed cannot come after the end.")
        nearMisses.removeAll(keepingCapacity: true)
        var transitions: [EventTransition] = []
        for index in tracks.indices {
            tracks[index].cut(at: time, sound: sound)
            tracks[index].carried = nil
            tracks[index].finishEvent(transitions: &transitions)
        }
        sound.restart(at: time)
        return transitions
    }

    /// Replaces the rules from the next hop on and keeps all history.
    ///
    /// - Parameter settings: Valid as ``DetectionSettings/validate()`` says.
    package mutating func apply(_ settings: DetectionSettings) {
        self.settings = settings
        suppressors = Self.suppressors(of: classNames, settings: settings)
        knownClasses = Self.knownClasses(of: classNames, settings: settings)
        let names = classNames + [DetectionSettings.unknownClassName]
        for (index, name) in names.enumerated() {
            tracks[index].apply(settings.rule(for: name))
        }
    }

    private mutating func smoothScores(of hop: ScoredHop) {
        guard hop.gate == .open, !hop.scores.isEmpty else {
            for index in tracks.indices {
                tracks[index].smooth(0)
            }
            return
        }
        let isFamiliar = settings.isFamiliar(hop.familiarity)
        for index in classNames.classIndices {
            tracks[index].smooth(isFamiliar ? hop.scores[index] : 0)
        }
        let best = isFamiliar ? knownClasses.lazy.map { hop.scores[$0] }.max() ?? 0 : 0
        tracks[unknownClass].smooth(1 - best)
    }

    private mutating func decide(isGateOpen: Bool, transitions: inout [EventTransition]) {
        for index in tracks.indices {
            isOnByScore[index] = isGateOpen && tracks[index].isOnByScore
        }
        for index in classNames.classIndices {
            let isSuppressed = suppressors[index].contains { isOnByScore[$0] }
            tracks[index].decide(
                isOn: isOnByScore[index] && settings.reports(classNames[index]) && !isSuppressed,
                sound: sound,
                nextNumber: &nextNumber,
                transitions: &transitions
            )
            if tracks[index].isNear { followPeak(of: index, isGateOpen: isGateOpen) }
        }
        let isKnown = knownClasses.contains { isOnByScore[$0] || tracks[$0].event != nil }
        tracks[unknownClass].decide(
            isOn: isOnByScore[unknownClass] && !isKnown
                && settings.reports(DetectionSettings.unknownClassName),
            sound: sound,
            nextNumber: &nextNumber,
            transitions: &transitions
        )
    }

    /// Follows a class whose score is near its threshold, or was until now.
    private mutating func followPeak(of index: ClassIndex, isGateOpen: Bool) {
        let name = classNames[index]
        guard !settings.collectors.contains(name) else { return }
        let isReported = settings.reports(name)
        let suppressor =
            isOnByScore[index] ? suppressors[index].first { isOnByScore[$0] } : nil
        let miss = tracks[index].followPeak(
            isReported: isReported,
            suppressor: suppressor,
            isGateOpen: isGateOpen,
            time: sound.time
        )
        if let miss { nearMisses.append(miss) }
    }

    private mutating func forgetOldSound() {
        let block = sound.firstNeededBlock
        for index in tracks.indices {
            tracks[index].keepEnergy(ofBlocksBefore: block, in: sound)
        }
        sound.forgetOldBlocks()
    }

    private static func knownClasses(
        of classNames: [String],
        settings: DetectionSettings
    )
        -> [ClassIndex]
    {
        classNames.classIndices.filter { !settings.collectors.contains(classNames[$0]) }
    }

    private static func suppressors(
        of classNames: [String],
        settings: DetectionSettings
    )
        -> [[ClassIndex]]
    {
        let indices = Dictionary(uniqueKeysWithValues: zip(classNames, classNames.classIndices))
        return classNames.map { name in
            settings.rule(for: name).suppressedBy.compactMap { indices[$0] }
        }
    }
}
