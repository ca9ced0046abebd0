import Platform

/// Reads data sets in the layouts that are in use.
///
/// - A folder with a folder for each class, in it recordings. Names like `1-30226-A.ogg`
///   (fold, source, take; ESC-50's) tell folds.
/// - A folder of recordings with labels of the same name beside them: Audacity's `x.txt`,
///   Raven's `x.Table.1.selections.txt` or `x.selections.txt`, DCASE's `x.tsv` or `x.ann`.
/// - A DCASE table (`filename`, `onset`, `offset`, `event_label`) or a Raven table with the
///   recordings' names, the recordings beside it or in `audio` beside it; or a folder that holds
///   one such table.
/// - The labels of a single recording.
/// - A CSV file with the columns `path` and `label`, as training reads it; whole recordings count.
package enum DataSetReader {
    private static let labelEndings = [
        "txt", "tsv", "ann", "Table.1.selections.txt", "selections.txt",
    ]

    /// Reads the data set at a path.
    ///
    /// - Throws: ``DataSetError``, or `AnnotationError` with file and line.
    package static func read(path: String) throws -> EvaluationDataSet {
        guard let facts = FileFacts(path) else { throw DataSetError.missing(path: path) }
        if facts.kind != .folder, path.hasSuffix(".csv") {
            return .clips(try clips(ofTable: path))
        }
        guard facts.kind == .folder else {
            return .recordings(try recordings(ofTable: path))
        }
        let folder = try RecordingFolder(path)
        if !folder.recordings.isEmpty {
            if !folder.recordings.contains(where: { labels(of: $0, in: folder) != nil }),
                let table = onlyTable(in: folder)
            {
                return .recordings(try recordings(ofTable: table))
            }
            return .recordings(try labelledRecordings(in: folder))
        }
        let clips = try clips(in: folder)
        if clips.allSatisfy({ $0.label == "audio" }), let table = onlyTable(in: folder) {
            return .recordings(try recordings(ofTable: table))
        }
        guard !clips.isEmpty else { throw DataSetError.nothingFound(path: path) }
        return .clips(clips)
    }

    /// The clips of a CSV file; of several labels the first counts, and none is unknown.
    private static func clips(ofTable path: String) throws -> [EvaluationClip] {
        let dataset = try ClipTable.read(path: path)
        return dataset.clips.map { clip in
            EvaluationClip(
                path: clip.path,
                label: clip.classes.first.map { dataset.classNames[$0] } ?? "unknown",
                fold: clip.fold
            )
        }
    }

    private static func clips(in folder: RecordingFolder) throws -> [EvaluationClip] {
        try folder.folders.flatMap { label in
            let path = "\(folder.path)/\(label)"
            return try RecordingFolder(path).recordings.map { name in
                EvaluationClip(
                    path: "\(path)/\(name)",
                    label: label,
                    fold: ClipSource(fileName: name).fold
                )
            }
        }
    }

    private static func labelledRecordings(
        in folder: RecordingFolder
    ) throws -> [AnnotatedRecording] {
        try folder.recordings.map { name in
            let path = "\(folder.path)/\(name)"
            guard let labels = labels(of: name, in: folder) else {
                throw DataSetError.withoutLabels(
                    recording: path,
                    expected: "\(folder.path)/\(PathText.stem(of: name)).txt"
                )
            }
            return AnnotatedRecording(
                path: path,
                sounds: try AnnotationReader.read(path: labels).map(LabelledSound.init)
            )
        }
    }

    private static func labels(of recording: String, in folder: RecordingFolder) -> String? {
        let stem = PathText.stem(of: recording)
        return labelEndings.map { "\(stem).\($0)" }
            .first { folder.otherFiles.contains($0) }.map { "\(folder.path)/\($0)" }
    }

    private static func onlyTable(in folder: RecordingFolder) -> String? {
        let tables = folder.otherFiles.filter { $0.hasSuffix(".tsv") }
        return tables.count == 1 ? "\(folder.path)/\(tables[0])" : nil
    }

    /// The recordings that a table or a file of labels is about.
    private static func recordings(ofTable path: String) throws -> [AnnotatedRecording] {
        let annotations = try AnnotationReader.read(path: path)
        let folder = PathText.folder(of: path)
        guard annotations.contains(where: { $0.file != nil }) else {
            return [
                AnnotatedRecording(
                    path: try recording(beside: path),
                    sounds: annotations.map(LabelledSound.init)
                )
            ]
        }
        let text = try TableText.read(path)
        var sounds = Dictionary(grouping: annotations) { annotation in
            Mention(name: annotation.file ?? "", path: annotation.path)
        }
        for name in namesAlone(in: text) where !sounds.keys.contains(where: { $0.name == name }) {
            sounds[Mention(name: name, path: nil)] = []
        }
        guard !sounds.keys.contains(where: \.name.isEmpty) else {
            throw DataSetError.unnamedRecordings(path: path)
        }
        var found: [String: (mention: Mention, sounds: [LabelledSound])] = [:]
        for mention in sounds.keys.sorted() {
            guard let place = mention.places(in: folder).first(where: { FileFacts($0) != nil })
            else {
                throw DataSetError.missingRecording(
                    table: path,
                    line: line(of: mention.name, in: text),
                    file: mention.name
                )
            }
            let added = (sounds[mention] ?? []).map(LabelledSound.init)
            if let other = found[place]?.mention, other.path != nil, mention.path != nil {
                throw DataSetError.invalidRow(
                    path: path,
                    line: line(of: mention.path ?? "", in: text),
                    reason: "'\(other.path ?? "")' and '\(mention.path ?? "")' do not exist, and "
                        + "only one '\(mention.name)' is next to the table"
                )
            }
            found[place] = (mention, (found[place]?.sounds ?? []) + added)
        }
        return found.keys.sorted().map { place in
            AnnotatedRecording(path: place, sounds: found[place]?.sounds ?? [])
        }
    }

    /// How a table refers to a recording.
    private struct Mention: Hashable, Comparable {
        let name: String
        /// Where it was when the table was written; nil if the table does not say.
        let path: String?

        /// Where it may be now, the likeliest place first.
        func places(in folder: String) -> [String] {
            let written = path.map { $0.hasPrefix("/") ? $0 : "\(folder)/\($0)" }
            return [written].compactMap { $0 } + ["\(folder)/\(name)", "\(folder)/audio/\(name)"]
        }

        static func < (one: Mention, other: Mention) -> Bool {
            (one.name, one.path ?? "") < (other.name, other.path ?? "")
        }
    }

    /// A file without sounds stands alone on its line.
    private static func namesAlone(in text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            let fields = line.split(separator: "\t")
            return fields.count == 1 && RecordingEnding.isOn(String(fields[0]))
                ? String(fields[0]) : nil
        }
    }

    private static func line(of name: String, in text: String) -> Int {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return (lines.firstIndex { $0.split(separator: "\t").contains { $0 == name } } ?? 0) + 1
    }

    private static func recording(beside labels: String) throws -> String {
        let folder = try RecordingFolder(PathText.folder(of: labels))
        let name = PathText.lastPart(of: labels)
        let recording = folder.recordings.first { recording in
            labelEndings.contains { "\(PathText.stem(of: recording)).\($0)" == name }
        }
        guard let recording else {
            throw DataSetError.labelsWithoutRecording(path: labels)
        }
        return "\(folder.path)/\(recording)"
    }
}

extension LabelledSound {
    /// The sound that an annotation is about.
    init(_ annotation: Annotation) {
        self.init(
            onsetSeconds: annotation.startSeconds,
            offsetSeconds: annotation.endSeconds,
            label: annotation.label
        )
    }
}

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
