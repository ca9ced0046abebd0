import Foundation

/// Finds the recordings in files and folders, with all folders below.
package enum RecordingSearch {
    /// The recordings at a path, in a fixed order.
    ///
    /// - Throws: `missing` where there is nothing, `noRecordings` where there are none.
    package static func recordings(at path: String) throws -> [String] {
        guard FileManager.default.fileExists(atPath: path) else {
            throw DataSetError.missing(path: path)
        }
        guard RecordingFolder.isFolder(path) else { return [path] }
        let found = try recordings(below: path)
        guard !found.isEmpty else { throw DataSetError.noRecordings(path: path) }
        return found
    }

    private static func recordings(below path: String) throws -> [String] {
        let folder = try RecordingFolder(path)
        return folder.recordings.map { "\(folder.path)/\($0)" }
            + (try folder.folders.flatMap { try recordings(below: "\(folder.path)/\($0)") })
    }
}
