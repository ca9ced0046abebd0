import ModelLibrary
import Platform

/// Writes every hop's scores of each recording into a folder: `NAME.csv` beside one another, or,
/// with several models, `NAME.MODEL.csv`, because each has windows of its own.
struct ScoreWriter {
    private let folder: String
    private let names: OutputNames
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
    init(
        folder: String,
        recordings: [FileSearch.Found],
        models: [SoundModel],
        isDurable: Bool
    ) throws {
        try OutputFolder.create(folder, for: "the scores")
        self.folder = folder
        self.models = models
        self.isDurable = isDurable
        names = OutputNames(
            of: recordings,
            longestSuffix: models.map { Self.suffix(of: $0, among: models) }
                .max { $0.utf8.count < $1.utf8.count } ?? ""
        )
    }

    /// Begins the tables of one of the recordings, one a model.
    func open(recording: String) throws -> [ScoreTable] {
        guard let name = names[recording] else { return [] }
        return try models.map { model in
            try ScoreTable(
                path: PathText.join(folder, name + Self.suffix(of: model, among: models)),
                classNames: model.classes.map(\.name),
                isDurable: isDurable
            )
        }
    }

    private static func suffix(of model: SoundModel, among models: [SoundModel]) -> String {
        models.count == 1 ? ".csv" : ".\(OutputFolder.fileName(for: model.name)).csv"
    }
}
