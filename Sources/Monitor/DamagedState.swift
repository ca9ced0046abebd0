import EventStore
package import Foundation
import Platform
package import Settings

/// Moves aside damaged files that the program itself wrote, before any is used.
///
/// After a power failure a file can hold zeros or nothing; a container makes a folder where a file
/// should be mounted; root leaves files that the service may not read. None of that may stop the
/// service. Call it while the ``EventStore/HistoryLock`` is held.
package enum DamagedState {
    /// A file of the program's own.
    private struct Kind {
        let path: String
        /// What is in it, for people.
        let content: String
        /// What holds without it.
        let without: String
        /// The damage of the file at a path; nil if there is none, or no file.
        let damage: (_ path: String) -> String?
    }

    /// Looks at every file of the state and runtime folders.
    ///
    /// - Parameters:
    ///   - location: Where the files are.
    ///   - now: The date in the names of those that are set aside.
    /// - Returns: What was found, a line each.
    package static func setAside(in location: StateLocation, now: Date = Date()) -> [String] {
        kinds(in: location).compactMap { kind in
            guard let reason = kind.damage(kind.path) else { return nil }
            let found = "'\(kind.path)' (\(kind.content)) cannot be used: \(reason)."
            guard let aside = StateFile.setAside(kind.path, now: now) else {
                let refusal = FileFailure.reason(code: errno)
                return "\(found) Setting it aside failed (\(refusal)). \(kind.without)"
            }
            return "\(found) It is set aside as '\(aside)'. \(kind.without)"
        }
    }

    private static func kinds(in location: StateLocation) -> [Kind] {
        let state = location.stateDirectory
        let spools = Set([state, location.runtimeDirectory]).sorted().map { folder in
            Kind(
                path: "\(folder)/\(EventSpool.fileName)",
                content: "events that wait for the history",
                without: "A new one is used for events."
            ) { obstacle(at: $0) }
        }
        // The last three are what rescuing a damaged database leaves if it is interrupted.
        let suffixes = ["", "-wal", "-shm", ".rescuing", ".rescued", ".grafted"]
        let database = suffixes.map { suffix in
            Kind(
                path: location.databasePath + suffix,
                content: "the event history",
                without: "A new one is created."
            ) { path in
                // What is no SQLite file is rescued when it is opened. A link to nothing may lead
                // to a disk that comes later, and permissions can be given.
                switch StateFile.obstacle(at: path) {
                case .folder?, .special?: obstacle(at: path)
                case .linkToNothing? where !suffix.isEmpty: obstacle(at: path)
                default: nil
                }
            }
        }
        return [
            Kind(
                path: location.overridesPath,
                content: "the thresholds set by command",
                without: "The thresholds of the configuration and the models apply."
            ) { ThresholdOverrides.read($0).damage },
            Kind(
                path: location.noiseFloorsPath,
                content: "the noise floors learnt so far",
                without: "They are learnt again.",
                damage: NoiseFloorMemory.damage
            ),
            Kind(
                path: "\(state)/\(EventNumbers.fileName)",
                content: "the number of the next event",
                without: "Numbering continues from the history."
            ) { _ in EventNumbers.damage(inFolder: state) },
            Kind(
                path: location.clipsDirectory,
                content: "the folder of clips",
                without: "A new one is used for clips."
            ) { path in
                var isFolder: ObjCBool = false
                let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                return isThere && !isFolder.boolValue ? "it is not a folder" : nil
            },
        ] + spools + database
    }

    private static func obstacle(at path: String) -> String? {
        StateFile.obstacle(at: path)?.reason
    }
}
