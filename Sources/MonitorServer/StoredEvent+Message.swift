package import EventStore
package import Messages

extension StoredEvent {
    /// The event as the API gives it.
    package var message: EventMessage {
        EventMessage(
            id: id,
            source: source,
            className: className,
            label: label,
            start: start,
            end: end,
            peakScore: peakScore,
            meanScore: meanScore,
            levelDBFS: levelDBFS,
            model: model,
            clip: clipPath,
            userLabel: userLabel.map { label in
                LabelMessage(
                    className: label.className,
                    note: label.note,
                    labelledAt: label.labelledAt
                )
            }
        )
    }
}
