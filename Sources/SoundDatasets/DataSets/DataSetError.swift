/// Why a data set cannot be used, with what to do next.
package enum DataSetError: Error, Equatable, CustomStringConvertible {
    /// There is nothing at the path.
    case missing(path: String)
    /// The folder may not be read.
    case unreadable(path: String, reason: String)
    /// The folder holds neither folders of clips nor recordings with labels.
    case nothingFound(path: String)
    /// A recording has no labels beside it, while others have.
    case withoutLabels(recording: String, expected: String)
    /// A table names a recording that is not there.
    case missingRecording(table: String, line: Int, file: String)
    /// A file of labels has no recording beside it.
    case labelsWithoutRecording(path: String)
    /// A table is about several recordings and does not name them.
    case unnamedRecordings(path: String)
    /// A file or folder cannot be used.
    case unusable(path: String, reason: String)
    /// A line of a table of recordings is wrong.
    case invalidRow(path: String, line: Int, reason: String)
    /// A file of labels is wrong; the text names file and line.
    case unreadableLabels(String)
    /// A folder that is searched for recordings holds none.
    case noRecordings(path: String)
    /// None of the clips belongs to the fold.
    case noSuchFold(fold: Int, present: [Int])

    package var description: String {
        switch self {
        case .missing(let path):
            "No data set at '\(path)'. Check the path."
        case .unreadable(let path, let reason):
            "Cannot read '\(path)': \(reason). Check who may read it."
        case .nothingFound(let path):
            "'\(path)' holds no data set. Give a folder with a folder of recordings for each "
                + "class, recordings with labels beside them, or a table of labels."
        case .withoutLabels(let recording, let expected):
            "'\(recording)' has no labels beside it. Write '\(expected)', empty if nothing is "
                + "to be heard, or move the recording."
        case .missingRecording(let table, let line, let file):
            "\(table):\(line): there is no recording '\(file)' beside the table or in its folder "
                + "'audio'. Correct the name or copy the recording."
        case .labelsWithoutRecording(let path):
            "There is no recording beside the labels '\(path)'. Give both the same name."
        case .unnamedRecordings(let path):
            "\(path):1: the table does not say which recordings it is about. Add a column "
                + "'filename'."
        case .unusable(let path, let reason):
            "'\(path)' cannot be trained on: \(reason). "
                + "Name a folder with a folder of recordings for each class, or a CSV file."
        case .invalidRow(let path, let line, let reason):
            "\(path):\(line): \(reason). Correct the line or take it out."
        case .unreadableLabels(let text): text
        case .noRecordings(let path):
            "'\(path)' holds no recordings. Give WAV, FLAC, Ogg or MP3 files, or a folder of them."
        case .noSuchFold(let fold, let present):
            present.isEmpty
                ? "There is no fold \(fold): the names do not say folds, as in '1-30226-A.wav'. "
                    + "Leave the fold out."
                : "There is no fold \(fold). Choose one of "
                    + "\(present.map(String.init).joined(separator: ", "))."
        }
    }

    /// The exit code (sysexits) of a command that fails for this reason.
    package var exitCode: Int32 {
        switch self {
        case .missing, .unusable: 66
        case .unreadable: 77
        case .noSuchFold: 64
        case .noRecordings, .unreadableLabels, .invalidRow, .nothingFound, .withoutLabels,
            .missingRecording, .labelsWithoutRecording,
            .unnamedRecordings:
            65
        }
    }
}
