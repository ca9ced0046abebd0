import Detection
package import EventStore
import Foundation
package import Messages

/// Which events are worth a person's minute, the worthiest first: a pure value.
///
/// Events that nobody labelled come before others, and of them those with a clip. Each class has its
/// turn: the next is always of the class of which the fewest events were labelled or came before it. Within
/// a class those are first whose score is nearest to the threshold, in log odds, since there the monitor
/// was least certain, and of sounds of no known class the loudest. One that is like another that was
/// labelled already, of its class and source and within minutes of it, counts half.
package struct ReviewOrder: Sendable {
    private var thresholds: [Sound: Float] = [:]
    private var labelledCounts: [Sound: Int] = [:]
    /// When labelled events began, by class and source.
    private var labelledTimes: [Place: [Date]] = [:]

    /// How near two events are so that the second tells little, in seconds.
    private static let nearbySeconds: TimeInterval = 600
    /// The levels between which loudness counts, in dBFS.
    private static let levels: ClosedRange<Double> = -70 ... -10
    /// What classes have whose threshold is not known any more.
    private static let unknownThreshold: Float = 0.5

    private struct Sound: Hashable, Comparable {
        let model: String
        let className: String

        init(_ event: StoredEvent) { (model, className) = (event.model, event.className) }

        init(_ threshold: ThresholdMessage) {
            (model, className) = (threshold.model, threshold.className)
        }

        static func < (one: Sound, other: Sound) -> Bool {
            (one.className, one.model) < (other.className, other.model)
        }
    }

    private struct Place: Hashable {
        let className: String
        let source: String
    }

    /// Takes what is known.
    ///
    /// - Parameters:
    ///   - thresholds: The thresholds in force.
    ///   - labelled: The events that were labelled of late.
    package init(thresholds: [ThresholdMessage], labelled: [StoredEvent]) {
        for threshold in thresholds {
            self.thresholds[Sound(threshold)] = Float(threshold.on)
        }
        for event in labelled {
            labelledCounts[Sound(event), default: 0] += 1
            labelledTimes[Place(className: event.className, source: event.source), default: []]
                .append(event.start)
        }
        for place in labelledTimes.keys { labelledTimes[place]?.sort() }
    }

    /// Some events in this order.
    package func ordered(_ events: [StoredEvent]) -> [StoredEvent] {
        let open = events.filter { $0.userLabel == nil }
        var counts = labelledCounts
        let audible = shared(open.filter { $0.clipPath != nil }, &counts)
        let silent = shared(open.filter { $0.clipPath == nil }, &counts)
        let labelled = events.filter { $0.userLabel != nil }
            .sorted { ($0.start, $0.id) > ($1.start, $1.id) }
        return audible + silent + labelled
    }

    /// Lets each class have its turn.
    private func shared(_ events: [StoredEvent], _ counts: inout [Sound: Int]) -> [StoredEvent] {
        var waiting = Dictionary(grouping: events) { Sound($0) }.mapValues { events in
            // The worthiest last, from where it is taken.
            events.map { (worth: worth(of: $0), event: $0) }
                .sorted { ($0.worth, $0.event.start) < ($1.worth, $1.event.start) }
        }
        var ordered: [StoredEvent] = []
        while let next = waiting.keys.min(by: { one, other in
            let (count, otherCount) = (counts[one, default: 0], counts[other, default: 0])
            return count == otherCount ? one < other : count < otherCount
        }) {
            guard let event = waiting[next]?.popLast()?.event else {
                waiting[next] = nil
                continue
            }
            ordered.append(event)
            counts[next, default: 0] += 1
        }
        return ordered
    }

    /// How much an answer would tell, 0...1.
    func worth(of event: StoredEvent) -> Double {
        let worth: Double
        if event.className == DetectionSettings.unknownClassName {
            let level = event.levelDBFS ?? Self.levels.lowerBound
            let width = Self.levels.upperBound - Self.levels.lowerBound
            worth = min(1, max(0, (level - Self.levels.lowerBound) / width))
        } else {
            let threshold = thresholds[Sound(event)] ?? Self.unknownThreshold
            let distance =
                Logit.of(probability: Float(event.peakScore)) - Logit.of(probability: threshold)
            worth = 1 / (1 + Double(abs(distance)))
        }
        return hasLabelledTwin(event) ? worth / 2 : worth
    }

    private func hasLabelledTwin(_ event: StoredEvent) -> Bool {
        let place = Place(className: event.className, source: event.source)
        guard let times = labelledTimes[place] else { return false }
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < event.start - Self.nearbySeconds {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < times.count && times[low] <= event.start + Self.nearbySeconds
    }
}

extension EventStore {
    /// The events of a filter that are worth a person's minute, the worthiest first.
    ///
    /// - Parameters:
    ///   - filter: Which events; its limit holds for the answer.
    ///   - thresholds: The thresholds in force.
    /// - Returns: Of the newest ten thousand that pass, the worthiest.
    /// - Throws: Any ``StoreError`` of reading.
    package func eventsWorthReview(
        matching filter: EventFilter,
        thresholds: [ThresholdMessage]
    ) throws(StoreError) -> [StoredEvent] {
        var labels = EventFilter()
        (labels.label, labels.order, labels.limit) = (.any, .newestFirst, 2_000)
        let order = ReviewOrder(thresholds: thresholds, labelled: try events(matching: labels))
        var candidates = filter
        (candidates.order, candidates.limit) = (.newestFirst, 10_000)
        let ordered = order.ordered(try events(matching: candidates))
        return filter.limit.map { Array(ordered.prefix($0)) } ?? ordered
    }
}
