package import AudioFiles
package import EventStore
package import Foundation
package import Logging
import Platform
package import Settings
import Synchronization

/// Writes clips to the disk and removes them again when they have to go.
///
/// It works on a queue of its own. The analysis threads only put clips into its inbox, and the
/// recorder only the numbers of events, so that a slow disk holds up neither. A clip that the disk
/// does not take is discarded and counted; the event stays.
package actor ClipKeeper {
    /// What other threads hand over to the keeper.
    private struct Inbox {
        var waiting = WaitingClips()
        var settings: ClipSettings
        /// Whether clips that are there already are to be removed, because none are to be stored.
        var removesAll: Bool
        var hasNewSettings = true
    }

    private let executor = SerialQueueExecutor(label: "earwitness.clips")
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    private let log: Logger
    private let clock: @Sendable () -> Date
    private var stock: ClipStock
    private var isTidy = false
    private var lastReconciled: Date?
    private var reconcileSeconds = 0.0
    private var lastAged: Date?

    private let inbox: Mutex<Inbox>
    private let wakeUps: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation

    private static let secondsBetweenReconciliations = 60.0
    private static let secondsBetweenAgings = 3_600.0

    /// Prepares to store clips; nothing is touched before ``work()``.
    ///
    /// - Parameters:
    ///   - folder: Where the clips are.
    ///   - store: The history.
    ///   - sourceNames: The names of the sources, in the order of the configuration.
    ///   - settings: Which clips are stored, and for how long.
    ///   - removesAll: Whether clips that are there already go if `settings` store none.
    ///   - feed: Receives clip messages.
    ///   - log: The service's log.
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
        self.log = log
        self.clock = clock
        stock = ClipStock(
            folder: folder,
            ledger: ClipLedger(store: store, feed: feed),
            store: store,
            sourceNames: sourceNames,
            log: log
        )
        inbox = Mutex(Inbox(settings: settings, removesAll: removesAll))
        (wakeUps, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: - From other threads

    /// Takes over a clip, to be written when its event has a number.
    nonisolated func receive(_ cut: ClipCut) {
        inbox.withLock { inbox in
            guard inbox.settings.keep != .none else { return }
            inbox.waiting.append(cut)
        }
        wakeUp.yield()
    }

    /// Takes over the number that an event has in the history.
    nonisolated func identify(_ key: EventKey, as id: Int64) {
        inbox.withLock { inbox in
            guard inbox.settings.keep != .none else { return }
            inbox.waiting.identify(key, as: id)
        }
        wakeUp.yield()
    }

    /// Puts other settings in force: clips that may not be stored any more are forgotten before this
    /// returns, and soon removed from the disk.
    package nonisolated func apply(_ settings: ClipSettings, removesAll: Bool) {
        inbox.withLock { inbox in
            inbox.settings = settings
            inbox.removesAll = removesAll
            inbox.hasNewSettings = true
            if settings.keep == .none { inbox.waiting.removeAll() }
        }
        wakeUp.yield()
    }

    /// Ends ``work()`` when everything that can be written is.
    package nonisolated func finish() {
        wakeUp.finish()
    }

    // MARK: - Work

    /// Tidies the folder and then writes clips until it is finished.
    package func work() async {
        tidyOnce()
        for await _ in wakeUps {
            writeWaiting()
        }
        tidyOnce()
        writeWaiting()
        let left = inbox.withLock { $0.waiting.count }
        guard left > 0 else { return }
        log.warning("Discarded \(left) clip(s) of events that could not be stored.")
    }

    /// Runs the periodic chores; call it every few seconds.
    ///
    /// - Parameter isStoreFull: Whether the history can't be written for lack of space.
    package func tend(isStoreFull: Bool) {
        let now = clock()
        tidyOnce()
        writeWaiting()
        stock.retryLedger()
        if isStoreFull { stock.makeRoomForHistory() }
        let wait = max(Self.secondsBetweenReconciliations, 100 * reconcileSeconds)
        guard isTidy else { return }
        if lastReconciled.map({ now.timeIntervalSince($0) >= wait }) ?? true {
            reconcile()
            stock.makeRoom(for: 0, settings)
        }
        if lastAged.map({ now.timeIntervalSince($0) >= Self.secondsBetweenAgings }) ?? true {
            lastAged = now
            stock.removeExpired(settings, now: now)
        }
    }

    /// Removes the clips of events that are no longer in the history.
    package func removeClips(at paths: [String]) {
        stock.removeClips(at: paths)
        if !paths.isEmpty { reconcile() }
    }

    /// How the clips are.
    package var present: ClipCondition {
        var present = stock.condition
        inbox.withLock { inbox in
            present.keep = inbox.settings.keep
            present.maxByteCount = inbox.settings.maxSizeBytes
            present.waiting = inbox.waiting.count
            present.dropped += Int64(inbox.waiting.droppedCount)
        }
        return present
    }

    /// The settings in force.
    private var settings: ClipSettings { inbox.withLock { $0.settings } }

    /// Tidies the folder before anything else is done with it, as soon as the history can be read.
    private func tidyOnce() {
        if !isTidy { isTidy = stock.tidy() && reconcile() }
    }

    private func writeWaiting() {
        applyNewSettings()
        guard isTidy else { return }
        while let next = inbox.withLock({ $0.waiting.removeNext() }) {
            stock.write(next.cut, ofEvent: next.id, settings)
            applyNewSettings()
        }
        let dropped = inbox.withLock { $0.waiting.removeDroppedIDs() }
        if !dropped.isEmpty { stock.clear(dropped, because: .dropped) }
    }

    private func applyNewSettings() {
        let changed = inbox.withLock { inbox in
            defer { inbox.hasNewSettings = false }
            return inbox.hasNewSettings ? (inbox.settings, inbox.removesAll) : nil
        }
        guard let (settings, removesAll) = changed else { return }
        if settings.keep == .none {
            stock.clearFault()
            if removesAll {
                stock.removeEverything()
                reconcile()
            }
        }
        guard isTidy else { return }
        stock.removeExpired(settings, now: clock())
        stock.makeRoom(for: 0, settings)
    }

    /// Compares the history with the disk and marks deleted clips.
    ///
    /// - Returns: Whether the history could be read.
    @discardableResult
    private func reconcile() -> Bool {
        let began = ContinuousClock.now
        defer { reconcileSeconds = (ContinuousClock.now - began) / .seconds(1) }
        guard stock.reconcile() else { return false }
        lastReconciled = clock()
        return true
    }
}
