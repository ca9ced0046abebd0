/// Writes every hop's scores of each recording into a folder: `NAME.csv` beside one another.
struct ScoreWriter {
    private let files: [String]

    /// Makes the folder and a file name for each recording.
    ///
    /// - Throws: When the folder can't be made.
    init(folder: String, recordings: [String]) throws {
        try OutputFolder.create(folder, for: "the scores")
        files = OutputFolder.stems(of: recordings).map { "\(folder)/\($0).csv" }
    }

    /// Begins the table of a recording.
    func open(index: Int, classNames: [String]) throws -> ScoreTable {
        try ScoreTable(path: files[index], classNames: classNames)
    }
}
