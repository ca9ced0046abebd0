import Detection
import LogMelFeatures
import ModelLibrary
import NeuralNetwork

/// Runs the network on overlapping windows; returns one probability per class.
///
/// A model without a network looks for cadences in each window instead.
/// A network that is convolutional in time runs incrementally: a window that follows the one
/// before by a hop costs only the hop. Any other network, and any front end that needs to see a
/// whole window, runs window by window. The scores are the same to 1e-5.
final class WindowScorer {
    private enum Network {
        case incremental(StreamingSession)
        case whole(InferenceSession, PatchNormalizer, inputShape: [Int])
        case cadences(CadenceScorer)

        /// Whether it has a model's embedding among its outputs.
        func gives(_ embedding: ModelEmbedding?) -> Bool {
            let outputs =
                switch self {
                case .incremental(let session): session.outputs
                case .whole(let session, _, _): session.outputs
                case .cadences: [TensorDescription]()
                }
            return outputs.contains {
                $0.name == embedding?.name && $0.type.elementType == .float32
                    && $0.type.elementCount == embedding?.length
            }
        }

        /// Copies an output of the last window.
        func copy(_ output: String, into result: inout MutableSpan<Float>) throws(ModelError) {
            switch self {
            case .incremental(let session): try session.copyOutput(output, into: &result)
            case .whole(let session, _, _): try session.copyOutput(output, into: &result)
            case .cadences: throw .unknownOutput(name: output, available: [])
            }
        }
    }

    private let network: Network
    private let reader: ScoreReader
    private let scoresName: String
    private let windowFrames: Int
    private let hopFrames: Int
    private let bandCount: Int
    /// The frames that the network is given, shape `[frames, bandCount]`.
    private var window: [Float]
    private var input: [Float]
    /// The network's outputs, shape `[network classCount]`.
    private var outputs: [Float]
    /// Whether the window before the next one was the last to be scored.
    private var follows = false
    /// The name of the network's embedding; nil where it gives none.
    private let embeddingName: String?
    /// The embedding of the last window, shape `[embedding length]`; empty where there is none.
    private var embedding: [Float]

    /// Sets the network up for one stream.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - hopFrames: Frames between two windows' beginnings.
    /// - Throws: When the network can't be planned for the model's window.
    init(model: SoundModel, hopFrames: Int) throws {
        let about = model.about.network
        if model.about.hasCadences {
            network = .cadences(model.about.cadenceScorer)
        } else if let session = Self.incremental(model, hopFrames: hopFrames) {
            network = .incremental(session)
        } else {
            network = .whole(
                try model.makeSession(),
                try PatchNormalizer(model.frontEnd),
                inputShape: model.inputShape
            )
        }
        reader = ScoreReader(model.about)
        scoresName = about.scores
        windowFrames = model.windowFrames
        self.hopFrames = hopFrames
        bandCount = model.frontEnd.bandCount
        window = [Float](repeating: 0, count: model.windowFrames * model.frontEnd.bandCount)
        input = [Float](
            repeating: 0,
            count: model.about.hasCadences ? 0 : model.inputShape.reduce(1, *)
        )
        outputs = [Float](repeating: 0, count: model.about.classes.count)
        embeddingName = network.gives(model.embedding) ? model.embedding?.name : nil
        embedding = [Float](
            repeating: 0,
            count: embeddingName == nil ? 0 : model.embedding?.length ?? 0
        )
    }

    /// The stride at which a network runs incrementally, in frames; 1 when it runs by windows.
    ///
    /// Hops should be whole multiples of it.
    static func hopGranularity(of model: SoundModel) -> Int {
        guard model.reasonForWholeWindows == nil else { return 1 }
        return (try? model.prepared.smallestHop(timeAxis: model.timeAxis)) ?? 1
    }

    /// Whether a hop costs less than a window.
    var isIncremental: Bool {
        if case .incremental = network { true } else { false }
    }

    /// Drops the previous window: the next one is computed from scratch.
    func reset() {
        follows = false
    }

    /// Scores a window of the held frames.
    ///
    /// - Parameters:
    ///   - frames: Holds at least a window from `first` on.
    ///   - first: The window's first frame, counted from the oldest held; unless ``reset()`` was
    ///     called since, it is one hop after that of the call before.
    /// - Returns: What is decided about.
    /// - Throws: `InvalidScore`, after which the next window stands alone, so that nothing that the
    ///   network has kept spoils it too; what the network throws, if it does.
    func scores(of frames: FeatureWindow, from first: Int = 0) throws -> WindowScores {
        switch network {
        case .incremental(let session): try advance(session, frames, first)
        case .whole(let session, let normalizer, let shape):
            try run(session, normalizer, shape, frames, first)
        case .cadences(let scorer):
            var held = window.mutableSpan
            frames.copy(from: first, count: windowFrames, into: &held)
            outputs = scorer.scores(of: window.span)
        }
        do throws(InvalidScore) {
            return try reader.read(outputs)
        } catch {
            reset()
            var error = error
            error.isOfFiniteFeatures = frames.isFinite(from: first, frames: windowFrames)
            throw error
        }
    }

