package import SoundDatasets

/// Event-based precision, recall, F1 and error rate: whole events are right or wrong.
///
/// Agrees with sed_eval's `EventBasedMetrics` with optimal matching.
package enum EventBasedScores {
    /// Compares the events of all recordings.
    ///
    /// - Parameters:
    ///   - recordings: Each is matched for itself.
    ///   - classNames: The classes that get a tally; others count in the overall one only.
    ///   - rule: When an event is right.
    /// - Returns: The sums over the recordings.
    package static func evaluate(
        _ recordings: [ComparedRecording],
        classNames: [String],
        rule: EventMatchRule
    ) -> DetectionScores {
        var scores = DetectionScores(classNames: classNames)
        for recording in recordings {
            scores.overall += tally(of: recording, rule)
            for name in scores.byClass.keys {
                scores.byClass[name, default: DetectionTally()] += tally(
                    of: recording.keeping(labels: [name]),
                    rule
                )
            }
        }
        return scores
    }

    private static func tally(
        of recording: ComparedRecording,
        _ rule: EventMatchRule
    ) -> DetectionTally {
        let (reference, detected) = (recording.reference, recording.detected)
        let matching = MaximumMatching(
            referenceCount: reference.count,
            detectedCount: detected.count
        ) {
            reference[$0].label == detected[$1].label
                && rule.accepts(detected[$1], for: reference[$0])
        }
        var isLeft = [Bool](repeating: true, count: detected.count)
        for detection in matching.detectionOfReference.compactMap({ $0 }) {
            isLeft[detection] = false
        }
        var tally = DetectionTally(
            referenceCount: reference.count,
            detectedCount: detected.count,
            correctCount: matching.count
        )
        for (index, sound) in reference.enumerated()
        where matching.detectionOfReference[index] == nil {
            let substitute = detected.indices.first {
                isLeft[$0] && rule.accepts(detected[$0], for: sound)
            }
            guard let substitute else { continue }
            isLeft[substitute] = false
            tally.substitute(1)
        }
        return tally
    }
}

/// When a detected event counts as an annotated one: event-based evaluation with collars.
package struct EventMatchRule: Equatable, Sendable {
    /// Which edges of an event must be right.
    package enum Edges: String, Sendable { case onset, offset, both }

    /// The edges that are looked at.
    package var edges = Edges.both
    /// How far an edge may be off, in seconds.
    package var collarSeconds: Double = 0.2
    /// How far the offset may be off, as a share of the annotated length, if that is more.
    package var offsetLengthShare: Double = 0.5

    /// Creates DCASE's usual rule: 200 ms, and for the offset half of the length.
    package init() {}

    /// Whether the times fit, whatever the classes.
    package func accepts(_ detected: LabelledSound, for reference: LabelledSound) -> Bool {
        let onset = abs(reference.onsetSeconds - detected.onsetSeconds) <= collarSeconds
        let tolerance = max(collarSeconds, offsetLengthShare * reference.durationSeconds)
        let offset = abs(reference.offsetSeconds - detected.offsetSeconds) <= tolerance
        return switch edges {
        case .onset: onset
        case .offset: offset
        case .both: onset && offset
        }
    }
}

/// Pairs as many of two groups as possible, each member at most once (Hopcroft and Karp 1973).
///
/// Which of several largest pairings results matters to the count of substitutions. It is the one
/// that sed_eval finds, because members are visited in the same order: the detected in the order
/// of the first reference that they fit, and free references searched backwards through layers
/// of alternating paths.
private struct MaximumMatching {
    /// The detection paired with each reference; nil where there is none.
    private(set) var detectionOfReference: [Int?]

    private let order: [Int]
    private let fits: [[Int]]
    /// The reference through which a detection was reached in this phase; nil: it is unpaired.
    private var wayBack: [Int: Int?] = [:]
    /// The detections from which a reference was reached in this phase.
    private var reachedFrom: [Int: [Int]] = [:]

    /// Finds the pairing.
    ///
    /// - Parameters:
    ///   - referenceCount: The size of one group.
    ///   - detectedCount: The size of the other.
    ///   - isFit: Whether reference and detection may be a pair.
    init(
        referenceCount: Int,
        detectedCount: Int,
        isFit: (_ reference: Int, _ detection: Int) -> Bool
    ) {
        var order: [Int] = []
        var fits = [[Int]](repeating: [], count: detectedCount)
        for reference in 0..<referenceCount {
            for detection in 0..<detectedCount where isFit(reference, detection) {
                if fits[detection].isEmpty { order.append(detection) }
                fits[detection].append(reference)
            }
        }
        self.order = order
        self.fits = fits
        detectionOfReference = [Int?](repeating: nil, count: referenceCount)
        pairWhatIsFree()
        while case let free = freeReferencesByShortestPaths(), !free.isEmpty {
            for reference in free { _ = augment(to: reference) }
        }
    }

    /// The number of pairs.
    var count: Int { detectionOfReference.count { $0 != nil } }

    private mutating func pairWhatIsFree() {
        for detection in order {
            if let free = fits[detection].first(where: { detectionOfReference[$0] == nil }) {
                detectionOfReference[free] = detection
            }
        }
    }

    /// Searches in breadth from the unpaired detections for unpaired references.
    private mutating func freeReferencesByShortestPaths() -> [Int] {
        let paired = Set(detectionOfReference.compactMap { $0 })
        var layer = order.filter { !paired.contains($0) }
        wayBack = Dictionary(uniqueKeysWithValues: layer.map { ($0, nil) })
        reachedFrom = [:]
        var free: [Int] = []
        while !layer.isEmpty, free.isEmpty {
            var found: [Int] = []
            var sources: [Int: [Int]] = [:]
            for detection in layer {
                for reference in fits[detection] where reachedFrom[reference] == nil {
                    if sources[reference] == nil { found.append(reference) }
                    sources[reference, default: []].append(detection)
                }
            }
            reachedFrom.merge(sources) { earlier, _ in earlier }
            layer = []
            for reference in found {
                if let detection = detectionOfReference[reference] {
                    layer.append(detection)
                    wayBack[detection] = .some(reference)
                } else {
                    free.append(reference)
                }
            }
        }
        return free
    }

    /// Follows a path back to an unpaired detection and exchanges the pairs on it.
    private mutating func augment(to reference: Int) -> Bool {
        guard let sources = reachedFrom.removeValue(forKey: reference) else { return false }
        for detection in sources {
            guard let way = wayBack.removeValue(forKey: detection) else { continue }
            if let previous = way, !augment(to: previous) { continue }
            detectionOfReference[reference] = detection
            return true
        }
        return false
    }
}
