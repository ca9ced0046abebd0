/// What ONNX's `RNN`, `GRU` and `LSTM` nodes have in common.
struct RecurrentNode: Sendable {
    /// The constants of one direction.
    struct Direction: Sendable {
        /// Whether time runs backwards.
        let isReverse: Bool
        /// `[gates · hidden, inputs]`.
        let inputWeights: [Float]
        /// `[gates · hidden, hidden]`.
        let recurrence: [Float]
        /// `[gates · hidden]` each.
        let inputBias: [Float]
        let recurrentBias: [Float]
    }

    let hiddenSize: Int
    let inputSize: Int
    let gateCount: Int
    let directions: [Direction]
    /// The functions as the node names them, in the order of ONNX; empty for the usual ones.
    let activations: [String]
    let activationAlpha: [Float]
    let activationBeta: [Float]
    /// Whether the batch is the outermost axis instead of time.
    let isBatchFirst: Bool

    /// Reads a node whose cells have `gateCount` gates.
    init(_ node: inout NodeReader, gateCount: Int) throws(Refusal) {
        self.gateCount = gateCount
        isBatchFirst = try node.flag("layout", default: false)
        activations = try node.strings("activations") ?? []
        activationAlpha = try node.floats("activation_alpha") ?? []
        activationBeta = try node.floats("activation_beta") ?? []
        let input = try node.inputType(0)
        let weights = try Self.constant(&node, 1, "its weights")
        let recurrence = try Self.constant(&node, 2, "its recurrent weights")
        let directionName = try node.string("direction", default: "forward")
        guard let reversals = Self.reversals[directionName] else {
            throw Refusal("its direction is '\(directionName)'; not supported")
        }
        let hidden = try node.integer("hidden_size", default: recurrence.type.shape.last ?? 0)
        let count = reversals.count
        guard input.rank == 3, input.elementType == .float32, hidden >= 1, hidden <= 1 << 20,
            recurrence.type.shape == [count, gateCount * hidden, hidden],
            weights.type.shape == [count, gateCount * hidden, input.shape[2]]
        else {
            throw Refusal(
                "weights of \(weights.type.shape) and \(recurrence.type.shape) do not fit \(input)"
            )
        }
        guard input.shape[0] * input.shape[1] <= Self.largestProducts / (gateCount * hidden) else {
            throw Refusal(
                "\(input.shape[0] * input.shape[1]) steps of \(hidden) units are too many"
            )
        }
        hiddenSize = hidden
        inputSize = input.shape[2]
        let rows = gateCount * hidden
        var biases = [Float](repeating: 0, count: count * 2 * rows)
        if node.hasInput(3) {
            let bias = try Self.constant(&node, 3, "its bias")
            guard bias.type.shape == [count, 2 * rows] else {
                throw Refusal("its bias is \(bias.type); not supported")
            }
            biases = bias.floats ?? biases
        }
        if node.hasInput(4) {
            let length = input.shape[isBatchFirst ? 1 : 0]
            let lengths = try node.constantIntegers(4, "its sequence lengths") ?? []
            guard lengths.allSatisfy({ $0 == length }) else {
                throw Refusal("its sequence lengths \(lengths) are not all \(length)")
            }
        }
        let (inputSize, allWeights, allRecurrence) = (
            inputSize, weights.floats ?? [], recurrence.floats ?? []
        )
        directions = reversals.enumerated().map { index, isReverse in
            let start = index * 2 * rows
            return Direction(
                isReverse: isReverse,
                inputWeights: Array(
                    allWeights[index * rows * inputSize..<(index + 1) * rows * inputSize]
                ),
                recurrence: Array(
                    allRecurrence[index * rows * hidden..<(index + 1) * rows * hidden]
                ),
                inputBias: Array(biases[start..<start + rows]),
                recurrentBias: Array(biases[start + rows..<start + 2 * rows])
            )
        }
    }

    /// The most floats that the products of all steps may take.
    private static let largestProducts = 1 << 28

    private static let reversals: [String: [Bool]] = [
        "forward": [false], "reverse": [true], "bidirectional": [false, true],
    ]

    private static func constant(
        _ node: inout NodeReader,
        _ index: Int,
        _ purpose: String
    ) throws(Refusal) -> Tensor {
        guard let constant = node.constant(index) else {
            throw Refusal("\(purpose) (input \(index)) is not a constant")
        }
        guard constant.type.elementType == .float32 else {
            throw Refusal("\(purpose) (input \(index)) is \(constant.type)")
        }
        return constant
    }

    /// Refuses functions other than the usual ones.
    func requireActivations(_ usual: [String]) throws(Refusal) {
        let all = (0..<directions.count).flatMap { _ in usual }
        guard activations.isEmpty || activations.map({ $0.lowercased() }) == all,
            activationAlpha.isEmpty, activationBeta.isEmpty
        else { throw Refusal("its activations \(activations) are not supported") }
    }

    /// Checks an initial state, `[directions, batch, hidden]` or batch first.
    func checkState(_ index: Int, _ node: NodeReader) throws(Refusal) {
        guard node.hasInput(index) else { return }
        let type = try node.inputType(index)
        let expected = stateType(for: try node.inputType(0))
        guard type == expected else { throw Refusal("its input \(index) is \(type)") }
    }

    private func stateType(for input: TensorType) -> TensorType {
        let batch = input.shape[isBatchFirst ? 0 : 1]
        return TensorType(
            .float32,
            isBatchFirst
                ? [batch, directions.count, hiddenSize] : [directions.count, batch, hiddenSize]
        )
    }

    /// The types of all states, of the last state, and of an LSTM's last cell.
    func outputTypes(for input: TensorType) -> [TensorType] {
        let steps = input.shape[isBatchFirst ? 1 : 0]
        let batch = input.shape[isBatchFirst ? 0 : 1]
        let all =
            isBatchFirst
            ? [batch, steps, directions.count, hiddenSize]
            : [steps, directions.count, batch, hiddenSize]
        let state = stateType(for: input)
        return [TensorType(.float32, all), state] + (gateCount == 4 ? [state] : [])
    }

    /// Multiplications of all steps.
    func multiplyAdds(for input: TensorType) -> Int {
        let places = input.shape[0] * input.shape[1]
        return places * directions.count * gateCount * hiddenSize * (inputSize + hiddenSize)
    }

    /// Weights and biases.
    var parameterCount: Int {
        directions.reduce(0) {
            $0 + $1.inputWeights.count + $1.recurrence.count + $1.inputBias.count
                + $1.recurrentBias.count
        }
    }
}
