import AudioFiles
import EventStore
import Foundation
import Logging
import ModelLibrary
import Platform
import Settings

/// The clips on the disk: writes them, counts what they take, and removes those that have to go.
struct ClipStock {
    private let folder: ClipFolder
    private let store: EventStore
    private let sourceNames: [String]
    private let log: Logger
    private var ledger: ClipLedger
    private var totals = ClipTotals()
    private var strays: StrayClips
    private var counts = ClipCondition()

    /// How many clips are read together when some have to go.
    private static let removalBatch = 500
    /// What is removed at least when the history itself finds the disk full, in bytes.
    private static let historyNeeds: Int64 = 16_000_000

    /// Begins before the folder was read.
    ///
    /// - Parameters:
    ///   - folder: Where the clips are.
    ///   - ledger: Records them in the history.
    ///   - store: The history.
    ///   - sourceNames: The names of the sources, in the order of the configuration.
    ///   - log: The service's log.
    init(
        folder: ClipFolder,
        ledger: ClipLedger,
        store: EventStore,
        sourceNames: [String],
        log: Logger
    ) {
        self.folder = folder
        self.ledger = ledger
        self.store = store
        self.sourceNames = sourceNames
        self.log = log
        strays = StrayClips(folder: folder)
    }

    /// How the clips on the disk are.
    var condition: ClipCondition {
        var condition = counts
        condition.count = totals.count
        condition.byteCount = totals.bytes + strays.byteCount
        return condition
    }

    /// Forgets why the last clip could not be written.
    mutating func clearFault() {
        counts.fault = nil
    }

    /// Records in the history that clips are gone.
    mutating func clear(_ ids: [Int64], because absence: ClipAbsence) {
        ledger.clear(ids, because: absence)
    }

    // MARK: - Looking

    /// Tidies the folder at the start: removes what an interrupted run left half written, and finds
    /// clips that belong to no event.
    ///
    /// - Returns: Whether the history could be read; without it only what is half written goes.
    mutating func tidy() -> Bool {
        let halves = folder.removeTemporaryFiles()
        if halves > 0 { log.notice("Removed \(halves) half-written file(s) from \(folder.path).") }
        do throws(StoreError) {
            let known = Set(try store.clips().map(\.path) + ledger.unrecorded.map(\.clip.path))
            // Files from before the history began belong to another one, which was set aside; a
            // person may want them. File systems round the time of a file.
            if let birth = try store.birth().map({ $0 - 1 }) {
                strays.find(since: birth, known: known)
            }
        } catch {
            log.debug("The clip folder was not cleaned up yet. \(error)")
            return false
        }
        if strays.count > 0 {
            log.notice(
                "\(strays.count) clip(s) in \(folder.path) belong to no event of this history. They are removed when they are too old or their space is needed."
            )
        }
        return true
    }

    /// Compares the history with the disk and marks deleted clips.
    ///
    /// - Returns: Whether the history could be read.
    mutating func reconcile() -> Bool {
        do throws(StoreError) {
            var found = ClipTotals()
            var missing: [Int64] = []
            let known = ledger.pendingRemovals
            for clip in try store.clips() where !known.contains(clip.eventID) {
                guard let name = ClipName(clip.path), folder.contains(name) else {
                    missing.append(clip.eventID)
                    continue
                }
                found.add(clip.byteCount, of: clip.className)
            }
            for (clip, className) in ledger.unrecorded { found.add(clip.byteCount, of: className) }
            totals = found
            strays.forgetDeleted()
            if !missing.isEmpty {
                ledger.clear(missing, because: .deleted)
                log.notice("\(missing.count) clip(s) were deleted from \(folder.path).")
            }
            return true
        } catch {
            log.debug("The clips were not compared with the history. \(error)")
            return false
        }
    }

    // MARK: - Writing

