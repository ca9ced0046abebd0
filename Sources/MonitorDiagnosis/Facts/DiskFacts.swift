@preconcurrency import Glibc

/// How much room a file system has.
package struct DiskFacts: Equatable, Sendable {
    /// The path by which it was asked.
    package var path: String
    /// The space that is left for users, in bytes.
    package var freeBytes: Int64
    /// Its size, in bytes.
    package var totalBytes: Int64
    /// The number of files that can still be made; nil where there is no limit.
    package var freeFiles: Int64?

    /// Creates the facts.
    package init(path: String, freeBytes: Int64, totalBytes: Int64, freeFiles: Int64? = nil) {
        self.path = path
        self.freeBytes = freeBytes
        self.totalBytes = totalBytes
        self.freeFiles = freeFiles
    }

    /// Asks the file system of a path, or of the nearest folder above it that is there.
    package static func read(_ path: String) -> DiskFacts? {
        var place = path
        var facts = statvfs()
        while statvfs(place, &facts) != 0 {
            guard errno == ENOENT, let slash = place.lastIndex(of: "/"), place != "/" else {
                return nil
            }
            place = slash == place.startIndex ? "/" : String(place[..<slash])
        }
        let unit = Int64(facts.f_frsize)
        return DiskFacts(
            path: place,
            freeBytes: Int64(facts.f_bavail) * unit,
            totalBytes: Int64(facts.f_blocks) * unit,
            freeFiles: facts.f_files == 0 ? nil : Int64(facts.f_favail)
        )
    }
}
