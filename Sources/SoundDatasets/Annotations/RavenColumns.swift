/// The columns of a Raven selection table: the seven that Raven wants, those that tie a
/// selection to its file, and what Earwitness has to say.
///
/// Begin and end count through all files of a table, one behind the other, which is how Raven places
/// selections when the files are opened as one sequence. `Begin Path` and `File Offset (s)`, the
/// place within the file, are what Raven goes by when the table is opened with its sounds.
enum RavenColumns {
    static let beginTime = "Begin Time (s)"
    static let endTime = "End Time (s)"
    static let lowFrequency = "Low Freq (Hz)"
    static let highFrequency = "High Freq (Hz)"
    static let beginFile = "Begin File"
    static let beginPath = "Begin Path"
    static let fileOffset = "File Offset (s)"
    static let className = "Class"

    static let all = [
        "Selection", "View", "Channel", beginTime, endTime, lowFrequency, highFrequency,
        beginFile, beginPath, fileOffset, className, "Label", "Peak Score", "Mean Score",
        "Level (dBFS)", "Model",
    ]

    /// The names that people give the column with the name of the sound, in order of preference.
    static let labels = ["Class", "Species", "Annotation", "Label", "Common Name", "Tag"]
}
