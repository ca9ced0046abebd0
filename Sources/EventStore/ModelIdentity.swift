/// What the history keeps of a model: enough to tell later which network named a sound.
package struct ModelIdentity: Sendable, Equatable, Codable {
    /// The model's name, as in `model.yaml`.
    package var name: String
    /// The model's version, as in `model.yaml`.
    package var version: String
    /// SHA-256 of `model.onnx`, in hexadecimal.
    package var digest: String
    /// The classes in the order of the network's outputs.
    package var classes: [ClassIdentity]

    /// What tells the model from every other, in one text.
    package var key: String { "\(name) \(version) \(digest)" }

    /// Creates the identity from its parts.
    package init(name: String, version: String, digest: String, classes: [ClassIdentity]) {
        self.name = name
        self.version = version
        self.digest = digest
        self.classes = classes
    }
}
