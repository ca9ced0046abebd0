import LogMelFeatures
package import ModelLibrary
import NeuralNetwork

/// Embeddings of windows, one row each.
package struct EmbeddingRows: Equatable, Sendable {
    /// The numbers of a row.
    package let length: Int
    /// The rows one after the other, shape `[count, length]`.
    package private(set) var values: [Float] = []

    /// Creates no rows.
    package init(length: Int) {
        self.length = length
    }

    /// How many rows there are.
    package var count: Int { values.count / length }

    /// A row.
    package subscript(row: Int) -> ArraySlice<Float> {
        values[row * length..<(row + 1) * length]
    }

    /// Appends a row.
    package mutating func append(_ row: some Collection<Float>) {
        precondition(row.count == length, "all rows have one length")
        values.append(contentsOf: row)
    }

    /// Appends all rows of others.
    package mutating func append(_ rows: EmbeddingRows) {
        precondition(rows.length == length, "all rows have one length")
        values.append(contentsOf: rows.values)
    }

    /// Some of the rows.
    package func rows(_ places: some Sequence<Int>) -> EmbeddingRows {
        var chosen = EmbeddingRows(length: length)
        for place in places { chosen.append(self[place]) }
        return chosen
    }
}

/// Asks a model's network for the embeddings of windows; for one thread.
package final class WindowEmbedder {
    /// What of the network is asked for.
    package let embedding: ModelEmbedding
    /// Samples of a window, and their rate in Hz.
    package let windowSamples: Int
    package let sampleRateHz: Int
    /// Samples from frame to frame: windows begin at whole frames.
    package let frameSamples: Int

    private let model: SoundModel
    private let session: InferenceSession
    private let extractor: FeatureExtractor
    private let normalizer: PatchNormalizer

    /// Plans the network.
    ///
    /// - Throws: ``LearningError`` where the model has no embedding, or why it can't run.
    package init(_ model: SoundModel) throws {
        guard let embedding = model.embedding else {
            throw LearningError.noEmbedding(model: model.name)
        }
        self.model = model
        self.embedding = embedding
        session = try model.makeSession()
        extractor = try FeatureExtractor(model.frontEnd)
        normalizer = try PatchNormalizer(model.frontEnd)
        windowSamples = model.windowSamples
        sampleRateHz = model.frontEnd.sampleRateHz
        frameSamples = model.frontEnd.hopLength
    }

    /// The embeddings of windows of a sound.
    ///
    /// - Parameters:
    ///   - samples: Mono at ``sampleRateHz``, at least a window.
    ///   - frames: The first frame of each window; windows that reach over the end are left out.
    /// - Returns: A row for each window.
    package func embeddings(of samples: [Float], at frames: [Int]) -> EmbeddingRows {
        var features: [Float] = []
        extractor.reset()
        extractor.process(samples.span, appendingTo: &features)
        let bands = model.frontEnd.bandCount
        let windowFloats = model.windowFrames * bands
        var input = [Float](repeating: 0, count: model.inputShape.reduce(1, *))
        var row = [Float](repeating: 0, count: embedding.length)
        var rows = EmbeddingRows(length: embedding.length)
        for frame in frames where frame * bands + windowFloats <= features.count {
            let first = frame * bands
            var prepared = input.mutableSpan
            normalizer.prepare(
                features.span.extracting(first..<first + windowFloats),
                into: &prepared
            )
            var result = row.mutableSpan
            do {
                try session.run(
                    input.span,
                    shape: model.inputShape,
                    output: embedding.name,
                    into: &result
                )
            } catch {
                preconditionFailure("the session was made for this shape and output: \(error)")
            }
            // A network that fails for a window says nothing about it.
            if row.allSatisfy(\.isFinite) { rows.append(row) }
        }
        return rows
    }

    /// Samples at ``sampleRateHz``.
    package func samples(_ samples: [Float], fromHz rateHz: Int) throws -> [Float] {
        try ExampleClip.resampled(samples, rateHz, sampleRateHz)
    }

    /// The embeddings of windows that follow each other, as a monitor's would.
    ///
    /// - Parameters:
    ///   - samples: Mono at ``sampleRateHz``.
    ///   - stepSeconds: From window to window.
    /// - Returns: A row for each window; none for less than a window.
    package func embeddings(of samples: [Float], everySeconds stepSeconds: Double) -> EmbeddingRows
    {
        let step = max(1, Int(stepSeconds * Double(sampleRateHz)) / frameSamples)
        let last = (samples.count - windowSamples) / frameSamples
        return embeddings(of: samples, at: Array(stride(from: 0, through: last, by: step)))
    }
}
