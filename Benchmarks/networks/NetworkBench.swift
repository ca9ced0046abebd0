import NeuralNetwork

/// One network with an input, ready to be timed.
final class NetworkBench {
    private let session: InferenceSession
    private let streaming: StreamingSession?
    private let refusal: String
    private let shape: [Int]
    private let floats: [Float]
    private let resultCount: Int
    private var scores: [Float] = []
    private let output: String

    /// Loads the network for inputs of the array's shape, from an output on if one is named.
    init(model: Model, input: NPYArray, startingAt start: String?) throws {
        let model = start.flatMap { model.starting(at: $0) } ?? model
        let name = model.graph.inputs[0].name
        let options = LoadOptions(inputShapes: [name: input.shape])
        session = try InferenceSession(model: model, options: options)
        shape = input.shape
        floats = input.floats ?? []
        output = session.outputs[0].name
        resultCount = session.outputs[0].type.elementCount
        scores.reserveCapacity(1 << 20)
        do {
            let frames = shape.first { $0 != 1 } ?? 1
            streaming = try StreamingSession(
                model: model,
                options: options,
                hopFrames: max(1, frames / 4)
            )
            refusal = ""
        } catch {
            streaming = nil
            refusal = "\(error)"
        }
        if let streaming {
            let floats = floats
            try streaming.push(floats.span, output: output, appendingTo: &scores)
        }
    }

    /// How much of the work a hop does, or why the network does not stream.
    var streamingDescription: String {
        guard let report = streaming?.report else { return refusal }
        let percent = 100 * Double(report.hopWork) / Double(max(1, report.windowWork))
        return "\(percent.rounded()) % of the work; \(report.wholeWindowReasons.first ?? "")"
    }

    /// Nanoseconds of runs of a whole window.
    func windowTimes(_ count: Int) throws -> [Int64] {
        let floats = floats
        var result = [Float](repeating: 0, count: resultCount)
        return try (0..<count).map { _ in
            let start = ContinuousClock.now
            var span = result.mutableSpan
            try session.run(floats.span, shape: shape, output: output, into: &span)
            return (ContinuousClock.now - start).nanoseconds
        }
    }

    /// Nanoseconds of hops of a quarter of a window.
    func hopTimes(_ count: Int) throws -> [Int64] {
        guard let streaming else { return [] }
        let hop = streaming.hopFrames * streaming.frameLength
        let floats = floats
        return try (0..<count).map { index in
            scores.removeAll(keepingCapacity: true)
            let first = index % 4 * hop
            let start = ContinuousClock.now
            try streaming.push(
                floats.span.extracting(first..<first + hop),
                output: output,
                appendingTo: &scores
            )
            return (ContinuousClock.now - start).nanoseconds
        }
    }

    /// The nodes with their share of the time, the slowest first.
    func profile(_ count: Int) -> [String] {
        let times = session.profile(rounds: count)
        let total = times.reduce(0.0) { $0 + $1.seconds }
        return times.sorted { $0.seconds > $1.seconds }.map { node in
            let percent = 100 * node.seconds / max(total, 1e-12)
            return
                "\(percent.rounded()) % \(node.seconds * 1e6) µs \(node.name) \(node.outputShape)"
        }
    }
}

extension Duration {
    /// The duration in whole nanoseconds.
    fileprivate var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
