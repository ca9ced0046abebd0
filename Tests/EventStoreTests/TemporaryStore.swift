import EventStore
import Foundation

/// A store in a folder of its own that goes when the value goes.
final class TemporaryStore {
    let folder: URL
    let path: String
    let model = ModelIdentity(
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

    func open(now: Date = noon) throws -> EventStore {
        try EventStore(path: path, now: now)
    }
}

/// 2026-11-20T12:00:00Z.
let noon = Date(timeIntervalSince1970: 1_795_176_000)

/// A moment so many seconds after noon, in whole milliseconds as the store keeps it.
func noon(plus seconds: Double) -> Date {
    Date(timeIntervalSince1970: (1_795_176_000_000 + (seconds * 1000).rounded()) / 1000)
}
