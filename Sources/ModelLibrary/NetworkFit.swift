import LogMelFeatures
import ONNXFormat

/// Holds the inputs and outputs that a network declares against what `model.yaml` says of them.
struct NetworkFit {
    private let about: ModelDescription
    private let graph: Graph

    init(_ about: ModelDescription, _ graph: Graph) {
        self.about = about
        self.graph = graph
    }

    /// The shape of the input for one window, or the reason why the network is not the one.
    func inputShape() throws(Misfit) -> [Int] {
        let weights = Set(graph.initializers.map(\.name))
        let inputs = graph.inputs.filter { !weights.contains($0.name) }
        guard let input = inputs.first(where: { $0.name == about.network.input }) else {
            throw Misfit("no input '\(about.network.input)', only \(names(inputs))")
        }
        guard inputs.count == 1 else {
            throw Misfit("it has \(inputs.count) inputs, \(names(inputs)), instead of one")
        }
        try requireFloats(input)
        try requireScores()
        if let embedding = about.network.embedding {
            try requireFloats(output(named: embedding))
        }
        return try shape(of: input)
    }

    private func shape(of input: ValueInfo) throws(Misfit) -> [Int] {
        let candidates = windowShapes()
        guard let declared = input.shape else { return candidates[0] }
        guard let shape = candidates.first(where: { fits($0, declared) }) else {
            let expected = candidates.map { "\($0)" }.joined(separator: " or ")
            let found = declared.map(\.description).joined(separator: ", ")
            throw Misfit(
                "input '\(input.name)' has the shape [\(found)], but front_end and window_frames "
                    + "give \(expected)"
            )
        }
        return shape
    }

    /// The shapes that networks give one window of this front end, most usual first.
    private func windowShapes() -> [[Int]] {
        let (frames, bands) = (about.network.windowFrames, about.frontEnd.bandCount)
        let plane =
            about.frontEnd.layout == .framesByBands ? [frames, bands] : [bands, frames]
        var shapes = [[1, about.frontEnd.channelCount] + plane]
        if about.frontEnd.channelCount == 1 {
            shapes += [[1] + plane, plane]
        }
        if about.frontEnd.representation == .waveform {
            shapes += [[1, 1, frames * bands], [1, frames * bands], [frames * bands]]
        }
        return shapes
    }

    private func fits(_ shape: [Int], _ declared: [Dimension]) -> Bool {
        guard shape.count == declared.count else { return false }
        return zip(shape, declared).allSatisfy { length, dimension in
            if case .fixed(let fixed) = dimension { fixed == length } else { true }
        }
    }

    private func requireScores() throws(Misfit) {
        let scores = try output(named: about.network.scores)
        try requireFloats(scores)
        guard case .fixed(let count)? = scores.shape?.last, count != about.classes.count else {
            return
        }
        throw Misfit(
            "output '\(scores.name)' has \(count) numbers for \(about.classes.count) classes"
        )
    }

    private func output(named name: String) throws(Misfit) -> ValueInfo {
        guard let output = graph.outputs.first(where: { $0.name == name }) else {
            throw Misfit("no output '\(name)', only \(names(graph.outputs))")
        }
        return output
    }

    private func requireFloats(_ value: ValueInfo) throws(Misfit) {
        guard value.elementType == .float32 else {
            throw Misfit("'\(value.name)' is made of \(value.elementType.name), not float")
        }
    }

    private func names(_ values: [ValueInfo]) -> String {
        values.isEmpty ? "none" : values.map { "'\($0.name)'" }.joined(separator: ", ")
    }
}
