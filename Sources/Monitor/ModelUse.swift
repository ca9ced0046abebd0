package import Detection
import EventStore
import LogMelFeatures
package import ModelLibrary

/// A model that listens to a source, and how its scores are judged.
package struct ModelUse: Sendable {
    /// The model; its network is shared with every other use of it.
    package let model: SoundModel
    /// How its scores are judged.
    package var settings: AnalysisSettings

    /// Joins the two.
    package init(model: SoundModel, settings: AnalysisSettings) {
        self.model = model
        self.settings = settings
    }
}

extension [ModelUse] {
    /// The rate to ask a device for, in Hz: the highest that a model hears at, so that none of them
    /// misses what is above another's.
    package var captureRateHz: Int { map(\.model.frontEnd.sampleRateHz).max() ?? 16_000 }
}

/// What can be changed on a source while it is listened to.
package struct AnalysisSettings: Equatable, Sendable {
    /// When it is quiet enough for the network to rest.
    package var gate: GateSettings
    /// When scores become events.
    package var detection: DetectionSettings

    /// Joins the two.
    package init(gate: GateSettings, detection: DetectionSettings) {
        self.gate = gate
        self.detection = detection
    }
}

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

extension SoundModel {
    /// What the history knows the model by.
    var identity: ModelIdentity {
        ModelIdentity(
            name: name,
            version: version,
            digest: "\(digest)",
            classes: about.eventClasses.map {
                ClassIdentity(name: $0.name, label: $0.label, isPrivate: $0.isPrivate)
            }
        )
    }
}
