/// A recording, or a part of one, with what is heard in it.
package struct LabelledClip: Equatable, Sendable {
    /// The recording's path; what a synthetic sound is called.
    package var path: String
    /// The classes that are heard, as places among the data set's classes; none for a sound of no
    /// class.
    package var classes: [Int]
    /// The fold that a published split puts it in, if there is one.
    package var fold: Int?
    /// What it shares with other clips of the same source; they stay on one side of a split.
    package var group: String
    /// The kind of material, such as speech, of which batches hold set shares; empty if not said.
    package var kind = ""
    /// Under which licence it is, as far as its table says; empty if not said.
    package var licence = ""
    /// The sound to be computed instead of read.
    package var synthetic: SyntheticSound?
    /// The first second taken.
    package var startSeconds: Double = 0
    /// The last second taken; nil for the recording's end.
    package var endSeconds: Double?

    /// Creates a clip of a whole recording.
    package init(path: String, classes: [Int], fold: Int? = nil, group: String) {
        self.path = path
        self.classes = classes
        self.fold = fold
        self.group = group
    }
}
