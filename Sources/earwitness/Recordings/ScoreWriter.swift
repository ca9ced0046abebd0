/// Writes every hop's scores of each recording into a folder: `NAME.csv` beside one another.
struct ScoreWriter {
    private let files: [String: String]

    /// Makes the folder and a file name for each recording.
    ///
    /// - Throws: When the folder can't be made.
    init(folder: String, recordings: [String]) throws {
        try OutputFolder.create(folder, for: "the scores")
        files = OutputFolder.stems(of: recordings).mapValues { "\(folder)/\($0).csv" }
    }

    /// Begins the table of one of the recordings.
    func open(recording: String, classNames: [String]) throws -> ScoreTable? {
        try files[recording].map { try ScoreTable(path: $0, classNames: classNames) }
    }
}
