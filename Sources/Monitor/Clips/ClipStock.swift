import AudioFiles
import EventStore
import Foundation
import Logging
import Messages
import ModelLibrary
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

extension ClipKeeper {
    /// Writes the clip of an event and notes it in the history.
    func keep(_ cut: ClipCut, ofEvent id: Int64) {
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
            let bytes = try write(cut, as: name, ofEvent: id, format: format)
            note(cut, name: name, byteCount: bytes, ofEvent: id)
        } catch {
            giveUp(ofEvent: id, because: error.description)
        }
    }

    private func write(
        _ cut: ClipCut,
        as name: ClipName,
        ofEvent id: Int64,
        format: RecordingFormat
    ) throws(RecordingError) -> Int64 {
        // Compressed it is about half of that.
        let greatest = Int64(cut.sampleCount * format.bytesPerSample)
        guard makeRoom(for: greatest) else {
            throw .unwritable(
                path: folder.location(of: name),
                reason: (folder.room?.missingFiles ?? 0) > 0
                    ? "the disk has room for few more files ('df -i')"
                    : "clips.min_free and clips.max_size leave no space for it"
            )
        }
        do throws(RecordingError) {
            return try writeOnce(cut, as: name, ofEvent: id, format: format)
        } catch {
            // Somebody else may have taken the space meanwhile; then older clips give way.
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
            tags: cut.tags(ofEvent: id, source: sourceNames[cut.key.source])
        ) { writer throws(RecordingError) in
            try cut.write(to: writer)
        }
    }

    private func note(_ cut: ClipCut, name: ClipName, byteCount: Int64, ofEvent id: Int64) {
        totals.add(byteCount, of: cut.soundClass.name)
        condition.written += 1
        if condition.fault != nil { log.notice("Clips can be written again.") }
        condition.fault = nil
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
        record(clip, ofEvent: id, className: cut.soundClass.name)
        makeRoom(for: 0)
    }

    /// Notes a clip that is on the disk in the history, now or as soon as it can be.
    private func record(_ clip: NewClip, ofEvent id: Int64, className: String) {
        do throws(StoreError) {
            try store.setClip(ofEvent: id, to: clip)
            feed.publish(.clip(ClipMessage(eventID: id, clip: clip.path)))
        } catch .noSuchEvent {
            // Retention or a person removed the event meanwhile, and its sound goes with it.
            remove(path: clip.path, byteCount: clip.byteCount, className: className)
        } catch {
            unrecorded.append((id, clip, className))
        }
    }

    private func giveUp(ofEvent id: Int64, because reason: String) {
        condition.dropped += 1
        if condition.fault == nil {
            log.error("A clip was given up; its event is kept. \(reason)")
        }
        condition.fault = reason
        clear([id], because: .unwritable)
    }

    /// Notes in the history that clips are gone, now or as soon as it can be.
    func clear(_ ids: [Int64], because absence: ClipAbsence) {
        do throws(StoreError) {
            try store.clearClips(ofEvents: ids, because: absence)
            for id in ids {
                feed.publish(.clip(ClipMessage(eventID: id, clip: nil)))
            }
        } catch {
            uncleared.append((ids, absence))
        }
    }

    /// Tries again to tell the history what it could not be told.
    func retryNotes() {
        // What fails again comes back to the same lists.
        let (clips, absences) = (unrecorded, uncleared)
        (unrecorded, uncleared) = ([], [])
        for (id, clip, className) in clips {
            record(clip, ofEvent: id, className: className)
        }
        for (ids, absence) in absences {
            clear(ids, because: absence)
        }
    }
}

extension RecordingFormat {
    /// What a sample takes without compression, in bytes.
    fileprivate var bytesPerSample: Int {
        switch self {
        case .flac16, .wav16: 2
        case .flac24, .wav24: 3
        case .wavFloat: 4
        }
    }
}
