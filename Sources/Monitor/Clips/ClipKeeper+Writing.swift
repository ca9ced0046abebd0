import AudioFiles
import EventStore
import Foundation
import Logging
import Messages
import ModelLibrary
import Platform
import Settings

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
