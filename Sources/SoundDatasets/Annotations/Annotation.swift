/// What somebody wrote down about a stretch of a recording.
package struct Annotation: Equatable, Sendable {
    /// The name of the recording; nil where the file of annotations is about a single one.
    package var file: String?
    /// The path of the recording as the file of annotations has it, perhaps of another machine; nil
    /// where it has none.
    package var path: String?
    /// The beginning, in seconds from the start of the recording.
    package var startSeconds: Double
    /// The end, not before the beginning; equal to it for a point in time.
    package var endSeconds: Double
    /// What it is.
    package var label: String
    /// The lowest frequency, where the annotation has one.
    package var lowHz: Double?
    /// The highest frequency, where the annotation has one.
    package var highHz: Double?

    /// Creates the annotation from its parts.
    package init(
        file: String? = nil,
        path: String? = nil,
        startSeconds: Double,
        endSeconds: Double,
        label: String,
        lowHz: Double? = nil,
        highHz: Double? = nil
    ) {
        self.file = file
        self.path = path
        self.startSeconds = startSeconds
        self.endSeconds = endSeconds
        self.label = label
        self.lowHz = lowHz
        self.highHz = highHz
    }
}
