import ModelLibrary

/// Writes every hop's scores of each recording into a folder: `NAME.csv` beside one another, or,
/// with several models, `NAME.MODEL.csv`, because each has windows of its own.
struct ScoreWriter {
    private let stems: [String: String]
    private let models: [SoundModel]
    private let isDurable: Bool

    /// Makes the folder and a file name for each recording.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - recordings: All recordings, so that two of one name are told apart.
    ///   - models: The models that score.
    ///   - isDurable: Whether a finished table survives a loss of power.
    /// - Throws: When the folder can't be made.
    init(folder: String, recordings: [String], models: [SoundModel], isDurable: Bool) throws {
        try OutputFolder.create(folder, for: "the scores")
        stems = OutputFolder.stems(of: recordings).mapValues { "\(folder)/\($0)" }
        self.models = models
        self.isDurable = isDurable
    }

    /// Begins the tables of one of the recordings, one a model.
    func open(recording: String) throws -> [ScoreTable] {
        guard let stem = stems[recording] else { return [] }
        return try models.map { model in
            let part = models.count == 1 ? "" : ".\(OutputFolder.fileName(for: model.name))"
            return try ScoreTable(
                path: "\(stem)\(part).csv",
                classNames: model.classes.map(\.name),
                isDurable: isDurable
            )
        }
    }
}
