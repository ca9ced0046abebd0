import Detection
import EventStore
import Foundation
import Logging
import Messages
import ModelLibrary
import Realtime

extension EventRecorder {
    /// Tells those who listen of an event that is durable now.
    func show(_ event: EventRecord) {
        var message = message(event)
        if event.end != nil {
            // The clip of a long event is there before the event is over.
            message.clip = try? store.event(event.id)?.clipPath
        }
        for source in tracks.indices {
            for (place, ongoing) in tracks[source].events where ongoing.record.id == event.id {
                guard event.end == nil else {
                    tracks[source].events[place] = nil
                    continue
                }
                unidentified.append((place, event.id))
                tracks[source].events[place]?.isDurable = true
                tellLatency(of: ongoing)
            }
        }
        feed.publish(.event(message))
    }

    /// Says how long the way from the device into the database took.
    private func tellLatency(of event: OngoingEvent) {
        guard backlog.fault == nil, backlog.spooledEntries == 0 else { return }
        let now = Double(MonotonicClock.bootNow()) * 1e-9
        let delays = [event.arrival.firstWindowEnd, event.arrival.decidingWindowEnd].map {
            String(format: "%.4f", now - $0)
        }
        log.debug(
            "Event \(event.record.id) is in the database \(delays[0]) s after the end of its first window was at the device, \(delays[1]) s after that of the window that decided.",
            metadata: ["source": "\(event.record.source)"]
        )
    }

    /// What listeners are told of an event.
    func message(_ event: EventRecord) -> EventMessage {
        let model = modelsByKey[event.model]
        let soundClass = model?.about.eventClasses.first { $0.name == event.className }
        return EventMessage(
            id: event.id,
            source: event.source,
            className: event.className,
            label: soundClass?.label ?? event.className,
            start: event.start,
            end: event.end,
            peakScore: Double(event.peakScore),
            meanScore: Double(event.meanScore),
            levelDBFS: event.levelDBFS.map { Double($0) },
            model: model?.name ?? event.model
        )
    }

    func publishLevel(of hop: ScoredHop, at date: Date, of source: Int) {
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

    func publishScores(of hop: ScoredHop, model: Int, at date: Date, of source: Int) {
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
