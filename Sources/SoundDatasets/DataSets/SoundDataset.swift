import Platform

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

    /// Reads a folder with a folder per class, a folder of recordings with labels beside them (those
    /// of ``DataSetReader``), or a CSV file.
    ///
    /// - Throws: Why it is not such a data set, with the line of a CSV.
    package static func read(path: String) throws(DataSetError) -> SoundDataset {
        guard let facts = FileFacts(path) else {
            throw .unusable(path: path, reason: "no such file or folder")
        }
        let dataset = try readAnyCount(path: path, isFolder: facts.kind == .folder)
        guard !dataset.classNames.isEmpty else {
            throw .unusable(path: path, reason: "it has no class with recordings")
        }
        return dataset
    }

    /// Reads a folder or a CSV file that may hold negatives alone.
    package static func readAnyCount(
        path: String,
        isFolder: Bool
    ) throws(DataSetError) -> SoundDataset {
        isFolder ? try readFolder(path) : try ClipTable.read(path: path)
    }

    private static func readFolder(_ path: String) throws(DataSetError) -> SoundDataset {
        var dataset = SoundDataset(classNames: [], clips: [])
        let folder = try RecordingFolder(path)
        guard folder.recordings.isEmpty else { return try readLabels(of: folder) }
        for name in folder.folders {
            let place = "\(folder.path)/\(name)"
            let recordings = try RecordingFolder(place).recordings
            guard !recordings.isEmpty else { continue }
            for recording in recordings {
                let source = ClipSource(fileName: recording)
                dataset.clips.append(
                    LabelledClip(
                        path: "\(place)/\(recording)",
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

    /// Recordings with labels beside them: each label is a clip, of the classes of all labels that
    /// cover at least half of it.
    private static func readLabels(
        of folder: RecordingFolder
    ) throws(DataSetError) -> SoundDataset {
        let recordings: [AnnotatedRecording]
        do {
            guard case .recordings(let found) = try DataSetReader.read(path: folder.path) else {
                throw DataSetError.nothingFound(path: folder.path)
            }
            recordings = found
        } catch let error as DataSetError {
            throw error
        } catch let error as AnnotationError {
            throw .unreadableLabels(error.description)
        } catch {
            throw .unreadable(path: folder.path, reason: FileFailure.reason(error))
        }
        let names = Set(recordings.flatMap { $0.sounds.map(\.label) }).sorted()
        var dataset = SoundDataset(classNames: names, clips: [])
        for recording in recordings {
            let source = ClipSource(fileName: PathText.lastPart(of: recording.path))
            for sound in recording.sounds where sound.durationSeconds > 0 {
                let heard = recording.sounds.filter {
                    $0 == sound || 2 * $0.overlapSeconds(with: sound) >= sound.durationSeconds
                }
                var clip = LabelledClip(
                    path: recording.path,
                    classes: Set(heard.map(\.label)).sorted().compactMap {
                        names.firstIndex(of: $0)
                    },
                    fold: source.fold,
                    group: source.group
                )
                clip.startSeconds = sound.onsetSeconds
                clip.endSeconds = sound.offsetSeconds
                dataset.clips.append(clip)
            }
        }
        return dataset
    }

    /// Adds all recordings below some folders as negatives: sounds of no class.
    ///
    /// - Throws: The folder that holds none.
    package mutating func addNegatives(from folders: [String]) throws(DataSetError) {
        for folder in folders {
            let found = try Self.recordings(below: folder)
            guard !found.isEmpty else {
                throw .unusable(path: folder, reason: "it has no recordings for negatives")
            }
            clips += found.map { name in
                LabelledClip(path: "\(folder)/\(name)", classes: [], group: "\(folder)/\(name)")
            }
        }
    }

    /// Rejects a data set with one class and no negatives.
    ///
    /// - Parameter path: What the error names.
    /// - Throws: That there is one class and no negative.
    package func requireContrast(path: String) throws(DataSetError) {
        guard classNames.count > 1 || clips.contains(where: isNegative) else {
            throw .unusable(
                path: path,
                reason: "only 1 class has recordings; add a second class, or negatives"
            )
        }
    }

    /// The paths of all recordings below a folder, from it, in order; none if it is not there.
    ///
    /// - Throws: That it, or a part of it, can't be read.
    package static func recordings(below folder: String) throws(DataSetError) -> [String] {
        guard FileFacts(folder) != nil else { return [] }
        return try RecordingSearch.search(folder).map(\.relativePath)
    }
}

/// A recording, or a part of one, with what is heard in it.
package struct LabelledClip: Equatable, Sendable {
    /// The recording's path; what a synthetic sound is called.
    package var path: String
    /// The classes that are heard, as places among the data set's classes; none for a sound of no
    /// class.
    package var classes: [Int]
    /// The names of other classes that may be heard too; it tells nothing of them.
    package var maybe: Set<String> = []
    /// The fold that a published split puts it in, if there is one.
    package var fold: Int?
    /// What it shares with other clips of the same source; they stay on one side of a split.
    package var group: String
    /// The kind of material, such as speech, of which batches hold set shares; empty if not said.
    package var kind = ""
    /// Under which licence it is, as far as its table says; empty if not said.
    package var licence = ""
    /// The sound to be computed instead of read.
    package var synthetic: SyntheticSound?
    /// The beginning of the part that is used, in seconds.
    package var startSeconds: Double = 0
    /// Its end, in seconds; nil for the recording's end.
    package var endSeconds: Double?

    /// Creates a clip of a whole recording.
    package init(path: String, classes: [Int], fold: Int? = nil, group: String) {
        self.path = path
        self.classes = classes
        self.fold = fold
        self.group = group
    }
}
