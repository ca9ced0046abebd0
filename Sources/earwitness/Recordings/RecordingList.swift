import Foundation

/// The recordings that a command line names, in a fixed order.
struct RecordingList {
    /// The paths, folders replaced by the recordings in them.
    let paths: [String]

    private static let endings: Set<String> = [
        "wav", "wave", "rf64", "w64", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "au",
    ]

    /// Finds the recordings.
    ///
    /// - Parameter arguments: Files, and folders that are searched with all below them.
    /// - Throws: When something is not there, or nothing is left.
    init(_ arguments: [String]) throws {
        var found: [String] = []
        for argument in arguments {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder) else {
                throw CommandFailure(
                    .noInput,
                    "There is no file or folder '\(argument)'. Check the path."
                )
            }
            found += isFolder.boolValue ? Self.recordings(in: argument) : [argument]
        }
        guard !found.isEmpty else {
            throw CommandFailure(
                .noInput,
                "No recording in \(arguments.joined(separator: ", ")). "
                    + "Give WAV, FLAC, Ogg or MP3 files, or a folder that holds some."
            )
        }
        paths = found
    }

    private static func recordings(in folder: String) -> [String] {
        let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        let below = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
        return
            below
            .filter { endings.contains(($0 as NSString).pathExtension.lowercased()) }
            .sorted().map { "\(base)/\($0)" }
    }
}
