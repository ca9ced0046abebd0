import AudioFiles
import Detection
import EventStore
import Foundation
import GRDB
import Logging
import Messages
import ModelLibrary
import Settings
import Synchronization
import TestSupport

@testable import Monitor

/// A history and a folder of clips of their own for one test.
final class ClipWorld {
    let store: EventStore
    let folder: ClipFolder
    let feed = LiveFeed()
    /// When the history's present begins, so that clips have known days.
    let now = Date(timeIntervalSince1970: 1_700_000_000)
    /// The present, as keepers are told.
    private let clock = SharedMoment(Date(timeIntervalSince1970: 1_700_000_000))

    private let home: TemporaryFolder
    private let keys: HistoryKeys
    private var nextEvent = 1_000

    static let classes = [
        SoundClass(name: "dog_bark", label: "Dog bark"),
        SoundClass(name: "rain", label: "Rain"),
        SoundClass(name: "speech", label: "Speech", isPrivate: true),
    ]

    private static let model = ModelIdentity(
        name: "m",
        version: "1",
        digest: "d",
        classes: classes.map {
            ClassIdentity(name: $0.name, label: $0.label, isPrivate: $0.isPrivate)
        }
    )

    init() throws {
        home = try TemporaryFolder()
        var options = StoreOptions()
        options.busyTimeoutSeconds = 0.05
        store = EventStore(
            unopenedAt: home.file("events.sqlite"),
            options: options
        )
        _ = try store.open()
        keys = try store.keys(for: [Self.model], sources: [("porch", nil)], now: Date())
        folder = ClipFolder(path: home.file("clips"))
    }

    /// Lets time go by.
    func wait(seconds: Double) {
        clock.moment.withLock { $0 += seconds }
    }

    func path(_ name: String) -> String { home.file(name) }

    func settings(keep: ClipSettings.Keep = .events) -> ClipSettings {
        var settings = ClipSettings()
        settings.keep = keep
        settings.maxDays = nil
        settings.minFreeBytes = 0
        return settings
    }

    func keeper(_ settings: ClipSettings? = nil, removesAll: Bool = false) -> ClipKeeper {
        var log = Logger(label: "test")
        log.logLevel = .critical
        return ClipKeeper(
            folder: folder,
            store: store,
            sourceNames: ["porch"],
            settings: settings ?? self.settings(),
            removesAll: removesAll,
            feed: feed,
            log: log,
            clock: { [clock] in clock.moment.withLock { $0 } }
        )
    }

    /// Lets a keeper do all that was laid down for it.
    func workToTheEnd(_ keeper: ClipKeeper) async {
        keeper.finish()
        await keeper.work()
    }

    func key(_ event: Int) -> EventKey { EventKey(source: 0, model: 0, number: event) }

    func addEvent(
        secondsAgo: Double = 0,
        score: Float = 0.9,
        className: String = "dog_bark"
    ) throws -> Int64 {
        let event = EventRecord(
            id: try store.lastEventID() + 1,
            source: "porch",
            model: Self.model.key,
            className: className,
            start: now - secondsAgo,
            end: now - secondsAgo + 0.5,
            peakScore: score,
            meanScore: score,
            levelDBFS: -20
        )
        _ = try store.apply([.ended(event)], keys: keys)
        return event.id
    }

    /// A second of noise, half of it before the event.
    func cut(_ event: Int, secondsAgo: Double = 0, className: String = "dog_bark") -> ClipCut {
        let samples = (0..<16_000).map { Float(($0 * 7_919) % 32_768) / 32_768 - 0.5 }
        return ClipCut(
            key: key(event),
            event: DetectedEvent(
                number: event,
                classIndex: 0,
                start: SampleTime(8_000),
                end: SampleTime(16_000),
                peakScore: 0.9,
                meanScore: 0.8,
                levelDBFS: -20
            ),
            soundClass: Self.classes.first { $0.name == className } ?? Self.classes[0],
            onset: now - secondsAgo,
            stretch: .zero..<SampleTime(16_000),
            sampleRateHz: 16_000,
            blocks: [SampleBlock(start: .zero, samples: samples)],
            privateStretches: [],
            isCutShort: false
        )
    }

    /// An event with a clip.
    func keepOne(
        secondsAgo: Double = 0,
        score: Float = 0.9,
        className: String = "dog_bark"
    ) async throws -> Int64 {
        let id = try addEvent(secondsAgo: secondsAgo, score: score, className: className)
        nextEvent += 1
        let keeper = keeper()
        keeper.receive(cut(nextEvent, secondsAgo: secondsAgo, className: className))
        keeper.identify(key(nextEvent), as: id)
        await workToTheEnd(keeper)
        return id
    }

    /// Holds the history so that nobody can write to it until this is closed.
    func lockedStore() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let queue = try DatabaseQueue(path: store.path, configuration: configuration)
        try queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
        return queue
    }
}

/// A moment that one test and its keepers share.
private final class SharedMoment: Sendable {
    let moment: Mutex<Date>

    init(_ moment: Date) {
        self.moment = Mutex(moment)
    }
}
