package import Messages

/// Which sounds are heard now: a pure value, driven by events that begin and end.
package struct SoundStates: Sendable, Equatable {
    /// A class that a source may hear.
    package struct Sound: Hashable, Sendable {
        package var source: String
        package var className: String

        /// Names the sound.
        package init(source: String, className: String) {
            self.source = source
            self.className = className
        }
    }

    /// The numbers of the events that go on, by sound: two models may hear the same one.
    private var ongoing: [Sound: Set<Int64>] = [:]

    /// Begins with silence.
    package init() {}

    /// Whether a sound is heard now.
    package func isHeard(_ sound: Sound) -> Bool { ongoing[sound] != nil }

    /// Takes in that an event began or is over.
    ///
    /// - Returns: The sound whose state it is.
    @discardableResult
    package mutating func update(with event: EventMessage) -> Sound {
        let sound = Sound(source: event.source, className: event.className)
        if event.end == nil {
            ongoing[sound, default: []].insert(event.id)
        } else if ongoing[sound]?.remove(event.id) != nil, ongoing[sound]?.isEmpty == true {
            ongoing[sound] = nil
        }
        return sound
    }

    /// Begins anew with the events that go on now.
    package mutating func replace(with events: [EventMessage]) {
        ongoing = [:]
        for event in events where event.end == nil { update(with: event) }
    }
}
