import Detection
import EventStore
import Foundation
import Messages
import ModelLibrary

extension EventMessage {
    /// An event as listeners get it.
    ///
    /// - Parameters:
    ///   - event: The event as the history has it.
    ///   - model: The model that found it; nil if it is not in use.
    init(_ event: EventRecord, model: SoundModel?) {
        let soundClass = model?.about.eventClasses.first { $0.name == event.className }
        self.init(
            id: event.id,
            source: event.source,
            className: event.className,
            label: soundClass?.label ?? event.className,
            start: event.start,
            end: event.end,
            peakScore: Double(event.peakScore),
            meanScore: Double(event.meanScore),
            levelDBFS: event.levelDBFS.map { Double($0) },
            secondScore: event.secondScore.map { Double($0) },
            model: model?.name ?? event.model
        )
    }
}

extension LiveFeed {
    /// What is less is not worth a message.
    private static var leastScore: Float { 0.0005 }

    /// Publishes the scores and the level at the end of a hop.
    ///
    /// - Parameters:
    ///   - hop: The hop.
    ///   - model: Whose hop it is.
    ///   - isLeading: Whether it is the source's first model, with which the level is published.
    ///   - date: The end of the hop.
    ///   - source: What is known of the source.
    func publish(
        _ hop: ScoredHop,
        of model: SoundModel,
        isLeading: Bool,
        at date: Date,
        source: SourceCondition
    ) {
        // Smoothed scores fade out for some windows after the gate has closed.
        if !hop.scores.isEmpty || hop.smoothedScores.contains(where: { $0 >= Self.leastScore }) {
            let scores = zip(model.classes, hop.scores).map {
                ScoreMessage(className: $0.name, score: Double($1))
            }
            let smoothed = zip(model.classes, hop.smoothedScores).map { ($0.name, Double($1)) }
            publish(
                .scores(
                    ScoresMessage(
                        source: source.name,
                        model: model.name,
                        time: date,
                        scores: scores,
                        smoothed: smoothed.isEmpty
                            ? nil : Dictionary(smoothed) { first, _ in first }
                    )
                )
            )
        }
        guard isLeading else { return }
        publish(
            .level(
                LevelMessage(
                    source: source.name,
                    time: date,
                    levelDBFS: hop.levelDBFS.levelOrNil,
                    soundLevel: source.soundLevelMessage(withLastMinute: false),
                    isGateOpen: hop.gate == .open
                )
            )
        )
    }
}
