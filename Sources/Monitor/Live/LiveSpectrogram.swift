package import Messages
import ModelLibrary

/// A source's spectrogram from now on.
package struct LiveSpectrogram: Sendable {
    /// The name of the source.
    package let source: String
    /// The name of the model whose bands these are.
    package let model: String
    /// What the columns are.
    package let layout: SpectrogramLayout
    /// The columns as they come, their times since 1970; whoever is slow loses some.
    package let columns: AsyncStream<SpectrogramColumn>

    /// Joins the parts.
    package init(
        source: String,
        model: String,
        layout: SpectrogramLayout,
        columns: AsyncStream<SpectrogramColumn>
    ) {
        self.source = source
        self.model = model
        self.layout = layout
        self.columns = columns
    }
}

extension SoundMonitor {
    /// The spectrogram of a source from now on, which is computed while somebody follows it.
    ///
    /// - Parameters:
    ///   - name: The source; nil where there is one.
    ///   - model: One of its models; nil: the first.
    /// - Returns: The columns.
    /// - Throws: ``ControlError`` when there is no such source or model, or it is not clear which
    ///   source is meant.
    package func spectrogram(
        ofSource name: String?,
        model: String?
    ) throws(ControlError) -> LiveSpectrogram {
        let source = try liveSource(named: name)
        let modelNames = source.modelNames
        guard let slot = model.map({ modelNames.firstIndex(of: $0) }) ?? 0 else {
            throw .unknownModel(name: model ?? "", known: modelNames)
        }
        let spectrogram = source.live.spectrograms[slot]
        return LiveSpectrogram(
            source: source.name,
            model: modelNames[slot],
            layout: spectrogram.layout,
            columns: spectrogram.columns.follow()
        )
    }

    /// The bands of a model; those of the first in use if it is no longer in use.
    package func bands(ofModel name: String) -> ModelBands {
        let model = models.models.first { $0.name == name } ?? models.models[0]
        return ModelBands(model: model.name, layout: SpectrogramLayout(model.frontEnd))
    }

    /// The source of a name; without one, the only source.
    func liveSource(named name: String?) throws(ControlError) -> LiveSource {
        let known = liveSources
        guard let name else {
            guard let only = known.first, known.count == 1 else {
                throw .ambiguousSource(known: known.map(\.name))
            }
            return only
        }
        guard let named = known.first(where: { $0.name == name }) else {
            throw .unknownSource(name: name, known: known.map(\.name))
        }
        return named
    }
}

/// The bands in which a model sees sound.
package struct ModelBands: Sendable {
    /// The name of the model.
    package let model: String
    /// How a spectrogram in them is laid out.
    package let layout: SpectrogramLayout

    /// Joins the parts.
    package init(model: String, layout: SpectrogramLayout) {
        self.model = model
        self.layout = layout
    }
}

/// A source as it can be followed live.
struct LiveSource {
    /// Its name in the configuration.
    let name: String
    /// The names of its models, in its order.
    let modelNames: [String]
    /// What of it can be followed.
    let live: LiveSound
}
