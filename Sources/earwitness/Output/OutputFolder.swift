import FileFailures
import Foundation

/// A folder that a command writes files into.
enum OutputFolder {
    /// Makes the folder if it is not there.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - content: What it is for, such as `the scores`.
    /// - Throws: When it can't be made.
    static func create(_ path: String, for content: String) throws(CommandFailure) {
        do throws(FileWriteError) {
            try OutputFile.createFolder(path)
        } catch {
            throw CommandFailure(
                ExitStatus(rawValue: error.exitCode) ?? .cannotCreate,
                "Cannot create the folder '\(path)' for \(content) (\(error.reason)). "
                    + "Choose another one."
            )
        }
    }

    /// A name as part of a file's name: slashes, which would name folders, become underscores.
    static func fileName(for name: String) -> String {
        name.replacing("/", with: "_")
    }

    /// A file name for each recording, by its path: its own without the ending.
    ///
    /// Recordings of the same name get the number of their place in the list behind it.
    static func stems(of paths: [String]) -> [String: String] {
        var taken: Set<String> = []
        var stems: [String: String] = [:]
        for (index, path) in paths.enumerated() where stems[path] == nil {
            let stem = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
            stems[path] = taken.insert(stem).inserted ? stem : "\(stem)-\(index + 1)"
        }
        return stems
    }
}
