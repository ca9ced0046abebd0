import Glibc

/// What is in a folder, by name in the order of the bytes.
package struct FolderListing {
    /// A name in the folder.
    package struct Entry {
        /// The name.
        package let name: String
        /// What it is: `.link` where a link leads nowhere or was not asked for; nil where the
        /// folder may not be entered to find out.
        package let kind: FileFacts.Kind?
    }

    /// The entries; hidden ones and what other systems leave behind are left out.
    package let entries: [Entry]

    /// Reads a folder.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - followsLinks: Whether an entry is what its link leads to.
    /// - Throws: Why it can't be read.
    package init(_ path: String, followsLinks: Bool) throws(FileContents.Failure) {
        guard let folder = PathText.withBytes(of: path, { opendir($0) }) else {
            throw FileContents.Failure(code: errno)
        }
        defer { closedir(folder) }
        var found: [(name: String, type: UInt8)] = []
        errno = 0
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { name in
                PathText.text(of: name.prefix { $0 != 0 })
            }
            if !Self.isLeftOut(name) { found.append((name, entry.pointee.d_type)) }
            errno = 0
        }
        guard errno == 0 else { throw FileContents.Failure(code: errno) }
        entries = found.sorted { PathText.precedes($0.name, $1.name) }.map { name, type in
            Entry(
                name: name,
                kind: Self.kind(of: PathText.join(path, name), type, followsLinks: followsLinks)
            )
        }
    }

    private static func kind(
        of path: String,
        _ type: UInt8,
        followsLinks: Bool
    ) -> FileFacts.Kind? {
        if let facts = FileFacts(path, followsLinks: followsLinks) { return facts.kind }
        switch Int(type) {
        case DT_REG: return .file
        case DT_DIR: return .folder
        case DT_LNK: return .link
        default: return nil
        }
    }

    /// Names that are litter of cameras' cards, network drives and other systems, in small letters.
    private static let litter: Set<String> = [
        // Windows
        "$recycle.bin", "recycler", "recycled", "system volume information", "thumbs.db",
        "ehthumbs.db", "desktop.ini",
        // macOS; the others begin with a dot
        "__macosx", "network trash folder", "temporary items",
        // network drives
        "@eadir", "@recycle", "@recently-snapshot", "#recycle", "#snapshot", "~snapshot",
        // Linux
        "lost+found",
    ]

    /// Whether a name is passed over where it was not given on purpose: it is hidden, or litter.
    package static func isLeftOut(_ name: String) -> Bool {
        guard name.unicodeScalars.first != "." else { return true }
        let small = name.lowercased()
        return litter.contains(small) || small.hasSuffix(":zone.identifier")
    }
}
