import AudioFiles
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

/// The recordings between those that remain: how much sound of them is passed over.
struct DoneRecordings {
    private var rest: ArraySlice<String>

    /// Begins before the first recording.
    ///
    /// - Parameter all: All recordings in their order.
    init(all: [String]) {
        rest = all[...]
    }

    /// How many seconds of sound lie between the recording that was asked for last and this one.
    ///
    /// - Parameter recording: The next one that remains.
    /// - Returns: The sum of their lengths.
    mutating func secondsBefore(_ recording: String) -> Double {
        var seconds = 0.0
        while let next = rest.popFirst(), next != recording {
            // What can't be opened here has no place on Raven's time axis either.
            seconds += (try? RecordingReader(path: next).durationSeconds) ?? 0
        }
        return seconds
    }
}
