import Foundation

/// Writes every hop's scores of each recording into a folder: `NAME.csv` beside one another.
struct ScoreWriter {
    private let files: [String]

    /// Makes the folder and a file name for each recording.
    ///
    /// Recordings of the same name get the number of their place in the list behind it.
    /// - Throws: When the folder can't be made.
    init(folder: String, recordings: RecordingList) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
        } catch {
            throw CommandFailure(
                .cannotCreate,
                "Cannot create the folder '\(folder)' for the scores (\(error.localizedDescription)). "
                    + "Choose another one."
            )
        }
        var taken: Set<String> = []
        files = recordings.paths.enumerated().map { index, path in
            let stem = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
            let name = taken.insert(stem).inserted ? stem : "\(stem)-\(index + 1)"
            return "\(folder)/\(name).csv"
        }
    }

    /// Begins the table of a recording.
    func open(index: Int, classNames: [String]) throws -> ScoreTable {
        try ScoreTable(path: files[index], classNames: classNames)
    }
}
