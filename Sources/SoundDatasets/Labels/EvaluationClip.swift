/// A recording of one class.
package struct EvaluationClip: Equatable, Sendable {
    /// The path of the recording.
    package var path: String
    /// The class.
    package var label: String
    /// The part of the data set that it belongs to, if the name says so; parts share no sources.
    package var fold: Int?

    /// Creates the clip from its parts.
    package init(path: String, label: String, fold: Int? = nil) {
        self.path = path
        self.label = label
        self.fold = fold
    }
}
