import Foundation
import Platform
package import Settings
package import SoundDatasets

/// Some of the recordings of a recipe.
package struct RecordingSource: Equatable, Sendable {
    /// A folder or a CSV file, from the recipe's data folder.
    package var path = ""
    /// What all recordings below the folder are, several joined by `;`; empty where folders or the
    /// CSV file say.
    package var label = ""
    /// The kind of material, of which batches hold a set share.
    package var kind = ""
    /// The folders and files to include; all if empty.
    package var only: [String] = []
    /// The folders and files to exclude.
    package var except: [String] = []
    /// What is computed instead of read.
    package var synthetic: SyntheticSound.Kind?
    /// How many synthetic sounds there are.
    package var count = 200

    /// Creates a source of nothing.
    package init() {}

    /// The label of sounds that have none.
    package static let noLabel = "none"

    /// The classes that all recordings are of; nil where folders or the CSV file say.
    var labels: [String]? {
        guard !label.isEmpty else { return synthetic == nil ? nil : [] }
        return label == Self.noLabel
            ? [] : label.split(separator: ";").map { $0.filter { $0 != " " } }
    }

    /// Whether a path below the source's folder is included.
    func includes(_ path: String) -> Bool {
        let parts = path.split(separator: "/").map(String.init)
        func matches(_ name: String) -> Bool { name == path || parts.contains(name) }
        return (only.isEmpty || only.contains(where: matches)) && !except.contains(where: matches)
    }

    /// The keys of an element of `recordings`.
    package static let table = SettingsTable<RecordingSource>([
        .value(
            "path",
            \.path,
            .text("a path"),
            "A folder or a CSV file, relative to the data folder."
        ),
        .value(
            "label",
            \.label,
            .text("a class, several joined by ';', or none"),
            "The class of all recordings in it; default: as folders or the CSV file say."
        ),
        .value(
            "kind",
            \.kind,
            .name,
            "The kind of material, which gets a fixed share of every batch."
        ),
        .value("only", \.only, .paths, "Folders and files to include."),
        .value("except", \.except, .paths, "Folders and files to exclude."),
        .optional(
            "synthetic",
            \.synthetic,
            .choice,
            unsaid: "",
            "Synthetic sounds to compute instead of reading files."
        ),
        .value("count", \.count, .wholeNumber(in: 1...100_000), "The number of synthetic sounds."),
    ])
}

extension SoundDataset {
    /// Adds the recordings of a source.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - root: What its path is relative to.
    ///   - mayAddClasses: Whether labels that are no class yet become one.
    /// - Throws: The path that holds no recordings, or the label that is no class.
    mutating func add(
        _ source: RecordingSource,
        in root: String,
        mayAddClasses: Bool
    ) throws(DataSetError) {
        if let kind = source.synthetic {
            let places = try classPlaces(source.labels ?? [], kind.rawValue, mayAddClasses)
            for number in 0..<source.count {
                let name = "synthetic \(kind.rawValue) \(number)"
                var clip = LabelledClip(path: name, classes: places, group: name)
                clip.synthetic = SyntheticSound(kind, number: number)
                clip.kind = source.kind
                clips.append(clip)
            }
            return
        }
        let path = source.path.hasPrefix("/") ? source.path : "\(root)/\(source.path)"
        guard let facts = FileFacts(path) else {
            throw .unusable(path: path, reason: "no such file or folder")
        }
        let isFolder = facts.kind == .folder
        let found: [(clip: LabelledClip, labels: [String])]
        if let labels = source.labels, isFolder {
            found = try Self.recordings(below: path).map { name in
                let origin = ClipSource(fileName: PathText.lastPart(of: name))
                let clip = LabelledClip(
                    path: "\(path)/\(name)",
                    classes: [],
                    fold: origin.fold,
                    group: origin.group
                )
                return (clip, labels)
            }
        } else {
            let read = try Self.readAnyCount(path: path, isFolder: isFolder)
            found = read.clips.map { clip in
                (clip, source.labels ?? clip.classes.map { read.classNames[$0] })
            }
        }
        let folder = isFolder ? path : PathText.folder(of: path)
        let included = found.filter { found in
            let name = found.clip.path
            return source.includes(
                name.hasPrefix("\(folder)/") ? String(name.dropFirst(folder.count + 1)) : name
            )
        }
        guard !included.isEmpty else {
            throw .unusable(path: path, reason: "none of its recordings are included")
        }
        for (found, labels) in included {
            var clip = found
            clip.classes = try classPlaces(labels, path, mayAddClasses)
            if clip.kind.isEmpty { clip.kind = source.kind }
            clips.append(clip)
        }
    }

    /// Puts the classes in alphabetical order.
    mutating func sortClasses() {
        let sorted = classNames.sorted()
        let places = classNames.map { sorted.firstIndex(of: $0) ?? 0 }
        for index in clips.indices {
            clips[index].classes = clips[index].classes.map { places[$0] }
        }
        unreported = Set(unreported.map { places[$0] })
        classNames = sorted
    }

    private mutating func classPlaces(
        _ labels: [String],
        _ path: String,
        _ mayAddClasses: Bool
    ) throws(DataSetError) -> [Int] {
        var places: [Int] = []
        for label in labels {
            if let place = classNames.firstIndex(of: label) {
                places.append(place)
            } else if mayAddClasses {
                places.append(classNames.count)
                classNames.append(label)
            } else {
                throw .unusable(
                    path: path,
                    reason: "label '\(label)' is not one of the recipe's classes"
                )
            }
        }
        return places
    }
}
