import AudioFiles
import EventStore
import Foundation
import Logging
import Platform
import Settings

/// How many clips are looked at together when some have to go.
private let removalBatch = 500
/// What is removed at least when the history itself finds the disk full, in bytes.
private let historyNeeds: Int64 = 16_000_000

extension ClipKeeper {
    /// Puts the folder in order at the start: what an interrupted run left, clips of which the
    /// history knows nothing, and rows whose clip is gone.
    ///
    /// - Returns: Whether the history could be read; without it only what is half written goes.
    func tidy() -> Bool {
        let halves = folder.removeTemporaryFiles()
        let orphans = removeOrphans()
        if halves + (orphans ?? 0) > 0 {
            log.notice(
                "Removed \(halves) half-written and \(orphans ?? 0) unknown file(s) from \(folder.path)."
            )
        }
        return orphans != nil && reconcile()
    }

    /// Removes clips of which the history knows nothing; nil if it can't be read.
    private func removeOrphans() -> Int? {
        do throws(StoreError) {
            let known = Set(try store.clips().map(\.path) + unrecorded.map(\.clip.path))
            // Files from before the history began belong to another one, which was set aside; a
            // person may want them. File systems round the time of a file.
            guard let birth = try store.birth().map({ $0 - 1 }) else { return 0 }
            return folder.clips().count { clip in
                !known.contains(clip.name.path) && clip.written >= birth
                    && folder.remove(clip.name)
            }
        } catch {
            log.debug("The folder of clips is not put in order yet. \(error)")
            return nil
        }
    }

    /// Removes every clip there is: none are to be kept.
    func removeEverything() {
        let halves = folder.removeTemporaryFiles()
        let files = folder.clips()
        let left = files.count { !folder.remove($0.name) }
        if files.count + halves > 0 {
            log.notice(
                "clips.keep is none: removed \(files.count + halves - left) clip(s) from \(folder.path)."
            )
        }
        if left > 0 {
            condition.fault = "\(left) clip(s) in \(folder.path) can't be removed. Remove them."
        }
        unrecorded = []
        reconcile()
    }

    /// Removes the clips of events that are no longer in the history.
    package func removeClips(at paths: [String]) {
        for path in paths {
            guard let name = ClipName(path) else { continue }
            folder.remove(name)
        }
        if !paths.isEmpty { reconcile() }
    }

    /// Removes clips that are too old.
    func removeExpired() {
        let now = clock()
        let retention = ClipRetention(settings: settings)
        guard let days = retention.fewestDays else { return }
        do throws(StoreError) {
            let known = pendingRemovals
            let old = try store.clips(before: now - Double(days) * 86_400)
            remove(
                old.filter {
                    retention.isExpired($0, now: now) && !known.contains($0.eventID)
                }
            )
        } catch {
            log.warning("Old clips were not removed. \(error)")
        }
    }

    /// Removes clips until there is room for another one.
    ///
    /// - Parameter coming: The length of the one that is about to be written, in bytes.
    /// - Returns: Whether there is room now.
    @discardableResult
    func makeRoom(for coming: Int64) -> Bool {
        let retention = ClipRetention(settings: settings)
        for (className, bytes) in totals.bytesByClass {
            let excess = retention.excess(ofClass: className, taking: bytes)
            if excess > 0 { removeMostExpendable(bytes: excess, ofClass: className) }
        }
        let room = folder.room
        let excess = retention.excess(taking: totals.bytes, free: room?.freeBytes, coming: coming)
        let missingFiles = room?.missingFiles ?? 0
        guard excess > 0 || missingFiles > 0 else { return true }
        if excess > 0 { removeMostExpendable(bytes: excess) }
        if missingFiles > 0 { removeMostExpendable(count: Int(missingFiles)) }
        let left = folder.room
        return retention.excess(taking: totals.bytes, free: left?.freeBytes, coming: coming) == 0
            && left?.missingFiles ?? 0 == 0
    }

    /// Removes so many clips, the most expendable first, because the disk holds no more files.
    private func removeMostExpendable(count: Int) {
        do throws(StoreError) {
            let known = pendingRemovals
            let clips = try store.clips(.mostExpendableFirst, limit: count + known.count)
                .filter { !known.contains($0.eventID) }
            remove(Array(clips.prefix(count)))
        } catch {
            log.warning("No clips were removed to make room for files. \(error)")
        }
    }

    /// Makes room for the history, which finds the disk full.
    func giveWayToHistory() {
        guard totals.count > 0 else { return }
        log.notice("The disk is full: the oldest clips give way to the history.")
        removeMostExpendable(bytes: historyNeeds)
    }

    /// Removes clips of at least so many bytes together, the most expendable first.
    ///
    /// - Returns: Whether any went.
    @discardableResult
    func removeMostExpendable(bytes: Int64, ofClass className: String? = nil) -> Bool {
        var left = bytes
        do throws(StoreError) {
            while left > 0 {
                let known = pendingRemovals
                let clips = try store.clips(
                    .mostExpendableFirst,
                    ofClass: className,
                    limit: removalBatch + known.count
                ).filter { !known.contains($0.eventID) }
                let chosen = ClipRetention.first(clips, coveringBytes: left)
                let gone = remove(chosen)
                guard gone > 0 else { break }
                left -= gone
            }
        } catch {
            log.warning("No clips were removed to make space. \(error)")
        }
        return left < bytes
    }

    /// The events whose clips are gone although the history still names them.
    var pendingRemovals: Set<Int64> { Set(uncleared.flatMap(\.ids)) }

    /// Removes clips, first the files and then what the history says of them.
    ///
    /// - Returns: How many bytes were freed.
    @discardableResult
    private func remove(_ clips: [StoredClip]) -> Int64 {
        var freed: Int64 = 0
        var gone: [Int64] = []
        for clip in clips {
            if let name = ClipName(clip.path), !folder.remove(name) { continue }
            totals.remove(clip.byteCount, of: clip.className)
            freed += clip.byteCount
            gone.append(clip.eventID)
        }
        guard !gone.isEmpty else { return 0 }
        condition.expired += Int64(gone.count)
        clear(gone, because: .expired)
        return freed
    }

    /// Removes the file of a clip that the history does not know of.
    func remove(path: String, byteCount: Int64, className: String) {
        guard let name = ClipName(path), folder.remove(name) else { return }
        totals.remove(byteCount, of: className)
    }
}
