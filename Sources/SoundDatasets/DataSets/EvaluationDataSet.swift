/// What a model is evaluated on.
package enum EvaluationDataSet: Equatable, Sendable {
    /// Recordings of one class each: one answer is right.
    case clips([EvaluationClip])
    /// Recordings with annotated onsets and offsets.
    case recordings([AnnotatedRecording])

    /// All labels that occur, sorted.
    package var labels: [String] {
        switch self {
        case .clips(let clips): Set(clips.map(\.label)).sorted()
        case .recordings(let recordings):
            Set(recordings.flatMap { $0.sounds.map(\.label) }).sorted()
        }
    }

    /// The data set with every label replaced, so that it names classes as a model does.
    package func renaming(_ rename: (String) -> String) -> EvaluationDataSet {
        switch self {
        case .clips(let clips):
            return .clips(
                clips.map { EvaluationClip(path: $0.path, label: rename($0.label), fold: $0.fold) }
            )
        case .recordings(let recordings):
            return .recordings(
                recordings.map { recording in
                    var renamed = recording
                    for index in recording.sounds.indices {
                        renamed.sounds[index].label = rename(recording.sounds[index].label)
                    }
                    return renamed
                }
            )
        }
    }
}

/// A recording of one class.
package struct EvaluationClip: Equatable, Sendable {
    /// The path of the recording.
    package var path: String
    /// The class.
    package var label: String
    /// The part of the data set that it belongs to, if the name says so; parts share no sources.
    package var fold: Int?

    /// Creates the clip from its parts.
    package init(path: String, label: String, fold: Int? = nil) {
        self.path = path
        self.label = label
        self.fold = fold
    }
}

extension [EvaluationClip] {
    /// The clips of one fold, or all.
    ///
    /// - Throws: `noSuchFold` where no clip belongs to it.
    package func ofFold(_ fold: Int?) throws(DataSetError) -> [EvaluationClip] {
        guard let fold else { return self }
        let clips = filter { $0.fold == fold }
        guard !clips.isEmpty else {
            throw .noSuchFold(fold: fold, present: Set(compactMap(\.fold)).sorted())
        }
        return clips
    }
}

/// A recording with annotated sounds.
package struct AnnotatedRecording: Equatable, Sendable {
    /// The path of the recording.
    package var path: String
    /// The sounds; empty if nothing is heard.
    package var sounds: [LabelledSound]

    /// Creates the value from its parts.
    package init(path: String, sounds: [LabelledSound]) {
        self.path = path
        self.sounds = sounds
    }
}

/// A sound of one class with a beginning and an end: annotated or detected.
package struct LabelledSound: Equatable, Hashable, Sendable {
    /// The beginning, in seconds from the start of the recording.
    package var onsetSeconds: Double
    /// The end, in seconds from the start of the recording, not before the beginning.
    package var offsetSeconds: Double
    /// The name of the class.
    package var label: String

    /// Creates the sound from its parts.
    package init(onsetSeconds: Double, offsetSeconds: Double, label: String) {
        self.onsetSeconds = onsetSeconds
        self.offsetSeconds = offsetSeconds
        self.label = label
    }

    /// The length in seconds.
    package var durationSeconds: Double { offsetSeconds - onsetSeconds }

    /// The seconds that this sound and another have in common; 0 where they only touch.
    package func overlapSeconds(with other: LabelledSound) -> Double {
        max(
            0,
            min(offsetSeconds, other.offsetSeconds) - max(onsetSeconds, other.onsetSeconds)
        )
    }
}

extension [LabelledSound] {
    /// The sounds with those of one class that overlap joined into one, in order of time.
    ///
    /// Sounds that only touch stay apart, and what has no length is left out.
    package func joiningOverlaps() -> [LabelledSound] {
        var joined: [LabelledSound] = []
        var lastOfLabel: [String: Int] = [:]
        let inOrder = filter { $0.durationSeconds > 0 }.sorted {
            ($0.onsetSeconds, $0.offsetSeconds, $0.label)
                < ($1.onsetSeconds, $1.offsetSeconds, $1.label)
        }
        for sound in inOrder {
            if let last = lastOfLabel[sound.label],
                joined[last].offsetSeconds > sound.onsetSeconds
            {
                joined[last].offsetSeconds = Swift.max(
                    joined[last].offsetSeconds,
                    sound.offsetSeconds
                )
            } else {
                lastOfLabel[sound.label] = joined.count
                joined.append(sound)
            }
        }
        return joined
    }
}

/// Which of a model's classes a data set's labels mean.
package struct LabelMapping: Sendable {
    /// The class names of the model.
    package let classNames: [String]
    private let given: [String: String]
    private let byWords: [Set<Substring>: String]

    /// Creates the mapping.
    ///
    /// - Parameters:
    ///   - classNames: The class names of the model.
    ///   - given: What is said for single labels; stronger than what they look like.
    package init(classNames: [String], given: [String: String] = [:]) {
        self.classNames = classNames
        self.given = given
        byWords = Dictionary(
            classNames.map { (Self.words(of: $0), $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The class of a label: the one given, or of the same words in whatever order and case.
    ///
    /// A label of no class stands for an unknown sound and is returned as it is.
    package func className(for label: String) -> String {
        given[label] ?? byWords[Self.words(of: label)] ?? label
    }

    private static func words(of name: String) -> Set<Substring> {
        Set(name.lowercased().split { !$0.isLetter && !$0.isNumber })
    }
}
