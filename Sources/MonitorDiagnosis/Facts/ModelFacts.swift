package import ModelLibrary

/// What is known of the model.
package enum ModelFacts: Sendable {
    /// It can be used, and its files belong together.
    case usable(name: String, version: String, digest: String)
    /// It cannot be used.
    case unusable(ModelFolderError)
}
