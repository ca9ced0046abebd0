/// A file of a support bundle.
package struct SupportFile: Equatable, Sendable {
    /// Its name, of ASCII and without a folder.
    package var name: String
    /// What it holds.
    package var text: String

    /// Creates the file from its parts.
    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}
