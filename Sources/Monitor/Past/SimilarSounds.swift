package import Detection
package import EventStore
package import Foundation
package import Messages
package import ModelLibrary
import Platform

/// A question to the past: what sounded like an event or a recording.
package struct SimilarSounds: Sendable {
    /// What is looked for.
    package enum Sample: Sendable {
        /// An event, by its number.
        case event(Int64)
        /// A recording, by the print of some windows of it.
        case recording(path: String, print: SoundPrint, windows: Int, model: SoundModel)
    }

    /// What is looked for.
    package var sample: Sample
    /// The beginning of the time that is searched.
    package var from: Date
    /// Its end.
    package var to: Date
    /// Only sounds of this source; nil: of all.
    package var source: String?
    /// At most so many sounds are given.
    package var limit: Int

    /// The most sounds that may be asked for.
    package static let greatestLimit = 1_000
    /// How many are given unless another number is asked for.
    package static let defaultLimit = 20
    /// How far back the search goes unless another time is asked for, in seconds.
    package static let defaultSeconds: TimeInterval = 30 * 86_400
    /// What is so close to the event itself is not told apart from it, in seconds.
    private static let ownMarginSeconds: TimeInterval = 2
    /// Until then prints may be yet to be written, in seconds.
    private static let writingSeconds: TimeInterval = 90

    /// Asks.
    ///
    /// - Parameters:
    ///   - sample: What is looked for.
    ///   - from: The beginning of the time.
    ///   - to: Its end.
    ///   - source: Only sounds of this source; nil: of all.
    ///   - limit: At most so many sounds.
    package init(
        _ sample: Sample,
        from: Date,
        to: Date,
        source: String? = nil,
        limit: Int = Self.defaultLimit
    ) {
        self.sample = sample
        self.from = from
        self.to = to
        self.source = source
        self.limit = limit
    }

    /// Asks the history.
    ///
    /// - Parameters:
    ///   - store: The history.
    ///   - now: The present.
    /// - Returns: The sounds that are most like it.
    /// - Throws: ``StoreError/noSuchEvent(id:)`` and any other of reading;
    ///   ``ControlError/noPrints(_:)`` if there is nothing to compare by.
    package func answer(from store: EventStore, now: Date = Date()) throws -> SimilarMessage {
        switch sample {
        case .event(let id):
            guard let event = try store.event(id) else { throw StoreError.noSuchEvent(id: id) }
            return try answer(about: event, from: store, now: now)
        case .recording(let path, let print, let windows, let model):
            var message = SimilarMessage(
                event: nil,
                recording: path,
                modelName: model.name,
                from: from,
                to: to,
                eventPrints: windows
            )
            let network = model.digest.description
            try search(print, network: network, in: store, for: &message) { _, _ in false }
            if message.comparedPrints == 0 {
                message.remarks.append(
                    "There are no prints by '\(model.name)' of this time to compare with. They are "
                        + "kept while it listens, for storage.print_days."
                )
            }
            return message
        }
    }

    private func answer(
        about event: StoredEvent,
        from store: EventStore,
        now: Date
    ) throws -> SimilarMessage {
        let own = try EventPrints(of: event, in: store, now: now)
        guard let print = own.print, let origin = own.origin else {
            throw ControlError.noPrints(try reason(for: event, in: store, now: now))
        }
        let end = event.end ?? now
        let itself = (event.start - Self.ownMarginSeconds)..<(end + Self.ownMarginSeconds)
        var message = SimilarMessage(
            event: event.id,
            modelName: origin.model,
            from: from,
            to: to,
            eventPrints: own.count
        )
        try search(print, network: origin.network, in: store, for: &message) { source, start in
            source == event.source && itself.contains(start)
        }
        message.remarks = try remarks(on: message, event, in: store)
        return message
    }

    /// Looks for a print among those of a network, except what is the sample itself.
    private func search(
        _ print: SoundPrint,
        network: String,
        in store: EventStore,
        for message: inout SimilarMessage,
        except isItself: (_ source: String, _ start: Date) -> Bool
    ) throws {
        var search = PrintSearch(print, keeping: limit)
        var windowSeconds = 0.0
        try store.forEachPrintBlock(from: from, to: to, source: source, network: network) {
            block,
            origin in
            windowSeconds = block.windowSeconds
            search.compare(block, of: origin.source, within: from..<max(from, to)) { start in
                isItself(origin.source, start)
            }
        }
        message.comparedPrints = search.comparedCount
        message.found = try search.sounds().prefix(limit).map { sound in
            let covering = try store.event(
                covering: sound.at..<(sound.at + windowSeconds),
                ofSource: sound.source
            )
            var sound = sound
            sound.event = covering.map {
                SimilarEventMessage(id: $0.id, className: $0.className, label: $0.label)
            }
            return sound
        }
    }

    private func remarks(
        on message: SimilarMessage,
        _ event: StoredEvent,
        in store: EventStore
    ) throws -> [String] {
        var remarks: [String] = []
        if message.modelName != event.model {
            remarks.append(
                "The model '\(event.model)' gives no prints; compared by those of "
                    + "'\(message.modelName)'."
            )
        }
        if message.comparedPrints == 0 {
            remarks.append("There are no other prints of this time to compare with.")
        } else if let oldest = try store.oldestPrint(source: source ?? event.source), oldest > from
        {
            remarks.append(
                "Prints of '\(source ?? event.source)' are kept since \(Self.text(oldest))."
            )
        }
        return remarks
    }

    /// Why there is no print of an event, and what to do.
    private func reason(
        for event: StoredEvent,
        in store: EventStore,
        now: Date
    ) throws -> String {
        let begin = "There is no print of event \(event.id)"
        if event.isPrivate {
            return
                "\(begin): its class '\(event.className)' is private, and none are kept of those."
        }
        guard let oldest = try store.oldestPrint(source: event.source) else {
            return "\(begin): none are kept of '\(event.source)'. Set storage.print_days above 0, "
                + "and choose a model with an embedding; 'earwitness models inspect' shows it."
        }
        if (event.end ?? now) < oldest {
            return "\(begin): it was on \(Self.text(event.start)), and prints of '\(event.source)' "
                + "are kept since \(Self.text(oldest)) (storage.print_days)."
        }
        if (event.end ?? now) > now - Self.writingSeconds {
            return "\(begin) yet: they are written some seconds after the sound. Try again soon."
        }
        return "\(begin): a private class was heard at the time, or the models of "
            + "'\(event.source)' had no embedding. Choose another event of its kind."
    }

    private static func text(_ date: Date) -> String { UTCTimestamp.text(date) }
}

