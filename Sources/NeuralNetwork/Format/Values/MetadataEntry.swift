/// A key and a value that a model carries along.
package struct MetadataEntry: Sendable, Hashable {
    package var key: String
    package var value: String

    /// Creates an entry.
    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}
