import EventStore

extension MonitorFacts {
    var databaseFindings: [Finding] {
        switch databaseError {
        case nil:
            return [.ok(.database, "The history is whole.", value: databasePath)]
        case .missing:
            return [.ok(.database, "There is no history yet.", value: databasePath)]
        case .olderVersion:
            return [
                .ok(
                    .database,
                    "The history is of an earlier version; the service brings it up to date.",
                    value: databasePath
                )
            ]
        case .notPermitted where isWrittenByService:
            return [
                .ok(
                    .database,
                    "The service writes the history; this user may not search it for damage.",
                    value: databasePath
                )
            ]
        case .notPermitted(let path), .readOnly(let path), .cannotCreate(let path, _):
            return [
                .warning(
                    .database,
                    "The history could not be looked at.",
                    value: path,
                    advice: "Run this as root, or as the user of the service.",
                    exitCode: SystemExit.notPermitted
                )
            ]
        case .damaged(_, let finding):
            return [
                .fault(
                    .database,
                    "The history is damaged.",
                    value: "\(databasePath): \(finding)",
                    advice: "Restart the service: it sets the file aside and begins a new one. "
                        + "Check the disk ('smartctl', 'journalctl -k').",
                    exitCode: SystemExit.badData
                )
            ]
        case .some(let error):
            let isOurs = [.locked(path: databasePath), .diskFull(path: databasePath)].contains(
                error
            )
            return [
                .fault(
                    .database,
                    "The history cannot be used.",
                    value: error.description,
                    advice: "Set the file aside, or choose another state folder.",
                    exitCode: isOurs ? SystemExit.inputOutput : SystemExit.badData
                )
            ]
        }
    }

    private var isWrittenByService: Bool {
        if case .running = service { return true }
        return false
    }

    var diskFindings: [Finding] {
        guard let disk else { return [] }
        let free =
            "\(megabytes(disk.freeBytes)) of \(megabytes(disk.totalBytes)) MB at \(disk.path)"
        let advice =
            "Free some space, or lower storage.max_size, storage.retention_days and clips.max_size."
        if disk.freeBytes < Self.fullBytes || disk.freeFiles == 0 {
            return [
                .fault(
                    .disk,
                    disk.freeFiles == 0 && disk.freeBytes >= Self.fullBytes
                        ? "The disk holds no more files." : "The disk is full.",
                    value: free,
                    advice: advice,
                    exitCode: SystemExit.inputOutput
                )
            ]
        }
        if disk.freeBytes < min(Self.lowBytes, disk.totalBytes / 10) {
            return [
                .warning(
                    .disk,
                    "The disk is nearly full.",
                    value: free,
                    advice: advice,
                    exitCode: SystemExit.inputOutput
                )
            ]
        }
        return [.ok(.disk, "The disk has room.", value: free)]
    }

    var clockFindings: [Finding] {
        switch isClockSynchronized {
        case nil: []
        case true?: [.ok(.clock, "The clock is kept right by a time service.")]
        case false?:
            [
                .warning(
                    .clock,
                    "No time service keeps the clock right; events may be dated wrong.",
                    value: "not synchronised",
                    advice: "'timedatectl set-ntp true', or install systemd-timesyncd or chrony.",
                    exitCode: SystemExit.unavailable
                )
            ]
        }
    }

    private func megabytes(_ bytes: Int64) -> Int64 { bytes / 1_000_000 }

    /// Too little even for the write-ahead log.
    private static let fullBytes: Int64 = 10_000_000
    /// Little on any disk.
    private static let lowBytes: Int64 = 1_000_000_000
}