    /// Writes the clip of an event and records it in the history.
    mutating func write(_ cut: ClipCut, ofEvent id: Int64, _ settings: ClipSettings) {
        let soundClass = cut.soundClass
        // What was allowed when the sound was cut need not be allowed any more.
        guard settings.keeps(soundClass.name, isPrivate: soundClass.isPrivate) else { return }
        guard !cut.isPrivateThroughout else { return clear([id], because: .private) }
        let format = settings.format.recordingFormat
        let name = ClipName(
            ofEvent: id,
            start: cut.onset,
            fileExtension: format.fileExtension
        )
        do throws(RecordingError) {
            let bytes = try write(cut, as: name, ofEvent: id, format: format, settings)
            totals.add(bytes, of: soundClass.name)
            counts.written += 1
            if counts.fault != nil { log.notice("Clips can be written again.") }
            counts.fault = nil
            record(cut, name: name, byteCount: bytes, ofEvent: id)
            makeRoom(for: 0, settings)
        } catch {
            discard(ofEvent: id, because: error.description)
        }
    }

    private mutating func write(
        _ cut: ClipCut,
        as name: ClipName,
        ofEvent id: Int64,
        format: RecordingFormat,
        _ settings: ClipSettings
    ) throws(RecordingError) -> Int64 {
        // Compressed it is about half of that.
        let greatest = Int64(cut.sampleCount * format.bytesPerSample)
        guard makeRoom(for: greatest, settings) else {
            throw .unwritable(
                path: folder.location(of: name),
                reason: (folder.room?.missingFiles ?? 0) > 0
                    ? "the disk is almost out of inodes ('df -i')"
                    : "clips.min_free and clips.max_size leave no space for it"
            )
        }
        do throws(RecordingError) {
            return try writeOnce(cut, as: name, ofEvent: id, format: format)
        } catch {
            // Another program may have taken the space meanwhile; then older clips give way.
            guard let room = folder.room, room.freeBytes < 2 * greatest || room.freeFiles == 0,
                removeMostExpendable(bytes: 2 * greatest)
            else { throw error }
            return try writeOnce(cut, as: name, ofEvent: id, format: format)
        }
    }

    private func writeOnce(
        _ cut: ClipCut,
        as name: ClipName,
        ofEvent id: Int64,
        format: RecordingFormat
    ) throws(RecordingError) -> Int64 {
        try folder.write(
            name,
            format: format,
            sampleRateHz: cut.sampleRateHz,
            tags: cut.tags(ofEvent: id, source: sourceNames[cut.key.source.rawValue])
        ) { writer throws(RecordingError) in
            try cut.write(to: writer)
        }
    }

    private mutating func record(
        _ cut: ClipCut,
        name: ClipName,
        byteCount: Int64,
        ofEvent id: Int64
    ) {
        let clip = NewClip(
            path: name.path,
            byteCount: byteCount,
            start: cut.start,
            seconds: cut.seconds,
            sampleRateHz: cut.sampleRateHz,
            lostSeconds: cut.lostSeconds,
            privateSeconds: cut.privateSeconds,
            isCutShort: cut.isCutShort
        )
        // Retention or a person may have removed the event meanwhile; its sound goes with it.
        if !ledger.record(clip, ofEvent: id, className: cut.soundClass.name) {
            remove(clip, className: cut.soundClass.name)
        }
    }

    private mutating func discard(ofEvent id: Int64, because reason: String) {
        counts.dropped += 1
        if counts.fault == nil {
            log.error("A clip was discarded; its event is stored. \(reason)")
        }
        counts.fault = reason
        clear([id], because: .unwritable)
    }

    /// Tries again to record in the history what could not be recorded.
    mutating func retryLedger() {
        for (clip, className) in ledger.retry() { remove(clip, className: className) }
    }

    // MARK: - Removing

    /// Removes every clip there is: none are to be stored.
    mutating func removeEverything() {
        let halves = folder.removeTemporaryFiles()
        let files = folder.clips()
        let left = files.count { !folder.remove($0.name) }
        if files.count + halves > 0 {
            log.notice(
                "clips.keep is none: removed \(files.count + halves - left) clip(s) from \(folder.path)."
            )
        }
        if left > 0 {
            counts.fault = "\(left) clip(s) in \(folder.path) can't be removed. Remove them."
        }
        ledger.forgetUnrecorded()
        strays = StrayClips(folder: folder)
    }

    /// Removes the clips of events that are no longer in the history.
    func removeClips(at paths: [String]) {
        for path in paths {
            if let name = ClipName(path) { folder.remove(name) }
        }
    }

