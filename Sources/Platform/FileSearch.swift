import Glibc

/// Finds files in folders and all folders below, and follows links.
///
/// Each folder is searched once and each file is found once, whatever links lead to it: under its
/// own path where the search comes by it, else under the first link. A link to a folder that is
/// searched anyway, or that contains the link itself, is not followed. Hidden and system files are
/// skipped unless they are given by path.
package struct FileSearch {
    /// A file that is wanted.
    package struct Found: Equatable, Sendable {
        /// Its path: that of the folder as it was given, and what follows from there.
        package let path: String
        /// Its path from the folder that was given; for a file that was given, the path itself.
        package let relativePath: String
        fileprivate let argument: Int
    }

    /// Something that is there and can't be searched or read.
    package struct Obstacle: Equatable, Sendable {
        /// Its path.
        package let path: String
        /// What it is to the search.
        package let kind: Kind
        /// The system's number of the reason.
        package let code: Int32

        /// What stands in the way.
        package enum Kind: Sendable {
            case folder
            case link
        }
    }

    /// A path that was given and where nothing is.
    package struct Missing: Error {
        /// The path.
        package let path: String
        /// Where a link at this path leads; nil if there is no link either.
        package let target: String?
    }

    /// The files that are wanted: in the order of the paths that were given, then of the bytes.
    package private(set) var found: [Found] = []
    /// What can't be searched.
    package private(set) var obstacles: [Obstacle] = []
    /// How many files have an ending that is not wanted, by ending.
    package private(set) var otherEndings: [String: Int] = [:]
    /// How many pipes, sockets and devices were passed over.
    package private(set) var deviceCount = 0
    /// How many more times a file was named or reached that is found already.
    package private(set) var repeatedCount = 0
    /// The links that were not followed, because they lead back to a folder that is searched.
    package private(set) var linksBack: [String] = []

    private let isWanted: (String) -> Bool
    private var searched: Set<FileFacts.Identity> = []
    private var realFiles: Set<[UInt8]> = []
    private var folders: [Place] = []
    private var links: [Place] = []

    private struct Place {
        var path: String
        var relativePath: String
        var argument: Int
    }

    /// Searches.
    ///
    /// - Parameters:
    ///   - paths: Files, which are found whatever their names, and folders.
    ///   - isWanted: Whether a file in a folder is wanted, by its name.
    /// - Throws: The first path where nothing is.
    package init(_ paths: [String], isWanted: @escaping (String) -> Bool) throws(Missing) {
        self.isWanted = isWanted
        for (index, path) in paths.enumerated() {
            let place = Place(path: path, relativePath: path, argument: index)
            guard let facts = FileFacts(path) else {
                guard errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG else {
                    obstacles.append(Obstacle(path: path, kind: .folder, code: errno))
                    continue
                }
                throw Missing(path: path, target: Self.target(ofLink: path))
            }
            guard facts.kind == .folder else {
                add(place, real: FileFacts.realPath(path) ?? path)
                continue
            }
            enter(Place(path: PathText.withoutSlashes(path), relativePath: "", argument: index))
            searchFolders()
        }
        // Links come last, so that a file has its own path wherever that is searched as well.
        while !links.isEmpty {
            let next = links.sorted { ($0.argument, $0.path) < ($1.argument, $1.path) }
            links = []
            for link in next {
                follow(link)
                searchFolders()
            }
        }
        found.sort {
            $0.argument != $1.argument
                ? $0.argument < $1.argument : PathText.precedes($0.path, $1.path)
        }
    }

    private mutating func enter(_ folder: Place) {
        guard let facts = FileFacts(folder.path), searched.insert(facts.identity).inserted else {
            return
        }
        folders.append(folder)
    }

    private mutating func searchFolders() {
        while let folder = folders.popLast() { search(folder) }
    }

    private mutating func search(_ folder: Place) {
        let listing: FolderListing
        do {
            listing = try FolderListing(folder.path, followsLinks: false)
        } catch {
            obstacles.append(Obstacle(path: folder.path, kind: .folder, code: error.code))
            return
        }
        let real = FileFacts.realPath(folder.path) ?? folder.path
        for entry in listing.entries {
            let place = Place(
                path: PathText.join(folder.path, entry.name),
                relativePath: folder.relativePath.isEmpty
                    ? entry.name : PathText.join(folder.relativePath, entry.name),
                argument: folder.argument
            )
            switch entry.kind {
            case .file: sort(place, real: PathText.join(real, entry.name))
            case .folder: enter(place)
            case .link: links.append(place)
            case .other: deviceCount += 1
            case nil: obstacles.append(Obstacle(path: place.path, kind: .folder, code: EACCES))
            }
        }
    }

    private mutating func follow(_ link: Place) {
        guard let facts = FileFacts(link.path), let real = FileFacts.realPath(link.path) else {
            let code = errno
            if PathText.ending(of: link.path).isEmpty || isWanted(PathText.lastPart(of: link.path))
            {
                obstacles.append(Obstacle(path: link.path, kind: .link, code: code))
            } else {
                otherEndings[PathText.ending(of: link.path), default: 0] += 1
            }
            return
        }
        switch facts.kind {
        case .folder:
            let home = FileFacts.realPath(PathText.folder(of: link.path)) ?? ""
            let leadsBack = (home + "/").unicodeScalars.starts(
                with: (real == "/" ? real : real + "/").unicodeScalars
            )
            if leadsBack || searched.contains(facts.identity) {
                linksBack.append(link.path)
            } else {
                enter(link)
            }
        case .file: sort(link, real: real)
        case .link, .other: deviceCount += 1
        }
    }

    /// Finds a file, or counts it among those that are not wanted.
    private mutating func sort(_ file: Place, real: String) {
        if isWanted(PathText.lastPart(of: file.path)) {
            add(file, real: real)
        } else {
            otherEndings[PathText.ending(of: file.path), default: 0] += 1
        }
    }

    private mutating func add(_ file: Place, real: String) {
        guard realFiles.insert(PathText.bytes(of: real)).inserted else {
            repeatedCount += 1
            return
        }
        found.append(
            Found(path: file.path, relativePath: file.relativePath, argument: file.argument)
        )
    }

    private static func target(ofLink path: String) -> String? {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = PathText.withBytes(of: path) { readlink($0, &target, target.count) }
        guard count > 0 else { return nil }
        return PathText.text(of: target[..<count].map { UInt8(bitPattern: $0) })
    }
}

/// The extensions of recordings in a folder.
package enum RecordingEnding {
    private static let all: Set<String> = [
        "wav", "wave", "rf64", "bw64", "bwf", "w64", "flac", "ogg", "oga", "opus", "mp3", "mp2",
        "aif", "aiff", "aifc", "au", "snd", "caf", "m4a", "m4b", "mp4", "mov", "3gp", "3g2", "aac",
        "amr", "awb", "webm", "mka", "mkv", "wma",
    ]

    /// Whether a name ends like a recording's.
    package static func isOn(_ name: String) -> Bool {
        all.contains(PathText.ending(of: name))
    }
}

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
