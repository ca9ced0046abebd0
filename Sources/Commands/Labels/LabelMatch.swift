import Foundation
import Messages
import SoundDatasets

/// Finds the events that a file of labels is about: a pure value.
///
/// By number, where a line gives one: source and time, if given too, must be the event's, since another
/// box's events have the same numbers. Else by time and source: where several events are on, the one of
/// the class that the line names, or the one that begins at that time. A line that could mean several is
/// not guessed at.
struct LabelMatch {
    /// What is to be stored, in the order of the file; nil: a false alarm.
    private(set) var labels: [(event: EventMessage, className: String?)] = []
    /// The lines whose event was not found, and why.
    private(set) var unmatched: [(line: Int, reason: String)] = []

    private let events: [EventMessage]
    private let byID: [Int64: EventMessage]
    private let mapping: LabelMapping

    /// How far a stated time may be from the beginning of an event of a stated number, in seconds.
    private static let numberTolerance: TimeInterval = 2
    /// How far a moment may be from an event, in seconds.
    private static let momentTolerance: TimeInterval = 1
    /// Two times as programs round them, in seconds.
    private static let sameTime: TimeInterval = 0.05

    /// Matches.
    ///
    /// - Parameters:
    ///   - entries: The lines of the file.
    ///   - events: The events that may be meant.
    ///   - classNames: The classes of the models, which names are read as whatever their case.
    ///   - origin: Second 0 of a label track; needed where the lines count seconds.
    ///   - source: The source of lines that name none; nil: any.
    init(
        _ entries: [LabelEntry],
        among events: [EventMessage],
        classNames: [String],
        origin: Date? = nil,
        source: String? = nil
    ) {
        self.events = events
        byID = Dictionary(events.map { ($0.id, $0) }) { first, _ in first }
        mapping = LabelMapping(classNames: classNames)
        for entry in entries where entry.seconds == nil {
            switch event(of: entry, source: entry.source ?? source) {
            case .success(let event): append(event, entry.verdict)
            case .failure(let refusal): unmatched.append((entry.line, refusal.reason))
            }
        }
        let track = entries.filter { $0.seconds != nil }
        guard let origin, !track.isEmpty else { return }
        match(track, from: origin, source: source)
    }

    private struct Refusal: Error {
        let reason: String
    }

    private mutating func append(_ event: EventMessage, _ verdict: LabelVerdict) {
        labels.append((event, name(of: verdict).className(of: event.className)))
    }

    /// The verdict in the models' words.
    private func name(of verdict: LabelVerdict) -> LabelVerdict {
        if case .was(let name) = verdict { .was(mapping.className(for: name)) } else { verdict }
    }

    // MARK: - Tables

    private func event(
        of entry: LabelEntry,
        source: String?
    ) -> Result<EventMessage, Refusal> {
        guard let id = entry.eventID else {
            guard let time = entry.time else { return .failure(Refusal(reason: "no time")) }
            return event(at: time, source: source, entry.verdict)
        }
        guard let event = byID[id] else {
            return .failure(Refusal(reason: "there is no event \(id)"))
        }
        if let name = entry.source, name != event.source {
            return .failure(
                Refusal(reason: "event \(id) is of source '\(event.source)', not '\(name)'")
            )
        }
        if let time = entry.time,
            abs(time.timeIntervalSince(event.start)) > Self.numberTolerance
        {
            let found = UTCTimestamp.text(event.start)
            return .failure(
                Refusal(reason: "event \(id) began at \(found), not \(UTCTimestamp.text(time))")
            )
        }
        return .success(event)
    }

    private func event(
        at time: Date,
        source: String?,
        _ verdict: LabelVerdict
    ) -> Result<EventMessage, Refusal> {
        let tolerance = Self.momentTolerance
        let found = heard(from: time - tolerance, to: time + tolerance, source: source)
        if found.count > 1 {
            let exact = found.filter { abs($0.start.timeIntervalSince(time)) < Self.sameTime }
            let named = (exact.isEmpty ? found : exact).filter { isNamed($0, by: verdict) }
            if let event = only(named) ?? only(exact) { return .success(event) }
        }
        return chosen(found)
    }

    private func only(_ events: [EventMessage]) -> EventMessage? {
        events.count == 1 ? events[0] : nil
    }

    private func chosen(_ found: [EventMessage]) -> Result<EventMessage, Refusal> {
        if let event = only(found) { return .success(event) }
        let numbers = found.prefix(5).map { "\($0.id)" }.joined(separator: ", ")
        return .failure(
            Refusal(
                reason: found.isEmpty
                    ? "no event at that time" : "it may be any of the events \(numbers)"
            )
        )
    }

    private func isNamed(_ event: EventMessage, by verdict: LabelVerdict) -> Bool {
        name(of: verdict) == .was(event.className)
    }

    private func heard(from start: Date, to end: Date, source: String?) -> [EventMessage] {
        events.filter { event in
            event.start <= end && event.end.map { $0 >= start } ?? true
                && (source == nil || event.source == source)
        }
    }

    // MARK: - Label tracks

    /// Matches the labels of a track.
    ///
    /// First those that name what an event was taken for: they are about all such events of which they
    /// cover at least half. Then the others, each about the only event that is left at its time.
    private mutating func match(_ track: [LabelEntry], from origin: Date, source: String?) {
        var taken: Set<Int64> = []
        var others: [(LabelEntry, [EventMessage])] = []
        for entry in track {
            let seconds = entry.seconds ?? 0...0
            let span = (origin + seconds.lowerBound, origin + seconds.upperBound)
            let margin = span.0 == span.1 ? Self.momentTolerance / 2 : 0
            let found = heard(from: span.0 - margin, to: span.1 + margin, source: source)
            let named = found.filter {
                isNamed($0, by: entry.verdict) && Self.covers(span, $0, margin: margin)
            }
            for event in named {
                append(event, entry.verdict)
                taken.insert(event.id)
            }
            if named.isEmpty { others.append((entry, found)) }
        }
        for (entry, found) in others {
            switch chosen(found.filter { !taken.contains($0.id) }) {
            case .success(let event): append(event, entry.verdict)
            case .failure(let refusal): unmatched.append((entry.line, refusal.reason))
            }
        }
        unmatched.sort { $0.line < $1.line }
    }

    /// Whether a label covers half of an event; one that is a point covers what is on at it.
    private static func covers(
        _ span: (Date, Date),
        _ event: EventMessage,
        margin: TimeInterval
    ) -> Bool {
        guard let end = event.end else { return false }
        let common = min(end, span.1 + margin).timeIntervalSince(max(event.start, span.0 - margin))
        return margin > 0 || 2 * common >= end.timeIntervalSince(event.start)
    }
}
