import LogMelFeatures
import ModelLibrary
import ONNXInference

/// Asks the network about windows that overlap, and gives a probability a class.
final class WindowScorer {
    /// Hops are whole multiples of this many frames: the network's own stride in time.
    let hopGranularity = 1

    private let session: InferenceSession
    private let normalizer: PatchNormalizer
    private let activation: ScoreActivation
    private let scoresName: String
    private let inputShape: [Int]
    private let classCount: Int
    private var window: [Float]
    private var input: [Float]

    /// Sets the network up for one stream.
    ///
    /// - Throws: When the network can't be planned for the model's window.
    init(model: SoundModel) throws {
        let network = model.about.network
        session = try InferenceSession(
            model: model.network,
            options: LoadOptions(inputShapes: [network.input: model.inputShape])
        )
        normalizer = try PatchNormalizer(model.frontEnd)
        activation = network.activation
        scoresName = network.scores
        inputShape = model.inputShape
        classCount = model.classes.count
        window = [Float](repeating: 0, count: model.windowFrames * model.frontEnd.bandCount)
        input = [Float](repeating: 0, count: model.inputShape.reduce(1, *))
    }

    /// Scores the window at the front of the held frames.
    ///
    /// - Returns: A probability a class, shape `[classCount]`.
    func scores(of frames: FeatureWindow) throws -> [Float] {
        // Taken out while they are in use: the spans of a class's properties can't be passed on.
        var (window, input) = (self.window, self.input)
        (self.window, self.input) = ([], [])
        defer { (self.window, self.input) = (window, input) }

        var held = window.mutableSpan
        frames.copyFirst(into: &held)
        var prepared = input.mutableSpan
        normalizer.prepare(window.span, into: &prepared)
        var scores = [Float](repeating: 0, count: classCount)
        var result = scores.mutableSpan
        try session.run(input.span, shape: inputShape, output: scoresName, into: &result)
        activation.apply(to: &scores)
        return scores
    }
}
