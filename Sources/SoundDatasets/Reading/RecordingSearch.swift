import FileFailures
import FilePaths

/// Finds the recordings in files and folders, with all folders below.
package enum RecordingSearch {
    /// The recordings at a path, in a fixed order.
    ///
    /// - Throws: `missing` where there is nothing, `noRecordings` where there are none, and
    ///   `unreadable` where some may be missing: a folder can't be entered, a link leads nowhere.
    package static func recordings(at path: String) throws(DataSetError) -> [String] {
        let found = try search(path).map(\.path)
        guard !found.isEmpty else { throw .noRecordings(path: path) }
        return found
    }

    /// The recordings below a folder, or the file itself.
    static func search(_ path: String) throws(DataSetError) -> [FileSearch.Found] {
        let search: FileSearch
        do {
            search = try FileSearch([path], isWanted: RecordingEnding.isOn)
        } catch {
            throw .missing(path: path)
        }
        if let obstacle = search.obstacles.first {
            throw .unreadable(
                path: obstacle.path,
                reason: FileFailure.reason(code: obstacle.code)
            )
        }
        return search.found
    }
}
