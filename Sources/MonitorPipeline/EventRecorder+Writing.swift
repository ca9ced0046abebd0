import Detection
import EventStore
import Foundation
import Logging
import ModelLibrary
import MonitorMessages

extension EventRecorder {
    func began(_ source: Int, format: FeedFormat, hopSeconds: Double, at date: Date) {
        enter(.listening, source, at: date)
        tracks[source].condition.format = format
        tracks[source].condition.hopSeconds = hopSeconds
        tracks[source].scores = ScoreBlockBuilder(
            sourceID: tracks[source].sourceID,
            modelID: registered.modelID,
            hopSeconds: hopSeconds,
            classCount: model.classes.count
        )
        let name = tracks[source].condition.name
        log.notice(
            "Listening to \(tracks[source].condition.device): \(format.rateHz) Hz, \(format.channels) channel(s), \(format.detail).",
            metadata: ["source": "\(name)"]
        )
        if format.isRealtime == false {
            log.notice(
                "The capture thread runs without real-time priority, which the system refused. Samples may be lost on a busy machine; LimitRTPRIO= in the unit permits it.",
                metadata: ["source": "\(name)"]
            )
        }
    }

    func note(_ hop: ScoredHop, time: Range<Date>, driftPPM: Double, of source: Int) {
        enter(.listening, source, at: time.lowerBound)
        tracks[source].condition.levelDBFS = hop.levelDBFS
        tracks[source].condition.gate = hop.gate
        tracks[source].condition.scores = hop.scores
        tracks[source].condition.lastHop = time.upperBound
        tracks[source].condition.driftPPM = driftPPM
        cover(source, hop.gate == .open ? .listening : .gated, time: time)
        if let block = tracks[source].scores?.append(hop, endingAt: time.upperBound) {
            backlog.append(.scores(block))
        }
        publish(hop, at: time.upperBound, of: source)
    }

    func begin(_ event: DetectedEvent, start: Date, of source: Int) {
        tracks[source].condition.events += 1
        tracks[source].events[event.number] = OpenEvent(event: event, start: start)
        backlog.append(
            .begin(
                source: source,
                number: event.number,
                NewEvent(
                    sourceID: tracks[source].sourceID,
                    classID: registered.classIDs[event.classIndex],
                    start: start,
                    peakScore: event.peakScore,
                    meanScore: event.meanScore,
                    levelDBFS: event.levelDBFS
                )
            )
        )
    }

    func finish(_ event: DetectedEvent, end: Date, of source: Int) {
        tracks[source].events[event.number]?.event = event
        tracks[source].events[event.number]?.end = end
        backlog.append(
            .finish(
                source: source,
                number: event.number,
                EventEnding(
                    end: end,
                    peakScore: event.peakScore,
                    meanScore: event.meanScore,
                    levelDBFS: event.levelDBFS
                )
            )
        )
    }

    func cover(
        _ source: Int,
        _ state: CoverageState,
        time: Range<Date>,
        lostSamples: Int64 = 0,
        reason: String? = nil
    ) {
        let spans = tracks[source].coverage.note(
            state,
            from: time.lowerBound,
            to: time.upperBound,
            lostSamples: lostSamples,
            reason: reason
        )
        if !spans.isEmpty { backlog.append(.coverage(spans)) }
    }

    func enter(_ state: SourceCondition.State, _ source: Int, at date: Date) {
        let before = tracks[source].condition.state
        guard before != state else { return }
        tell(state, after: before, of: source)
        tracks[source].condition.state = state
        tracks[source].condition.since = date
        if state != .listening {
            tracks[source].condition.levelDBFS = nil
            tracks[source].condition.soundLevel = nil
            tracks[source].condition.scores = []
            tracks[source].condition.gate = .closed
        }
    }

    private func tell(
        _ state: SourceCondition.State,
        after before: SourceCondition.State,
        of source: Int
    ) {
        let condition = tracks[source].condition
        switch (before, state) {
        case (_, .absent(let reason)):
            log.warning(
                "Not listening. \(reason) It is looked for until it is there.",
                metadata: ["source": "\(condition.name)"]
            )
        case (.absent, .listening) where condition.format != nil:
            log.notice(
                "Listening to \(condition.device) again.",
                metadata: ["source": "\(condition.name)"]
            )
        default:
            break
        }
    }

    func flush(_ source: Int) {
        let spans = tracks[source].coverage.flush()
        if !spans.isEmpty { backlog.append(.coverage(spans)) }
        if let block = tracks[source].scores?.flush() { backlog.append(.scores(block)) }
    }

    /// Writes what waits, shows what is written, and says so when writing begins or ceases to fail.
    func write() {
        for written in backlog.write(to: store) {
            switch written {
            case .began(let source, let number, let id):
                tracks[source].events[number]?.id = id
                guard let open = tracks[source].events[number] else { continue }
                feed.publish(.event(message(id, open, end: nil, of: source)))
            case .finished(let source, let number, let id):
                guard let open = tracks[source].events.removeValue(forKey: number) else {
                    continue
                }
                feed.publish(.event(message(id, open, end: open.end, of: source)))
            }
        }
        guard backlog.fault != reportedFault else { return }
        if let fault = backlog.fault {
            log.error("\(fault) Events wait in memory until it can be written.")
        } else {
            log.notice("The event history can be written again.")
        }
        reportedFault = backlog.fault
    }

    /// What listeners are told of an event.
    func message(_ id: Int64, _ open: OpenEvent, end: Date?, of source: Int) -> EventMessage {
        let soundClass = model.about.eventClasses[open.event.classIndex]
        return EventMessage(
            id: id,
            source: tracks[source].condition.name,
            className: soundClass.name,
            label: soundClass.label,
            start: open.start,
            end: end,
            peakScore: Double(open.event.peakScore),
            meanScore: Double(open.event.meanScore),
            levelDBFS: open.event.levelDBFS.isFinite ? Double(open.event.levelDBFS) : nil,
            model: model.name
        )
    }

    private func publish(_ hop: ScoredHop, at date: Date, of source: Int) {
        guard feed.followerCount > 0 else { return }
        let name = tracks[source].condition.name
        feed.publish(
            .level(
                LevelMessage(
                    source: name,
                    time: date,
                    levelDBFS: hop.levelDBFS.isFinite ? Double(hop.levelDBFS) : nil,
                    soundLevel: tracks[source].condition
                        .soundLevelMessage(withLastMinute: false),
                    isGateOpen: hop.gate == .open
                )
            )
        )
        guard !hop.scores.isEmpty else { return }
        let scores = zip(model.classes, hop.scores).map { soundClass, score in
            ScoreMessage(className: soundClass.name, score: Double(score))
        }
        feed.publish(.scores(ScoresMessage(source: name, time: date, scores: scores)))
    }
}
