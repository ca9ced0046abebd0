import EventStore
import Platform

extension MonitorFacts {
    var databaseFindings: [Finding] {
        switch databaseError {
        case nil:
            return [
                .ok(.database, "The integrity check of the history passed.", value: databasePath)
            ]
        case .missing:
            return [.ok(.database, "There is no history yet.", value: databasePath)]
        case .olderVersion:
            return [
                .ok(
                    .database,
                    "The history is from an earlier version; the service migrates it.",
                    value: databasePath
                )
            ]
        case .notPermitted where isWrittenByService:
            return [
                .ok(
                    .database,
                    "The service writes the history; this user has no permission to check it.",
                    value: databasePath
                )
            ]
        case .notPermitted(let path), .readOnly(let path), .cannotCreate(let path, _):
            return [
                .warning(
                    .database,
                    "The history could not be checked.",
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
                    advice:
                        "Restart the service: it moves the file aside and copies readable rows into a "
                        + "new one. "
                        + "Check the disk ('smartctl', 'journalctl -k').",
                    exitCode: SystemExit.badData
                )
            ]
        case .some(let error):
            // Nothing is wrong with the file itself while it is locked, or has no room to grow.
            let isOfTheFile =
                switch error {
                case .notADatabase, .foreignDatabase, .newerVersion: true
                default: false
                }
            return [
                .fault(
                    .database,
                    "The history cannot be used.",
                    value: error.problem,
                    advice: error.advice,
                    exitCode: isOfTheFile ? SystemExit.badData : SystemExit.inputOutput
                )
            ]
        }
    }

    private var isWrittenByService: Bool {
        if case .running = service { return true }
        return false
    }

    /// What was damaged once, until a person has looked at it.
    var setAsideFindings: [Finding] {
        setAside.map { path in
            .warning(
                .database,
                "A damaged file was moved aside.",
                value: path,
                advice: "Check whether you still need it, then delete it.",
                exitCode: SystemExit.badData
            )
        }
    }

    var diskFindings: [Finding] {
        guard let disk else { return [] }
        let free = disk.description
        let files = "Delete files ('df -i' shows inode use), or use a file system with more inodes."
        let bytes =
            "Free some space, or lower storage.max_size, storage.retention_days and clips.max_size."
        switch disk.shortage {
        case nil: return [.ok(.disk, "The disk has free space.", value: free)]
        case .noBytes?: return [diskFault("The disk is full.", free, bytes)]
        case .noFiles?: return [diskFault("The disk has no free inodes.", free, files)]
        case .fewBytes?: return [diskWarning("The disk is nearly full.", free, bytes)]
        case .fewFiles?: return [diskWarning("The disk is nearly out of inodes.", free, files)]
        }
    }

    private func diskFault(_ what: String, _ value: String, _ advice: String) -> Finding {
        .fault(.disk, what, value: value, advice: advice, exitCode: SystemExit.inputOutput)
    }

    private func diskWarning(_ what: String, _ value: String, _ advice: String) -> Finding {
        .warning(.disk, what, value: value, advice: advice, exitCode: SystemExit.inputOutput)
    }

    var clockFindings: [Finding] {
        switch isClockSynchronized {
        case nil: []
        case true?: [.ok(.clock, "The clock is synchronised.")]
        case false?:
            [
                .warning(
                    .clock,
                    "The clock is not synchronised; events may get wrong dates.",
                    value: "not synchronised",
                    advice: "'timedatectl set-ntp true', or install systemd-timesyncd or chrony.",
                    exitCode: SystemExit.unavailable
                )
            ]
        }
    }
}
