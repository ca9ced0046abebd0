package import AudioFiles
package import EventStore
package import Foundation
package import Logging
import Messages
package import Settings
import Synchronization

/// Writes clips to the disk and removes them again when they have to go.
///
/// It works on a queue of its own. The analysis threads only lay clips down in memory, and the
/// recorder only the numbers of events, so that a slow disk holds up neither. A clip that the disk
/// does not take is given up and counted; the event stays.
package actor ClipKeeper {
    /// What other threads lay down for the keeper.
    private struct Inbox {
        var waiting = WaitingClips()
        var settings: ClipSettings
        /// Whether clips that are there already are to be removed, because none are to be kept.
        var removesAll: Bool
        var hasNewSettings = true
    }

    /// What the clips on the disk take.
    struct Totals {
        var count = 0
        var bytes: Int64 = 0
        var bytesByClass: [String: Int64] = [:]
    }

    private let executor = SerialQueueExecutor(label: "earwitness.clips")
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    let folder: ClipFolder
    let store: EventStore
    let feed: LiveFeed
    let log: Logger
    let sourceNames: [String]
    let clock: @Sendable () -> Date

    var totals = Totals()
    var condition = ClipCondition()
    /// Clips on the disk that the history does not know of yet.
    var unrecorded: [(id: Int64, clip: NewClip, className: String)] = []
    /// Clips that are gone, which the history does not know yet.
    var uncleared: [(ids: [Int64], absence: ClipAbsence)] = []
    private var isTidy = false
    private var lastReconciled: Date?
    private var reconcileSeconds = 0.0
    private var lastAged: Date?

    private let inbox: Mutex<Inbox>
    private let pokes: AsyncStream<Void>
    private let poke: AsyncStream<Void>.Continuation

    private static let secondsBetweenReconciliations = 60.0
    private static let secondsBetweenAgings = 3_600.0

    /// Prepares to keep clips; nothing is touched before ``work()``.
    ///
    /// - Parameters:
    ///   - folder: Where the clips are.
    ///   - store: The history.
    ///   - sourceNames: The names of the sources, in the order of their keys.
    ///   - settings: What is kept.
    ///   - removesAll: Whether clips that are there already go if `settings` keep none.
    ///   - feed: Who is told of clips.
    ///   - log: What the person in charge should know.
    ///   - clock: The present.
    package init(
        folder: ClipFolder,
        store: EventStore,
        sourceNames: [String],
        settings: ClipSettings,
        removesAll: Bool,
        feed: LiveFeed,
        log: Logger,
        clock: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.folder = folder
        self.store = store
        self.sourceNames = sourceNames
        self.feed = feed
        self.log = log
        self.clock = clock
        inbox = Mutex(Inbox(settings: settings, removesAll: removesAll))
        (pokes, poke) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: - From other threads

    /// Takes a clip in, to be written when its event has a number.
    nonisolated func offer(_ cut: ClipCut) {
        inbox.withLock { inbox in
            guard inbox.settings.keep != .none else { return }
            inbox.waiting.offer(cut)
        }
        poke.yield()
    }

    /// Takes note of the number that an event has in the history.
    nonisolated func identify(_ key: EventPlace, as id: Int64) {
        inbox.withLock { inbox in
            guard inbox.settings.keep != .none else { return }
            inbox.waiting.identify(key, as: id)
        }
        poke.yield()
    }

    /// Obeys other settings: what may not be kept any more is forgotten before this returns, and
    /// soon removed from the disk.
    package nonisolated func apply(_ settings: ClipSettings, removesAll: Bool) {
        inbox.withLock { inbox in
            inbox.settings = settings
            inbox.removesAll = removesAll
            inbox.hasNewSettings = true
            if settings.keep == .none { inbox.waiting.removeAll() }
        }
        poke.yield()
    }

    /// Ends ``work()`` when everything that can be written is.
    package nonisolated func finish() {
        poke.finish()
    }

    // MARK: - Work

    /// Puts the folder in order and then writes clips until it is finished.
    package func work() async {
        tidyOnce()
        for await _ in pokes {
            workOff()
        }
        tidyOnce()
        workOff()
        let left = inbox.withLock { $0.waiting.count }
        guard left > 0 else { return }
        log.warning("\(left) clip(s) of events that could not be recorded were given up.")
    }

    /// Does what is due from time to time; to be called every second.
    ///
    /// - Parameter isStoreFull: Whether the history can't be written for want of space.
    package func tend(isStoreFull: Bool) {
        let now = clock()
        tidyOnce()
        workOff()
        retryNotes()
        if isStoreFull { giveWayToHistory() }
        let wait = max(Self.secondsBetweenReconciliations, 100 * reconcileSeconds)
        guard isTidy else { return }
        if lastReconciled.map({ now.timeIntervalSince($0) >= wait }) ?? true {
            reconcile()
            makeRoom(for: 0)
        }
        if lastAged.map({ now.timeIntervalSince($0) >= Self.secondsBetweenAgings }) ?? true {
            lastAged = now
            removeExpired()
        }
    }

    /// How the clips are.
    package var present: ClipCondition {
        var present = condition
        inbox.withLock { inbox in
            present.keep = inbox.settings.keep
            present.maxByteCount = inbox.settings.maxSizeBytes
            present.waiting = inbox.waiting.count
            present.dropped += Int64(inbox.waiting.droppedCount)
        }
        present.count = totals.count
        present.byteCount = totals.bytes
        return present
    }

    /// The settings in force.
    var settings: ClipSettings { inbox.withLock { $0.settings } }

    /// Puts the folder in order before anything else is done with it, as soon as the history can
    /// be read.
    private func tidyOnce() {
        if !isTidy { isTidy = tidy() }
    }

    private func workOff() {
        obeyNewSettings()
        guard isTidy else { return }
        while let next = inbox.withLock({ $0.waiting.takeNext() }) {
            keep(next.cut, ofEvent: next.id)
            obeyNewSettings()
        }
        let givenUp = inbox.withLock { $0.waiting.takeGivenUp() }
        if !givenUp.isEmpty { clear(givenUp, because: .dropped) }
    }

    private func obeyNewSettings() {
        let changed = inbox.withLock { inbox in
            defer { inbox.hasNewSettings = false }
            return inbox.hasNewSettings ? (inbox.settings, inbox.removesAll) : nil
        }
        guard let (settings, removesAll) = changed else { return }
        if settings.keep == .none {
            condition.fault = nil
            if removesAll { removeEverything() }
        }
        guard isTidy else { return }
        removeExpired()
        makeRoom(for: 0)
    }

    /// Holds the history against the disk: clips that somebody deleted are gone there too.
    ///
    /// - Returns: Whether the history could be read.
    @discardableResult
    func reconcile() -> Bool {
        let began = ContinuousClock.now
        defer { reconcileSeconds = (ContinuousClock.now - began) / .seconds(1) }
        do throws(StoreError) {
            var found = Totals()
            var missing: [Int64] = []
            let known = pendingRemovals
            for clip in try store.clips() where !known.contains(clip.eventID) {
                guard let name = ClipName(clip.path), folder.contains(name) else {
                    missing.append(clip.eventID)
                    continue
                }
                found.add(clip.byteCount, of: clip.className)
            }
            for waiting in unrecorded {
                found.add(waiting.clip.byteCount, of: waiting.className)
            }
            totals = found
            lastReconciled = clock()
            if !missing.isEmpty {
                clear(missing, because: .deleted)
                log.notice("\(missing.count) clip(s) are not in \(folder.path) any more.")
            }
            return true
        } catch {
            log.debug("The clips were not compared with the history. \(error)")
            return false
        }
    }
}

extension ClipKeeper.Totals {
    mutating func add(_ bytes: Int64, of className: String) {
        count += 1
        self.bytes += bytes
        bytesByClass[className, default: 0] += bytes
    }

    mutating func remove(_ bytes: Int64, of className: String) {
        count -= 1
        self.bytes -= bytes
        bytesByClass[className, default: 0] -= bytes
    }
}
