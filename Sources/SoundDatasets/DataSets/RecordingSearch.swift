import Platform

/// Finds the recordings in files and folders, with all folders below.
package enum RecordingSearch {
    /// The recordings at a path, in a fixed order.
    ///
    /// - Throws: `missing` where there is nothing, `noRecordings` where there are none, and where
    ///   some may be missing `unreadable` (a folder) or `unusable` (a link that leads nowhere).
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
            let reason = FileFailure.reason(code: obstacle.code)
            throw obstacle.kind == .link
                ? .unusable(path: obstacle.path, reason: "it is a broken link: \(reason)")
                : .unreadable(path: obstacle.path, reason: reason)
        }
        return search.found
    }
}
