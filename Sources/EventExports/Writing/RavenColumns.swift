/// The columns of a Raven selection table: the seven that Raven wants, the two that tie a
/// selection to its file, and what Earwitness has to say.
///
/// Times count from the beginning of each file. Raven reads a table of several files when they
/// are opened as a list, by `Begin File` and `File Offset (s)`.
enum RavenColumns {
    static let beginTime = "Begin Time (s)"
    static let endTime = "End Time (s)"
    static let lowFrequency = "Low Freq (Hz)"
    static let highFrequency = "High Freq (Hz)"
    static let beginFile = "Begin File"
    static let fileOffset = "File Offset (s)"
    static let className = "Class"

    static let all = [
        "Selection", "View", "Channel", beginTime, endTime, lowFrequency, highFrequency,
        beginFile, fileOffset, className, "Label", "Peak Score", "Mean Score", "Level (dBFS)",
        "Model",
    ]

    /// The names that people give the column with the name of the sound, in order of preference.
    static let labels = ["Class", "Species", "Annotation", "Label", "Common Name", "Tag"]
}
