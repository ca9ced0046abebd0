import Foundation
package import Platform

/// A data set as a CSV file.
///
/// Its header names `path`, `label` (several joined by `;`), and if wanted `start`, `end` (seconds),
/// `fold`, `group`, `kind`, `licence` and `maybe` (classes that may be heard too, joined by `;`). A row
/// without a label is a negative.
package enum ClipTable {
    static func read(path: String) throws(DataSetError) -> SoundDataset {
        let text = try TableText.read(path)
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        let header = fields(of: String(lines.first ?? ""))
        guard let pathColumn = header.firstIndex(of: "path"),
            let labelColumn = header.firstIndex(of: "label")
        else {
            throw .invalidRow(
                path: path,
                line: 1,
                reason: "the header is '\(lines.first ?? "")', but 'path' and 'label' are needed"
            )
        }
        let folder = PathText.folder(of: path)
        var rows: [(clip: LabelledClip, labels: [String])] = []
        for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
            let row = fields(of: String(line))
            func refusal(_ reason: String) -> DataSetError {
                .invalidRow(path: path, line: index + 1, reason: reason)
            }
            guard row.count == header.count else {
                throw refusal("\(row.count) fields, but the header has \(header.count)")
            }
            func text(_ name: String) -> String? {
                header.firstIndex(of: name).map { row[$0] }.flatMap { $0.isEmpty ? nil : $0 }
            }
            func number(_ name: String) throws(DataSetError) -> Double? {
                guard let text = text(name) else { return nil }
                guard let value = Double(text), value >= 0, value.isFinite else {
                    throw refusal("\(name) is '\(text)'; expected seconds")
                }
                return value
            }
            let given = row[pathColumn]
            func names(_ field: String) -> [String] {
                field.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            }
            let labels = names(row[labelColumn])
            guard !given.isEmpty else { throw refusal("no path") }
            let source = ClipSource(fileName: PathText.lastPart(of: given))
            var clip = LabelledClip(
                path: given.hasPrefix("/") ? given : "\(folder)/\(given)",
                classes: [],
                fold: source.fold,
                group: text("group") ?? source.group
            )
            if let fold = text("fold") {
                guard let value = Int(fold) else { throw refusal("fold is '\(fold)'") }
                clip.fold = value
            }
            clip.kind = text("kind") ?? ""
            clip.licence = text("licence") ?? ""
            clip.maybe = Set(names(text("maybe") ?? ""))
            clip.startSeconds = try number("start") ?? 0
            clip.endSeconds = try number("end")
            if let end = clip.endSeconds, end <= clip.startSeconds {
                throw refusal(
                    "its end (\(end) s) is before its start (\(clip.startSeconds) s)"
                )
            }
            rows.append((clip, labels))
        }
        let names = Set(rows.flatMap(\.labels)).sorted()
        let places = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        let clips = rows.map { row in
            var clip = row.clip
            clip.classes = row.labels.compactMap { places[$0] }
            return clip
        }
        return SoundDataset(classNames: names, clips: clips)
    }

    /// Writes clips as such a file, with the absolute paths of their recordings.
    ///
    /// - Throws: Why the file can't be written.
    package static func write(
        _ clips: [LabelledClip],
        of dataset: SoundDataset,
        path: String
    ) throws(FileWriteError) {
        var text = "path,label,start,end,fold,group,kind,maybe\n"
        for clip in clips where clip.synthetic == nil {
            let labels = clip.classes.map { dataset.classNames[$0] }.joined(separator: ";")
            text += CSVLine.text([
                URL(fileURLWithPath: clip.path).path, labels,
                clip.startSeconds > 0 ? "\(clip.startSeconds)" : "",
                clip.endSeconds.map { "\($0)" } ?? "", clip.fold.map { "\($0)" } ?? "",
                clip.group, dataset.kind(of: clip), clip.maybe.sorted().joined(separator: ";"),
            ])
        }
        try OutputFile.write(text, to: path)
    }

    /// The fields of a line; quotes keep commas, doubled quotes are quotes (RFC 4180).
    package static func fields(of line: String) -> [String] {
        var fields = [""]
        var isQuoted = false
        var rest = line[...]
        while let character = rest.popFirst() {
            if character == "\"" {
                if isQuoted, rest.first == "\"" {
                    fields[fields.count - 1].append("\"")
                    rest.removeFirst()
                } else {
                    isQuoted.toggle()
                }
            } else if character == ",", !isQuoted {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
        }
        return fields.map { $0.trimmingCharacters(in: .whitespaces) }
    }
}

/// The text of a table.
enum TableText {
    /// Reads a file; bytes that are not UTF-8 are represented as in a path.
    ///
    /// - Throws: That it can't be read.
    static func read(_ path: String) throws(DataSetError) -> String {
        do {
            let text = PathText.text(of: try FileContents.read(path))
            return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        } catch {
            throw .unusable(path: path, reason: FileFailure.reason(code: error.code))
        }
    }
}