    /// Removes clips that are too old.
    mutating func removeExpired(_ settings: ClipSettings, now: Date) {
        let retention = ClipRetention(settings: settings)
        if let oldest = retention.oldestStray(now: now) {
            counts.expired += Int64(strays.remove(writtenBefore: oldest).count)
        }
        guard let days = retention.fewestDays else { return }
        do throws(StoreError) {
            let known = ledger.pendingRemovals
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
    /// - Parameters:
    ///   - coming: The length of the one that is about to be written, in bytes.
    ///   - settings: What clips may take.
    /// - Returns: Whether there is room now.
    @discardableResult
    mutating func makeRoom(for coming: Int64, _ settings: ClipSettings) -> Bool {
        let retention = ClipRetention(settings: settings)
        for (className, bytes) in totals.bytesByClass {
            let excess = retention.excess(ofClass: className, taking: bytes)
            if excess > 0 { removeMostExpendable(bytes: excess, ofClass: className) }
        }
        let room = folder.room
        let excess = retention.excess(
            taking: totals.bytes + strays.byteCount,
            free: room?.freeBytes,
            coming: coming
        )
        let missingFiles = room?.missingFiles ?? 0
        guard excess > 0 || missingFiles > 0 else { return true }
        if excess > 0 { removeMostExpendable(bytes: excess) }
        if missingFiles > 0 { removeMostExpendable(count: Int(missingFiles)) }
        let left = folder.room
        return left?.missingFiles ?? 0 == 0
            && retention.excess(
                taking: totals.bytes + strays.byteCount,
                free: left?.freeBytes,
                coming: coming
            ) == 0
    }

    /// Makes room for the history, which finds the disk full.
    mutating func makeRoomForHistory() {
        guard totals.count > 0 || strays.count > 0 else { return }
        log.notice("The disk is full: removing the oldest clips to make room for the history.")
        removeMostExpendable(bytes: Self.historyNeeds)
    }

    /// Removes so many clips, the most expendable first, because the disk holds no more files.
    private mutating func removeMostExpendable(count: Int) {
        let gone = strays.remove(count: count)
        counts.expired += Int64(gone.count)
        let left = count - gone.count
        guard left > 0 else { return }
        do throws(StoreError) {
            let known = ledger.pendingRemovals
            let clips = try store.clips(.mostExpendableFirst, limit: left + known.count)
                .filter { !known.contains($0.eventID) }
            remove(Array(clips.prefix(left)))
        } catch {
            log.warning("Could not remove clips to free inodes. \(error)")
        }
    }

    /// Removes clips of at least so many bytes together, the most expendable first.
    ///
    /// - Returns: Whether any went.
    @discardableResult
    private mutating func removeMostExpendable(
        bytes: Int64,
        ofClass className: String? = nil
    ) -> Bool {
        var left = bytes
        // What a class may take says nothing about clips of unknown class.
        if className == nil {
            let gone = strays.remove(bytes: left)
            counts.expired += Int64(gone.count)
            left -= gone.byteCount
        }
        do throws(StoreError) {
            while left > 0 {
                let known = ledger.pendingRemovals
                let clips = try store.clips(
                    .mostExpendableFirst,
                    ofClass: className,
                    limit: Self.removalBatch + known.count
                ).filter { !known.contains($0.eventID) }
                let chosen = ClipRetention.first(clips, coveringBytes: left)
                let gone = remove(chosen)
                guard gone > 0 else { break }
                left -= gone
            }
        } catch {
            log.warning("Could not remove clips to free space. \(error)")
        }
        return left < bytes
    }

    /// Removes clips, first the files and then what the history says of them.
    ///
    /// - Returns: How many bytes were freed.
    @discardableResult
    private mutating func remove(_ clips: [StoredClip]) -> Int64 {
        var freed: Int64 = 0
        var gone: [Int64] = []
        for clip in clips {
            if let name = ClipName(clip.path), !folder.remove(name) { continue }
            totals.remove(clip.byteCount, of: clip.className)
            freed += clip.byteCount
            gone.append(clip.eventID)
        }
        guard !gone.isEmpty else { return 0 }
        counts.expired += Int64(gone.count)
        clear(gone, because: .expired)
        return freed
    }

    /// Removes the file of a clip that the history does not have.
    private mutating func remove(_ clip: NewClip, className: String) {
        guard let name = ClipName(clip.path), folder.remove(name) else { return }
        totals.remove(clip.byteCount, of: className)
    }
}
