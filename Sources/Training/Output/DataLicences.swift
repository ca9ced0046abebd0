import Foundation
import SoundDatasets

/// The recordings' licences, from the data sets: the table that lists them, a `manifest.csv` above
/// them with the columns `path` and `licence`, or a file that gives credit.
struct DataLicences {
    /// A collection of recordings.
    struct Collection: Equatable {
        /// The collection's name: its folder's.
        let name: String
        /// How many recordings of it are used.
        var recordingCount = 0
        /// The licences, with how many recordings are under each.
        var licences: [String: Int] = [:]
    }

    /// The collections, by name.
    let collections: [Collection]

    init(of clips: [LabelledClip]) {
        var manifests: [String: [String: String]?] = [:]
        var found: [String: Collection] = [:]
        var credits: [String: String] = [:]
        var said: [String: String] = [:]
        for clip in clips where clip.synthetic == nil { said[clip.path] = clip.licence }
        for (path, own) in said.sorted(by: { $0.key < $1.key }) {
            let url = URL(fileURLWithPath: path).standardizedFileURL
            let (collection, licence) = Self.entry(for: url, &manifests, &credits)
            found[collection, default: Collection(name: collection)].recordingCount += 1
            found[collection]?.licences[own.isEmpty ? licence : own, default: 0] += 1
        }
        let synthetic = clips.count { $0.synthetic != nil }
        if synthetic > 0 {
            found["computed sounds"] = Collection(
                name: "computed sounds",
                recordingCount: synthetic,
                licences: ["none needed": synthetic]
            )
        }
        collections = found.values.sorted { $0.name < $1.name }
    }

    private static func entry(
        for url: URL,
        _ manifests: inout [String: [String: String]?],
        _ credits: inout [String: String]
    ) -> (collection: String, licence: String) {
        var folder = url.deletingLastPathComponent()
        let nearest = folder
        var credit: (folder: URL, file: String)?
        for _ in 0..<5 where folder.path != "/" {
            let table = manifests[folder.path] ?? manifest(in: folder)
            manifests[folder.path] = .some(table)
            if let table {
                let path = String(url.path.dropFirst(folder.path.count + 1))
                let top = path.split(separator: "/").first.map(String.init) ?? path
                let otherwise = credit.map { "see its \($0.file)" } ?? "not in manifest.csv"
                return (top, table[path] ?? otherwise)
            }
            if credit == nil {
                let file = credits[folder.path] ?? creditFile(in: folder)
                credits[folder.path] = file
                if !file.isEmpty { credit = (folder, file) }
            }
            folder = folder.deletingLastPathComponent()
        }
        guard let credit else { return (nearest.lastPathComponent, "not stated") }
        return (credit.folder.lastPathComponent, "see its \(credit.file)")
    }

    private static func creditFile(in folder: URL) -> String {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().first { name in
            ["ATTRIBUTION", "LICENSE", "LICENCE", "COPYING"].contains {
                name.uppercased().hasPrefix($0)
            }
        } ?? ""
    }

    /// The licence of each path in a folder's manifest; nil without one.
    private static func manifest(in folder: URL) -> [String: String]? {
        let file = folder.appendingPathComponent("manifest.csv")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
        let lines = text.split(whereSeparator: \.isNewline)
        let header = ClipTable.fields(of: String(lines.first ?? ""))
        guard let path = header.firstIndex(of: "path"),
            let licence = header.firstIndex(where: { ["licence", "license"].contains($0) })
        else { return nil }
        var table: [String: String] = [:]
        for line in lines.dropFirst() {
            let fields = ClipTable.fields(of: String(line))
            guard fields.count == header.count else { continue }
            table[fields[path]] = fields[licence].isEmpty ? "not stated" : fields[licence]
        }
        return table
    }
}
