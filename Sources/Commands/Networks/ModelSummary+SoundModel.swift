import ModelLibrary
import NeuralNetwork

extension ModelSummary {
    /// Summarises a model's network for its window.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - hopFrames: The frames by which a stream's window moves on; nil for the fewest.
    /// - Throws: When the network can't run.
    init(of model: SoundModel, hopFrames: Int? = nil) throws(ModelError) {
        try self.init(
            model: model.network,
            options: model.loadOptions,
            hopFrames: hopFrames,
            timeAxis: model.timeAxis
        )
    }
}
