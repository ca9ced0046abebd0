package import ModelLibrary

/// What is known of the model.
package enum ModelFacts: Sendable {
    /// It can be loaded, and its files belong together; `fault` is what is wrong with the scores
    /// that it gives for test sounds.
    case usable(name: String, version: String, digest: String, fault: String? = nil)
    /// It cannot be used.
    case unusable(ModelFolderError)
}
