/// What the history keeps of a class of sound.
package struct ClassIdentity: Sendable, Equatable, Codable {
    /// The name that programs use, such as `dog_bark`.
    package var name: String
    /// The name that people read, such as "Dog bark".
    package var label: String
    /// Whether sounds of the class are nobody's business, so that no clip is kept by default.
    package var isPrivate: Bool

    /// Creates the identity from its parts.
    package init(name: String, label: String, isPrivate: Bool = false) {
        self.name = name
        self.label = label
        self.isPrivate = isPrivate
    }
}
