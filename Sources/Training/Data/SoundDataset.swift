import Foundation

/// Recordings with their classes.
package struct SoundDataset: Equatable, Sendable {
    /// The names of the classes, in the order of a network's scores.
    package var classNames: [String]
    /// The clips, in an order that does not depend on the file system.
    package var clips: [LabelledClip]
    /// The places of the classes that only collect other sounds.
    package var unreported: Set<Int> = []

    /// Creates a data set.
    package init(classNames: [String], clips: [LabelledClip]) {
        self.classNames = classNames
        self.clips = clips
    }

    /// Whether nothing that is reported is heard in a clip.
    package func isNegative(_ clip: LabelledClip) -> Bool {
        clip.classes.allSatisfy { unreported.contains($0) }
    }

    /// The kind of a clip; those that say none are `sounds` or `negatives`.
    package func kind(of clip: LabelledClip) -> String {
        guard clip.kind.isEmpty else { return clip.kind }
        return isNegative(clip) ? "negatives" : "sounds"
    }

    /// The extensions of files that are taken for recordings.
    package static let recordingExtensions: Set<String> = [
        "wav", "flac", "ogg", "opus", "mp3", "aif", "aiff", "caf", "w64",
    ]

    /// Reads a folder with a folder a class, or a CSV file.
    ///
    /// - Throws: Why it is not such a data set, with the line of a CSV.
    package static func read(path: String) throws(TrainingError) -> SoundDataset {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .unusableDataset(path: path, reason: "no such file or folder")
        }
        let dataset = try readAnyCount(path: path, isFolder: isFolder.boolValue)
        guard !dataset.classNames.isEmpty else {
            throw .unusableDataset(path: path, reason: "no class with recordings is in it")
        }
        return dataset
    }

    /// Reads a folder or a CSV file that may hold negatives alone.
    static func readAnyCount(
        path: String,
        isFolder: Bool
    ) throws(TrainingError) -> SoundDataset {
        isFolder ? try readFolder(path) : try ClipTable.read(path: path)
    }

    private static func readFolder(_ path: String) throws(TrainingError) -> SoundDataset {
        var dataset = SoundDataset(classNames: [], clips: [])
        for name in try names(in: path) {
            let folder = "\(path)/\(name)"
            var isFolder: ObjCBool = false
            guard !name.hasPrefix("."),
                FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
                isFolder.boolValue
            else { continue }
            let recordings = try names(in: folder).filter { isRecording($0) }
            guard !recordings.isEmpty else { continue }
            for recording in recordings {
                let source = ClipSource(fileName: recording)
                dataset.clips.append(
                    LabelledClip(
                        path: "\(folder)/\(recording)",
                        classes: [dataset.classNames.count],
                        fold: source.fold,
                        group: source.group
                    )
                )
            }
            dataset.classNames.append(name)
        }
        return dataset
    }

    /// Adds all recordings below some folders as negatives: sounds of no class.
    ///
    /// - Throws: The folder that holds none.
    package mutating func addNegatives(from folders: [String]) throws(TrainingError) {
        for folder in folders {
            let found = Self.recordings(below: folder)
            guard !found.isEmpty else {
                throw .unusableDataset(path: folder, reason: "no recordings for negatives in it")
            }
            clips += found.map { name in
                LabelledClip(path: "\(folder)/\(name)", classes: [], group: "\(folder)/\(name)")
            }
        }
    }

    /// Refuses a data set whose only class has nothing to be told from.
    ///
    /// - Parameter path: What the error names.
    /// - Throws: That there is one class and no negative.
    package func requireContrast(path: String) throws(TrainingError) {
        guard classNames.count > 1 || clips.contains(where: isNegative) else {
            throw .unusableDataset(
                path: path,
                reason: "1 class with recordings; add a second one, or negatives to tell it from"
            )
        }
    }

    /// The paths of all recordings below a folder, from it, in order.
    static func recordings(below folder: String) -> [String] {
        (FileManager.default.subpaths(atPath: folder) ?? [])
            .filter { isRecording(URL(fileURLWithPath: $0).lastPathComponent) }
            .sorted()
    }

    private static func isRecording(_ name: String) -> Bool {
        guard !name.hasPrefix("."), let dot = name.lastIndex(of: ".") else { return false }
        return recordingExtensions.contains(name[name.index(after: dot)...].lowercased())
    }

    private static func names(in folder: String) throws(TrainingError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw .unusableDataset(path: folder, reason: error.localizedDescription)
        }
    }
}
