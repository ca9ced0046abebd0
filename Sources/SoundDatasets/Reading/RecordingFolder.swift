import FileFailures
import Foundation

/// The recordings and other files in a folder, in a fixed order, hidden ones left out.
package struct RecordingFolder {
    /// The path of the folder.
    let path: String
    /// The names of the recordings.
    let recordings: [String]
    /// The names of the other files.
    let otherFiles: [String]
    /// The names of the folders.
    let folders: [String]

    private static let endings: Set<String> = [
        "wav", "wave", "rf64", "w64", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "au",
        "caf",
    ]

    /// Lists a folder.
    init(_ path: String) throws(DataSetError) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
                .filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw .unreadable(path: path, reason: FileFailure.reason(error))
        }
        folders = names.filter { Self.isFolder("\(path)/\($0)") }
        let files = names.filter { !Self.isFolder("\(path)/\($0)") }
        recordings = files.filter(Self.isRecording)
        otherFiles = files.filter { !Self.isRecording($0) }
    }

    /// Whether a name ends like a recording's.
    package static func isRecording(_ name: String) -> Bool {
        endings.contains((name as NSString).pathExtension.lowercased())
    }

    /// Whether there is a folder at a path.
    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }

    /// A file's name without its ending.
    static func stem(_ name: String) -> String {
        (name as NSString).deletingPathExtension
    }
}
