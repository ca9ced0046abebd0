package import ModelLibrary

/// The models in use, each loaded once, and which source is listened to with which of them.
package struct ModelAssignment: Sendable {
    /// Every model in use, once.
    package let models: [SoundModel]
    /// For each source the places of its models in ``models``, at least one.
    package let ofSources: [[Int]]

    /// Creates the assignment from its parts.
    package init(models: [SoundModel], ofSources: [[Int]]) {
        precondition(
            ofSources.allSatisfy { !$0.isEmpty && $0.allSatisfy(models.indices.contains) },
            "a source is listened to with models that are in use"
        )
        self.models = models
        self.ofSources = ofSources
    }

    /// The models of a source with their settings.
    ///
    /// - Parameters:
    ///   - source: The source's place.
    ///   - settings: Those of every model in use, in the order of ``models``.
    /// - Returns: The source's models in its own order.
    package func uses(ofSource source: Int, settings: [AnalysisSettings]) -> [ModelUse] {
        precondition(settings.count == models.count, "every model has settings")
        return ofSources[source].map { ModelUse(model: models[$0], settings: settings[$0]) }
    }
}
