import AudioFiles
import EventStore
import Foundation
import Messages

/// Records clips in the history: at once, or as soon as it can be written.
struct ClipLedger {
    /// A clip that is on the disk.
    private struct Addition {
        let id: Int64
        let clip: NewClip
        let className: String
    }

    private let store: EventStore
    private let feed: LiveFeed
    /// Clips on the disk that the history does not have yet.
    private var additions: [Addition] = []
    /// Clips that are gone, which the history still has.
    private var removals: [(ids: [Int64], absence: ClipAbsence)] = []

    /// Begins with nothing to record.
    init(store: EventStore, feed: LiveFeed) {
        self.store = store
        self.feed = feed
    }

    /// The clips that the history does not have yet, with their classes.
    var unrecorded: [(clip: NewClip, className: String)] {
        additions.map { ($0.clip, $0.className) }
    }

    /// The events whose clips are gone although the history still has them.
    var pendingRemovals: Set<Int64> { Set(removals.flatMap(\.ids)) }

    /// Records a clip of an event.
    ///
    /// - Returns: False if there is no such event any more.
    mutating func record(_ clip: NewClip, ofEvent id: Int64, className: String) -> Bool {
        do throws(StoreError) {
            try store.setClip(ofEvent: id, to: clip)
            feed.publish(.clip(ClipMessage(eventID: id, clip: clip.path)))
        } catch .noSuchEvent {
            return false
        } catch {
            additions.append(Addition(id: id, clip: clip, className: className))
        }
        return true
    }

    /// Records that the clips of events are gone.
    mutating func clear(_ ids: [Int64], because absence: ClipAbsence) {
        do throws(StoreError) {
            try store.clearClips(ofEvents: ids, because: absence)
            for id in ids {
                feed.publish(.clip(ClipMessage(eventID: id, clip: nil)))
            }
        } catch {
            removals.append((ids, absence))
        }
    }

    /// Tries again to record what could not be recorded.
    ///
    /// - Returns: The clips whose events do not exist any more.
    mutating func retry() -> [(clip: NewClip, className: String)] {
        // What fails again comes back to the same lists.
        let (additions, removals) = (self.additions, self.removals)
        (self.additions, self.removals) = ([], [])
        var ownerless: [(NewClip, String)] = []
        for addition in additions
        where !record(addition.clip, ofEvent: addition.id, className: addition.className) {
            ownerless.append((addition.clip, addition.className))
        }
        for (ids, absence) in removals { clear(ids, because: absence) }
        return ownerless
    }

    /// Forgets the clips that the history does not have yet: they are removed.
    mutating func forgetUnrecorded() {
        additions = []
    }
}

/// What the clips on the disk take.
struct ClipTotals {
    var count = 0
    var bytes: Int64 = 0
    var bytesByClass: [String: Int64] = [:]

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

/// Clips on the disk that belong to no event of the history, as after a rescue or with a restored
/// database: retention removes them, and those that take space go before all others.
struct StrayClips {
    private let folder: ClipFolder
    /// The oldest first.
    private var clips: [FoundClip] = []

    /// What was removed.
    typealias Removal = (count: Int, byteCount: Int64)

    /// Begins with none.
    init(folder: ClipFolder) {
        self.folder = folder
    }

    /// How many there are.
    var count: Int { clips.count }

    /// What they take, in bytes.
    var byteCount: Int64 { clips.reduce(0) { $0 + $1.byteCount } }

    /// Looks for them.
    ///
    /// - Parameters:
    ///   - birth: When the history began; what is older belongs to another one.
    ///   - known: The paths of the clips that the history has.
    mutating func find(since birth: Date, known: Set<String>) {
        clips = folder.clips()
            .filter { !known.contains($0.name.path) && $0.written >= birth }
            .sorted { $0.written < $1.written }
    }

    /// Forgets those that are no longer there.
    mutating func forgetDeleted() {
        clips.removeAll { !folder.contains($0.name) }
    }

    /// Removes those that were written before a moment.
    mutating func remove(writtenBefore moment: Date) -> Removal {
        remove { clip, _ in clip.written < moment }
    }

    /// Removes so many, the oldest first, or all.
    mutating func remove(count: Int) -> Removal {
        remove { _, removal in removal.count < count }
    }

    /// Removes at least so many bytes, the oldest first, or all.
    mutating func remove(bytes: Int64) -> Removal {
        remove { _, removal in removal.byteCount < bytes }
    }

    private mutating func remove(while isDue: (FoundClip, Removal) -> Bool) -> Removal {
        var removal: Removal = (0, 0)
        while let clip = clips.first, isDue(clip, removal), folder.remove(clip.name) {
            clips.removeFirst()
            removal = (removal.count + 1, removal.byteCount + clip.byteCount)
        }
        return removal
    }
}
