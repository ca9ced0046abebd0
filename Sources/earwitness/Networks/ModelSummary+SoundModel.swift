import LogMelFeatures
import ModelLibrary
import ONNXInference

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
            options: LoadOptions(inputShapes: [model.about.network.input: model.inputShape]),
            hopFrames: hopFrames,
            timeAxis: model.timeAxis
        )
    }
}

extension SoundModel {
    /// The axis of the network's input that is time; nil for networks that hear bare samples.
    var timeAxis: Int? {
        guard frontEnd.representation != .waveform else { return nil }
        return switch frontEnd.layout {
        case .framesByBands: inputShape.count - 2
        case .bandsByFrames: inputShape.count - 1
        }
    }
}