/// The prints of an event, as one.
private struct EventPrints {
    /// What its prints have in common; nil if there are none.
    var print: SoundPrint?
    /// Where they come from.
    var origin: PrintOrigin?
    /// How many there are.
    var count = 0

    /// Reads the prints whose window holds at least half of the event, or is held by it to half; the
    /// one that holds most of it where none does.
    ///
    /// Those of the model that named the event come first, but another model's will do.
    init(of event: StoredEvent, in store: EventStore, now: Date) throws {
        let end = event.end ?? now
        var found: [PrintOrigin: [(print: SoundPrint, share: Double)]] = [:]
        try store.forEachPrintBlock(from: event.start - 60, to: end, source: event.source) {
            block,
            origin in
            for index in 0..<block.count {
                let start = block.start(of: index)
                let common =
                    min(end, start + block.windowSeconds).timeIntervalSince(max(event.start, start))
                guard common > 0 else { continue }
                let whole = min(block.windowSeconds, end.timeIntervalSince(event.start))
                found[origin, default: []].append((block[index], common / max(whole, 1e-3)))
            }
        }
        let own = found.keys.sorted { ($0.model, $0.network) < ($1.model, $1.network) }
        guard let chosen = own.first(where: { $0.model == event.model }) ?? own.first,
            let prints = found[chosen], let most = prints.map(\.share).max()
        else { return }
        let used = prints.filter { $0.share >= min(0.5, most) }
        print = SoundPrint(mean: used.map(\.print))
        origin = chosen
        count = used.count
    }
}
