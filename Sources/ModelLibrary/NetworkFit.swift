import LogMelFeatures
import NeuralNetwork

/// Holds the inputs and outputs that a network declares against what `model.yaml` says of them.
struct NetworkFit {
    /// How a window is given to the network.
    struct Input {
        /// The input's shape for one window.
        let shape: [Int]
        /// The axis along which frames follow one another; nil where none does.
        let timeAxis: Int?
    }

    private let about: ModelDescription
    private let graph: Graph

    init(_ about: ModelDescription, _ graph: Graph) {
        self.about = about
        self.graph = graph
    }

    /// The ways to give the network a window, the most usual first, at least one; or the reason
    /// why the network is not the one.
    ///
    /// There are several only where the network leaves the lengths of its axes open.
    func inputs() throws(Misfit) -> [Input] {
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
        return try fits(of: input)
    }

    /// Refuses weights that are NaN, as those of a training that has diverged.
    func requireNumbers() throws(Misfit) {
        var tensors = graph.initializers
        for node in graph.nodes where node.operatorType == "Constant" {
            for case .tensor(var tensor) in node.attributes.map(\.value) {
                tensor.name = node.outputs.first ?? node.name
                tensors.append(tensor)
            }
        }
        for tensor in tensors {
            let bad: Int? =
                switch tensor.values {
                case .float32(let values): Self.firstNaN(in: values)
                case .float64(let values): Self.firstNaN(in: values)
                default: nil
                }
            guard let bad else { continue }
            throw Misfit(
                "number \(bad + 1) of \(tensor.values.count) in its weights '\(tensor.name)' is NaN. "
                    + "Export the network again, or train it again if the training diverged."
            )
        }
    }

    private static func firstNaN<Number: BinaryFloatingPoint>(in values: [Number]) -> Int? {
        // A sum is a number only if every term is.
        guard values.reduce(0, +).isNaN else { return nil }
        return values.firstIndex(where: \.isNaN)
    }

    private func fits(of input: ValueInfo) throws(Misfit) -> [Input] {
        let declared = input.shape ?? usualAxes.map(Dimension.fixed)
        let lengths = axisLengths
        let fits = lengths.flatMap { lengths in
            Self.places(of: lengths[...], in: declared[...]).map { places in
                var shape = [Int](repeating: 1, count: declared.count)
                for (place, length) in zip(places, lengths) { shape[place] = length }
                return Input(shape: shape, timeAxis: timeAxis(places))
            }
        }
        guard fits.isEmpty else { return fits }
        let found = declared.map(\.description).joined(separator: ", ")
        throw Misfit(
            "input '\(input.name)' has the shape [\(found)], but front_end and window_frames give "
                + "\(usualAxes), with axes of length 1 anywhere\(advice(for: declared))"
        )
    }

    private var isFramesByBands: Bool { about.frontEnd.layout == .framesByBands }

    /// Frames and bands in the order of the front end's layout.
    private var plane: [Int] {
        let (frames, bands) = (about.network.windowFrames, about.frontEnd.bandCount)
        return isFramesByBands ? [frames, bands] : [bands, frames]
    }

    private var usualAxes: [Int] { [1, about.frontEnd.channelCount] + plane }

    /// The axes that a window needs, the most usual first; any others have the length 1.
    private var axisLengths: [[Int]] {
        let channels = about.frontEnd.channelCount
        return channels == 1 ? [plane, [plane[0] * plane[1]]] : [[channels] + plane]
    }

    private func timeAxis(_ places: [Int]) -> Int? {
        guard about.frontEnd.representation != .waveform, places.count > 1 else { return nil }
        return isFramesByBands ? places[places.count - 2] : places[places.count - 1]
    }

    /// What to do about an input whose axes are those of a window in another order.
    private func advice(for declared: [Dimension]) -> String {
        let channels = about.frontEnd.channelCount
        if channels > 1, !Self.places(of: (plane + [channels])[...], in: declared[...]).isEmpty {
            return "; it takes channels last, export it with channels first"
        }
        let turned = [plane[1], plane[0]]
        guard plane[0] != plane[1], !Self.places(of: turned[...], in: declared[...]).isEmpty else {
            return ""
        }
        return "; its axes are swapped, set front_end.layout to "
            + (isFramesByBands ? "bands_by_frames" : "frames_by_bands")
    }

    /// The places that axes of some lengths can have among declared ones, in order, all others
    /// being of length 1; those nearest to the end first.
    private static func places(
        of lengths: ArraySlice<Int>,
        in declared: ArraySlice<Dimension>
    ) -> [[Int]] {
        guard let length = lengths.last else {
            return declared.allSatisfy { fits(1, $0) } ? [[]] : []
        }
        var found: [[Int]] = []
        for axis in declared.indices.reversed() {
            if fits(length, declared[axis]) {
                found += places(of: lengths.dropLast(), in: declared[..<axis]).map { $0 + [axis] }
            }
            guard fits(1, declared[axis]) else { break }
        }
        return found
    }

    private static func fits(_ length: Int, _ dimension: Dimension) -> Bool {
        if case .fixed(let fixed) = dimension { fixed == length } else { true }
    }

    private func requireScores() throws(Misfit) {
        let scores = try output(named: about.network.scores)
        try requireFloats(scores)
        var count = 1
        for case .fixed(let length) in scores.shape ?? [] {
            count = count.multipliedReportingOverflow(by: length).partialValue
        }
        // One where the network leaves the number open.
        guard count != 1, count != about.classes.count else { return }
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
            throw Misfit("'\(value.name)' has type \(value.elementType.name), not float")
        }
    }

    private func names(_ values: [ValueInfo]) -> String {
        values.isEmpty ? "none" : values.map { "'\($0.name)'" }.joined(separator: ", ")
    }
}

/// Why a network is not the one that its `model.yaml` describes.
struct Misfit: Error, Equatable {
    /// The reason, without a full stop.
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
