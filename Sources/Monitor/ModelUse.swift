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
