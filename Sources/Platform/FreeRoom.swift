@preconcurrency import Glibc

/// The free space that a file system has left for this program, in bytes and in files.
///
/// A file system of a fixed number of inodes takes no new file once they are used up, however many
/// bytes are free.
package struct FreeRoom: Equatable, Sendable {
    /// What there is too little of.
    package enum Shortage: Equatable, Sendable {
        /// Too few bytes even for the write-ahead log.
        case noBytes
        /// Too few files even for the log and what is renamed over an old file.
        case noFiles
        /// Few bytes on any disk.
        case fewBytes
        /// Few files on any disk.
        case fewFiles
    }

    /// The path by which it was asked.
    package var path: String
    /// The space that is left for users, in bytes.
    package var freeBytes: Int64
    /// The size of the file system, in bytes.
    package var totalBytes: Int64
    /// The number of files that can still be made; nil where there is no limit.
    package var freeFiles: Int64?
    /// The number of files that it holds at most; nil where there is no limit.
    package var totalFiles: Int64?

    /// Creates the value from its parts.
    package init(
        path: String,
        freeBytes: Int64,
        totalBytes: Int64,
        freeFiles: Int64? = nil,
        totalFiles: Int64? = nil
    ) {
        self.path = path
        self.freeBytes = freeBytes
        self.totalBytes = totalBytes
        self.freeFiles = freeFiles
        self.totalFiles = totalFiles
    }

    /// Asks the file system of a path, or of the nearest folder above it that is there.
    ///
    /// - Returns: Its free space; nil if it cannot be asked.
    package static func read(_ path: String) -> FreeRoom? {
        var place = path
        var facts = statvfs()
        while statvfs(place, &facts) != 0 {
            guard errno == ENOENT || errno == ENOTDIR, let slash = place.lastIndex(of: "/"),
                place != "/"
            else { return nil }
            place = slash == place.startIndex ? "/" : String(place[..<slash])
        }
        func bytes(_ blocks: some BinaryInteger) -> Int64 {
            let product = Int64(clamping: blocks)
                .multipliedReportingOverflow(by: Int64(clamping: facts.f_frsize))
            return product.overflow ? .max : product.partialValue
        }
        // Some file systems make inodes as they need them, and say 0 of 0.
        let countsFiles = facts.f_files > 0
        return FreeRoom(
            path: place,
            freeBytes: bytes(facts.f_bavail),
            totalBytes: bytes(facts.f_blocks),
            freeFiles: countsFiles ? Int64(clamping: facts.f_favail) : nil,
            totalFiles: countsFiles ? Int64(clamping: facts.f_files) : nil
        )
    }

    private static let fullBytes: Int64 = 10_000_000
    private static let lowBytes: Int64 = 1_000_000_000
    private static let fullFiles: Int64 = 4

    /// The number of files that clips leave to the history and to other programs; 0 where there is
    /// no limit.
    package var reservedFiles: Int64 {
        totalFiles.map { min(1_000, max(8, $0 / 100)) } ?? 0
    }

    /// How many files have to go before another one may be written; 0 if none.
    package var missingFiles: Int64 {
        freeFiles.map { max(0, reservedFiles - $0) } ?? 0
    }

    /// What there is too little of, the worst first; nil if there is enough.
    package var shortage: Shortage? {
        if freeBytes < Self.fullBytes { return .noBytes }
        if let freeFiles, freeFiles < Self.fullFiles { return .noFiles }
        if freeBytes < min(Self.lowBytes, totalBytes / 10) { return .fewBytes }
        if let freeFiles, let totalFiles, freeFiles < min(2_000, totalFiles / 10) {
            return .fewFiles
        }
        return nil
    }

    /// The free space in words, such as `3 of 4000 MB and 12 of 65536 files at /var`.
    package var description: String {
        let bytes = "\(freeBytes / 1_000_000) of \(totalBytes / 1_000_000) MB"
        guard let freeFiles, let totalFiles, shortage == .noFiles || shortage == .fewFiles else {
            return "\(bytes) at \(path)"
        }
        return "\(bytes) and \(freeFiles) of \(totalFiles) files at \(path)"
    }
}
