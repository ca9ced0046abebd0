import Foundation

/// Puts the first page of a whole database before the other pages of a damaged one.
///
/// The page holds the file's header and the list of tables with their first pages.
/// https://www.sqlite.org/fileformat2.html#the_database_header
struct HeaderGraft {
    /// A whole database with the same tables.
    let donor: String
    /// The damaged one.
    let damaged: String

    private static let smallestDatabase = 1_024

    /// Writes the joined file; false if the damaged one is too short to hold any row.
    func write(to path: String) throws -> Bool {
        let files = FileManager.default
        guard var page = files.contents(atPath: donor), page.count > Self.smallestDatabase else {
            return false
        }
        let pageSize = Int(page[16]) << 8 | Int(page[17])
        page = page.prefix(pageSize)
        // Of two change counters that differ, SQLite concludes that the page count is not to be
        // believed, and takes the file's length.
        page[27] = 1
        page[95] = 0
        // The file may have been written with a log; its format is the same.
        page[18] = 1
        page[19] = 1
        let size = (try files.attributesOfItem(atPath: damaged)[.size] as? NSNumber)?.intValue ?? 0
        guard size > pageSize else { return false }
        try files.copyItem(atPath: damaged, toPath: path)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.write(contentsOf: page)
        try file.close()
        return true
    }
}