    /// The print of the window that was scored last; nil where the network gives no embedding, or one
    /// that is no direction.
    func print() -> SoundPrint? {
        guard let embeddingName else { return nil }
        // Taken out while it is in use: the spans of a class's properties can't be passed on.
        var embedding = self.embedding
        self.embedding = []
        defer { self.embedding = embedding }
        var result = embedding.mutableSpan
        do {
            try network.copy(embeddingName, into: &result)
        } catch {
            preconditionFailure("the network was asked whether it has this output: \(error)")
        }
        return SoundPrint(of: embedding.span)
    }

    private func advance(
        _ session: StreamingSession,
        _ frames: FeatureWindow,
        _ first: Int
    ) throws {
        if !follows { session.reset() }
        let newFrames = follows ? hopFrames : windowFrames
        // Taken out while it is in use: the spans of a class's properties can't be passed on.
        var window = self.window
        self.window = []
        defer { self.window = window }
        var fresh = window.mutableSpan
        frames.copy(from: first + windowFrames - newFrames, count: newFrames, into: &fresh)
        outputs.removeAll(keepingCapacity: true)
        try session.push(
            window.span.extracting(first: newFrames * bandCount),
            output: scoresName,
            appendingTo: &outputs
        )
        follows = true
    }

    private func run(
        _ session: InferenceSession,
        _ normalizer: PatchNormalizer,
        _ inputShape: [Int],
        _ frames: FeatureWindow,
        _ first: Int
    ) throws {
        // Taken out while they are in use: the spans of a class's properties can't be passed on.
        var (window, input, outputs) = (self.window, self.input, self.outputs)
        (self.window, self.input, self.outputs) = ([], [], [])
        defer { (self.window, self.input, self.outputs) = (window, input, outputs) }

        var held = window.mutableSpan
        frames.copy(from: first, count: windowFrames, into: &held)
        var prepared = input.mutableSpan
        normalizer.prepare(window.span, into: &prepared)
        var result = outputs.mutableSpan
        try session.run(input.span, shape: inputShape, output: scoresName, into: &result)
    }

    private static func incremental(
        _ model: SoundModel,
        hopFrames: Int
    ) -> StreamingSession? {
        guard model.reasonForWholeWindows == nil else { return nil }
        return try? model.prepared.makeStreamingSession(
            hopFrames: hopFrames,
            timeAxis: model.timeAxis
        )
    }
}

/// The network's scores of one window.
struct WindowScores: Equatable, Sendable {
    /// A probability per class, calibrated where the model is, shape `[classCount]`.
    var classes: [Float]
    /// How much the window is like any sound that the model knows; nil if the model has no threshold for it.
    var familiarity: Float?
}

/// Turns a network's outputs for a window into scores and familiarity: a pure value.
///
/// Calibration and familiarity work on the log odds of each of the network's classes against all
/// others; groups are made of what comes out. A model without either keeps the network's own
/// probabilities to the bit.
struct ScoreReader: Equatable, Sendable {
    private let activation: ScoreActivation
    private let calibration: ScoreCalibration
    private let familiarity: FamiliarityScore?
    private let known: [Bool]
    private let pool: ClassPool

    /// Reads as a model's description says.
    init(_ about: ModelDescription) {
        activation = about.network.activation
        calibration = about.scoreCalibration
        familiarity = about.openSet.threshold == nil ? nil : about.openSet.score
        known = about.classes.map(\.isReported)
        pool = ClassPool(about)
    }

    /// Reads the outputs for one window.
    ///
    /// - Parameter outputs: A number for each of the network's classes.
    /// - Returns: The scores that are decided about.
    /// - Throws: The network's class whose score is not a probability.
    func read(_ outputs: [Float]) throws(InvalidScore) -> WindowScores {
        let scores = try activation.probabilities(of: outputs)
        guard !calibration.isIdentity || familiarity != nil else {
            return WindowScores(classes: pool.scores(of: scores))
        }
        let logits = scores.map(Logit.of(probability:))
        let familiarity = familiarity?.value(ofLogits: logits, known: known)
        // The last use of the logits, in whose memory the scores are then computed.
        return WindowScores(
            classes: pool.scores(
                of: calibration.isIdentity ? scores : calibration.scores(ofLogits: logits)
            ),
            familiarity: familiarity
        )
    }
}
