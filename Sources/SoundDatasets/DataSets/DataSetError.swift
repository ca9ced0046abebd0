/// Why a data set cannot be used, with what to do next.
package enum DataSetError: Error, Equatable, CustomStringConvertible {
    /// There is nothing at the path.
    case missing(path: String)
    /// There is no permission to read the folder.
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
            "Cannot read '\(path)': \(reason). Check its permissions."
        case .nothingFound(let path):
            "'\(path)' is not a data set. Give a folder with a folder of recordings for each "
                + "class, recordings with labels beside them, or a table of labels."
        case .withoutLabels(let recording, let expected):
            "'\(recording)' has no labels. Create '\(expected)' (empty if nothing is heard), or "
                + "move the recording."
        case .missingRecording(let table, let line, let file):
            "\(table):\(line): no recording '\(file)' next to the table or in its folder "
                + "'audio'. Correct the name or copy the recording."
        case .labelsWithoutRecording(let path):
            "No recording next to the labels '\(path)'. Give both the same name."
        case .unnamedRecordings(let path):
            "\(path):1: the table names no recordings. Add a column 'filename'."
        case .unusable(let path, let reason):
            "Cannot train on '\(path)': \(reason). "
                + "Give a folder with one folder of recordings per class, or a CSV file."
        case .invalidRow(let path, let line, let reason):
            "\(path):\(line): \(reason). Correct or remove the line."
        case .unreadableLabels(let text): text
        case .noRecordings(let path):
            "'\(path)' contains no recordings. Give WAV, FLAC, Ogg or MP3 files, or a folder of them."
        case .noSuchFold(let fold, let present):
            present.isEmpty
                ? "No fold \(fold): the file names have no fold numbers such as "
                    + "'1-30226-A.wav'. Remove --fold."
                : "No fold \(fold). Available: "
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
