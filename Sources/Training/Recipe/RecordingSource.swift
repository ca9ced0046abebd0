package import SoundDatasets

/// Some of the recordings of a recipe.
package struct RecordingSource: Equatable, Sendable {
    /// A folder or a CSV file, from the recipe's data folder.
    package var path = ""
    /// What all recordings below the folder are, several joined by `;`; empty where folders or the
    /// CSV file tell.
    package var label = ""
    /// The kind of material, of which batches hold a set share.
    package var kind = ""
    /// The folders and files that are taken; all if empty.
    package var only: [String] = []
    /// The folders and files that are left out.
    package var except: [String] = []
    /// What is computed instead of read.
    package var synthetic: SyntheticSound.Kind?
    /// How many synthetic sounds there are.
    package var count = 200

    /// Creates a source of nothing.
    package init() {}

    /// The label of sounds that have none.
    package static let noLabel = "none"

    /// The classes that all recordings are of; nil where folders or the CSV file tell.
    var labels: [String]? {
        guard !label.isEmpty else { return synthetic == nil ? nil : [] }
        return label == Self.noLabel
            ? [] : label.split(separator: ";").map { $0.filter { $0 != " " } }
    }

    /// Whether a path below the source's folder is taken.
    func takes(_ path: String) -> Bool {
        let parts = path.split(separator: "/").map(String.init)
        func matches(_ name: String) -> Bool { name == path || parts.contains(name) }
        return (only.isEmpty || only.contains(where: matches)) && !except.contains(where: matches)
    }
}
