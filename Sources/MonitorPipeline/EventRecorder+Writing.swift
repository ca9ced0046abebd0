import Detection
import EventStore
import Foundation
import Logging
import ModelLibrary
import MonitorMessages

extension EventRecorder {
    func began(_ source: Int, format: FeedFormat, hopSeconds: [Double], at date: Date) {
        enter(.listening, source, at: date)
        tracks[source].condition.format = format
        tracks[source].condition.hopSeconds = hopSeconds
        tracks[source].scores = zip(tracks[source].models, hopSeconds).map { model, hopSeconds in
            ScoreBlockBuilder(
                sourceID: tracks[source].sourceID,
                modelID: registered[model].modelID,
                hopSeconds: hopSeconds,
                classCount: models[model].classes.count
            )
        }
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

    func note(
        _ hop: ScoredHop,
        model: Int,
        time: Range<Date>,
        driftPPM: Double,
        of source: Int
    ) {
        tracks[source].condition.scores[model] = hop.scores
        if let block = tracks[source].scores[model].append(hop, endingAt: time.upperBound) {
            backlog.append(.scores(block))
        }
        publishScores(of: hop, model: model, at: time.upperBound, of: source)
        // What the source was in this time is told once, by the first of its models.
        guard model == AnalysisWorker.leadingModel else { return }
        enter(.listening, source, at: time.lowerBound)
        tracks[source].condition.levelDBFS = hop.levelDBFS
        tracks[source].condition.gate = hop.gate
        tracks[source].condition.lastHop = time.upperBound
        tracks[source].condition.driftPPM = driftPPM
        cover(source, hop.gate == .open ? .listening : .gated, time: time)
        publishLevel(of: hop, at: time.upperBound, of: source)
    }

    func begin(_ event: DetectedEvent, start: Date, at place: EventPlace) {
        let source = place.source
        tracks[source].condition.events += 1
        tracks[source].events[place] = OpenEvent(event: event, start: start)
        let model = tracks[source].models[place.model]
        backlog.append(
            .begin(
                place,
                NewEvent(
                    sourceID: tracks[source].sourceID,
                    classID: registered[model].classIDs[event.classIndex],
                    start: start,
                    peakScore: event.peakScore,
                    meanScore: event.meanScore,
                    levelDBFS: event.levelDBFS
                )
            )
        )
    }

    func finish(_ event: DetectedEvent, end: Date, at place: EventPlace) {
        tracks[place.source].events[place]?.event = event
        tracks[place.source].events[place]?.end = end
        backlog.append(
            .finish(
                place,
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
            tracks[source].condition.scores = tracks[source].models.map { _ in [] }
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
        for model in tracks[source].scores.indices {
            if let block = tracks[source].scores[model].flush() { backlog.append(.scores(block)) }
        }
    }

    /// Writes what waits, shows what is written, and says so when writing begins or ceases to fail.
    func write() {
        for written in backlog.write(to: store) {
            switch written {
            case .began(let place, let id):
                identified(place, id)
                tracks[place.source].events[place]?.id = id
                guard let open = tracks[place.source].events[place] else { continue }
                feed.publish(.event(message(id, open, end: nil, at: place)))
            case .finished(let place, let id):
                guard let open = tracks[place.source].events.removeValue(forKey: place) else {
                    continue
                }
                var message = message(id, open, end: open.end, at: place)
                // The clip of a long event is there before the event is over.
                message.clip = try? store.event(id)?.clipPath
                feed.publish(.event(message))
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
    func message(_ id: Int64, _ open: OpenEvent, end: Date?, at place: EventPlace) -> EventMessage {
        let track = tracks[place.source]
        let model = models[track.models[place.model]]
        let soundClass = model.about.eventClasses[open.event.classIndex]
        return EventMessage(
            id: id,
            source: track.condition.name,
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

    private func publishLevel(of hop: ScoredHop, at date: Date, of source: Int) {
        guard feed.followerCount > 0 else { return }
        feed.publish(
            .level(
                LevelMessage(
                    source: tracks[source].condition.name,
                    time: date,
                    levelDBFS: hop.levelDBFS.isFinite ? Double(hop.levelDBFS) : nil,
                    soundLevel: tracks[source].condition
                        .soundLevelMessage(withLastMinute: false),
                    isGateOpen: hop.gate == .open
                )
            )
        )
    }

    private func publishScores(of hop: ScoredHop, model: Int, at date: Date, of source: Int) {
        guard feed.followerCount > 0, !hop.scores.isEmpty else { return }
        let model = models[tracks[source].models[model]]
        let scores = zip(model.classes, hop.scores).map { soundClass, score in
            ScoreMessage(className: soundClass.name, score: Double(score))
        }
        feed.publish(
            .scores(
                ScoresMessage(
                    source: tracks[source].condition.name,
                    model: model.name,
                    time: date,
                    scores: scores
                )
            )
        )
    }
}
