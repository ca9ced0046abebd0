import Platform

/// The recordings and other files in a folder, in a fixed order.
///
/// Links count as what they lead to. Hidden files and what other systems leave behind are left
/// out, and so are pipes, sockets and devices.
struct RecordingFolder {
    /// The path of the folder.
    let path: String
    /// The names of the recordings.
    let recordings: [String]
    /// The names of the other files.
    let otherFiles: [String]
    /// The names of the folders.
    let folders: [String]

    /// Lists a folder.
    init(_ path: String) throws(DataSetError) {
        self.path = PathText.withoutSlashes(path)
        let listing: FolderListing
        do {
            listing = try FolderListing(path, followsLinks: true)
        } catch {
            throw .unreadable(path: path, reason: FileFailure.reason(code: error.code))
        }
        folders = listing.entries.filter { $0.kind == .folder }.map(\.name)
        // A link that leads nowhere is refused when it is read, like any other missing file.
        let files = listing.entries.filter { $0.kind != .folder && $0.kind != .other }.map(\.name)
        recordings = files.filter(RecordingEnding.isOn)
        otherFiles = files.filter { !RecordingEnding.isOn($0) }
    }
}
