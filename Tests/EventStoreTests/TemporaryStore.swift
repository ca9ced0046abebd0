import EventStore
import Foundation

/// A store in a folder of its own that goes when the value goes.
final class TemporaryStore {
    let folder: URL
    let path: String
    static let model = ModelIdentity(
        name: "test",
        version: "1",
        digest: String(repeating: "a", count: 64),
        classes: [
            ClassIdentity(name: "dog_bark", label: "Dog bark"),
            ClassIdentity(name: "speech", label: "Speech", isPrivate: true),
            ClassIdentity(name: "rain", label: "Rain"),
        ]
    )

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("earwitness-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent("events.sqlite").path
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func open(
        now: Date = noon,
        options: StoreOptions = StoreOptions()
    ) throws -> EventStore {
        let store = EventStore(unopenedAt: path, options: options)
        _ = try store.open(now: now)
        return store
    }
}

extension EventStore {
    /// Writes entries and measurements as the service does.
    @discardableResult
    func write(
        entries: [HistoryEntry] = [],
        measurements: [SoundMeasurement] = [],
        models: [ModelIdentity] = [TemporaryStore.model]
    ) throws -> AppliedEntries {
        let keys = try keys(for: models, now: noon)
        return try apply(entries, measurements: measurements, keys: keys)
    }

    /// Names sources that were first seen at noon.
    func name(sources: String...) throws {
        _ = try keys(for: [], sources: sources.map { ($0, nil) }, now: noon)
    }

    /// Writes an event, by default a whole one, and returns its number.
    func addEvent(
        _ className: String = "dog_bark",
        at seconds: Double = 0,
        lasting duration: Double? = 1,
        peak: Float = 0.9,
        mean: Float? = nil,
        level: Float = -20,
        source: String = "porch",
        model: ModelIdentity = TemporaryStore.model
    ) throws -> Int64 {
        let event = EventRecord(
            id: try lastEventID() + 1,
            source: source,
            model: model.key,
            className: className,
            start: noon(plus: seconds),
            end: duration.map { noon(plus: seconds + $0) },
            peakScore: peak,
            meanScore: mean ?? peak / 2,
            levelDBFS: level
        )
        try write(entries: [duration == nil ? .began(event) : .ended(event)], models: [model])
        return event.id
    }
}

/// 2026-11-20T12:00:00Z.
let noon = Date(timeIntervalSince1970: 1_795_176_000)

/// A moment so many seconds after noon, in whole milliseconds as the store keeps it.
func noon(plus seconds: Double) -> Date {
    Date(timeIntervalSince1970: (1_795_176_000_000 + (seconds * 1000).rounded()) / 1000)
}
