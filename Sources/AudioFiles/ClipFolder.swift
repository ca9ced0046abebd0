package import Foundation
@unsafe @preconcurrency import Glibc
package import Platform

/// The folder of clips: whole files under their names, temporary files beside them while they are
/// written, and a folder for each day.
///
/// Nothing here follows a link, and nothing outside of the folder is touched.
package struct ClipFolder: Sendable {
    /// Where the folder is.
    package let path: String

    /// Names the folder, which is made with the first clip.
    package init(path: String) {
        self.path = path
    }

    /// Where a clip is or would be.
    package func location(of name: ClipName) -> String { "\(path)/\(name.path)" }

    /// Whether there is a file of the name.
    package func contains(_ name: ClipName) -> Bool {
        byteCount(of: name) != nil
    }

    /// The length of a clip's file, in bytes; nil if there is none.
    package func byteCount(of name: ClipName) -> Int64? {
        fileStatus(location(of: name)).map { Int64($0.st_size) }
    }

    /// Writes a clip, which has its name only when all of it is on the disk.
    ///
    /// - Parameters:
    ///   - name: The name; a file of that name is replaced.
    ///   - format: The file format.
    ///   - sampleRateHz: The rate in Hz.
    ///   - tags: What the file says about itself.
    ///   - body: Writes the samples, mono.
    /// - Returns: The length of the file, in bytes.
    /// - Throws: Why it can't be written; nothing is left of it then.
    package func write(
        _ name: ClipName,
        format: RecordingFormat,
        sampleRateHz: Int,
        tags: RecordingTags,
        _ body: (RecordingWriter) throws(RecordingError) -> Void
    ) throws(RecordingError) -> Int64 {
        try makeFolder(for: name)
        let writer = try RecordingWriter(
            path: location(of: name),
            format: format,
            sampleRateHz: sampleRateHz,
            tags: tags
        )
        try body(writer)
        try writer.finish()
        return byteCount(of: name) ?? 0
    }

    /// Removes a clip, and the folders that are empty without it.
    ///
    /// - Returns: Whether it is gone now.
    @discardableResult
    package func remove(_ name: ClipName) -> Bool {
        let result = unsafe unlink(location(of: name))
        guard result == 0 || errno == ENOENT || errno == ENOTDIR else { return false }
        removeEmptyFolders(from: name.path)
        return true
    }

    /// What room the disk has for this program; nil if that is not known.
    package var room: FreeRoom? { FreeRoom.read(path) }

    /// The clips that are there, in the order of their names.
    package func clips() -> [FoundClip] {
        regularFiles().compactMap { file, status in
            ClipName(file).map { name in
                FoundClip(
                    name: name,
                    byteCount: Int64(status.st_size),
                    written: Date(
                        timeIntervalSince1970: TimeInterval(status.st_mtim.tv_sec)
                            + TimeInterval(status.st_mtim.tv_nsec) * 1e-9
                    )
                )
            }
        }
    }

    /// Removes what an interrupted run left half written.
    ///
    /// - Returns: How many files there were.
    package func removeTemporaryFiles() -> Int {
        regularFiles().count { file, _ in
            let name = (file as NSString).lastPathComponent
            guard name.hasPrefix("."), name.contains(".partial-") else { return false }
            return unsafe unlink("\(path)/\(file)") == 0
        }
    }

    // MARK: - Files

    /// The regular files down to a day's folder, by their paths relative to the folder.
    private func regularFiles() -> [(path: String, status: stat)] {
        var found: [(String, stat)] = []
        var folders = [""]
        while let folder = folders.popLast() {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path + folder)) ?? []
            for name in names {
                let place = "\(folder)/\(name)"
                var status = stat()
                guard unsafe lstat(path + place, &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFREG: found.append((String(place.dropFirst()), status))
                case S_IFDIR where place.count { $0 == "/" } < 4: folders.append(place)
                default: break
                }
            }
        }
        return found.sorted { $0.0 < $1.0 }
    }

    private func fileStatus(_ path: String) -> stat? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        return status
    }

    /// Makes the folder of a clip's day durably, where it is missing.
    private func makeFolder(for name: ClipName) throws(RecordingError) {
        var folder = path
        for part in ["" as Substring] + name.path.split(separator: "/").dropLast() {
            if !part.isEmpty { folder += "/\(part)" }
            if unsafe mkdir(folder, 0o750) == 0 {
                OutputFile.syncFolder(of: folder)
                continue
            }
            let code = errno
            guard code != EEXIST else { continue }
            guard code != EACCES, code != EPERM else { throw .notPermitted(path: folder) }
            throw .cannotCreate(path: folder, reason: RecordingFile.reason(code))
        }
    }

    private func removeEmptyFolders(from file: String) {
        var folder = file
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            // Refused unless it is empty, which is what is wanted.
            guard unsafe rmdir("\(path)/\(folder)") == 0 else { return }
        }
    }
}

/// The name of a clip below the folder of clips: its event's day in UTC and number, such as
/// `2026/11/20/812.flac`.
package struct ClipName: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// The number of the event.
    package let eventID: Int64
    /// The path, relative to the folder of clips.
    package let path: String

    package var description: String { path }

    private static let extensions: Set<String> = ["flac", "wav"]

    /// Names the clip of an event.
    ///
    /// - Parameters:
    ///   - id: The number of the event, above 0.
    ///   - start: The onset of the event.
    ///   - fileExtension: `flac` or `wav`.
    package init(ofEvent id: Int64, start: Date, fileExtension: String) {
        precondition(id > 0, "events are numbered from 1")
        precondition(Self.extensions.contains(fileExtension), "a clip is FLAC or WAV")
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let day = calendar.dateComponents([.year, .month, .day], from: start)
        let folder = String(
            format: "%04d/%02d/%02d",
            day.year ?? 1970,
            day.month ?? 1,
            day.day ?? 1
        )
        eventID = id
        path = "\(folder)/\(id).\(fileExtension)"
    }

    /// Reads a path; nil if it can't be one that this program has given.
    package init?(_ path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, let file = parts.last else { return nil }
        let digits = [4, 2, 2]
        for (part, count) in zip(parts, digits) {
            guard part.count == count, part.allSatisfy(\.isASCIIDigit) else { return nil }
        }
        let name = file.split(separator: ".", omittingEmptySubsequences: false)
        guard name.count == 2, name[0].allSatisfy(\.isASCIIDigit), name[0].first != "0",
            let id = Int64(name[0]), Self.extensions.contains(String(name[1]))
        else { return nil }
        eventID = id
        self.path = path
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}

/// A clip's file, as it was found on the disk.
package struct FoundClip: Equatable, Sendable {
    /// Its name, which says whose sound it is.
    package let name: ClipName
    /// The length of the file, in bytes.
    package let byteCount: Int64
    /// When it was written.
    package let written: Date
}
