package import Messages

/// Faults and counters, as they are published at the topic `status`: a pure value.
package struct MQTTStatus: Sendable, Equatable {
    /// What the service is doing.
    package var status: StatusMessage
    /// The number of events that ended since the service started.
    package var events: Int
    /// The number of events that wait for the broker.
    package var waiting: Int

    /// Creates the status from its parts.
    package init(status: StatusMessage, events: Int, waiting: Int) {
        self.status = status
        self.events = events
        self.waiting = waiting
    }

    /// What is wrong, one line each.
    package var faults: [String] {
        let deaf = status.sources.filter { $0.state == .absent || $0.state == .fault }.map {
            source in
            let reason = source.reason.map { ": \($0)" } ?? ""
            return "\(source.name) is not heard (\(source.state.rawValue))\(reason)"
        }
        return [status.database.fault, status.clips.fault].compactMap(\.self) + deaf
            + status.warnings
    }

    /// The message; it changes only when something has.
    package var json: JSONValue {
        let faults = faults
        func sum(_ counter: (SourceStatusMessage) -> Int64) -> JSONValue {
            .integer(status.sources.reduce(0) { $0 + counter($1) })
        }
        return .object([
            .init("version", .string(status.version)),
            .init("started", .moment(status.started)),
            .init("problem", .bool(!faults.isEmpty)),
            .init("faults", .array(faults.map { .string($0) })),
            .init("events", .integer(Int64(events))),
            .init("waiting", .integer(Int64(waiting))),
            .init("lost_samples", sum { $0.lostSamples }),
            .init("overruns", sum { $0.overruns }),
            .init("windows_left_out", sum { $0.windowsLeftOut }),
            .init("clipped_samples", sum { $0.clippedSamples }),
            .init(
                "sources",
                .array(
                    status.sources.map { source in
                        .object([
                            .init("name", .string(source.name)),
                            .init("state", .string(source.state.rawValue)),
                            .init("reason", .string(source.reason)),
                        ])
                    }
                )
            ),
        ])
    }
}

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
