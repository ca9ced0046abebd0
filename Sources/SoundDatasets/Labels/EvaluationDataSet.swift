/// What a model is evaluated on.
package enum EvaluationDataSet: Equatable, Sendable {
    /// Recordings of one class each: one answer is right.
    case clips([EvaluationClip])
    /// Recordings in which somebody wrote down what is heard when.
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
