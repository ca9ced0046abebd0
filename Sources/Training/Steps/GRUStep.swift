import NeuralNetwork

/// A gated recurrent unit over [time, batch, features], forwards, backwards or both.
///
/// The initial state is zero. Gradients go back through all of time.
final class GRUStep: PlanStep {
    let outputs: [PlanTensor]
    private let input: PlanEdge
    private let inputWeights: PlanEdge
    private let stateWeights: PlanEdge
    private let biases: PlanEdge?
    private let directions: [GRUDirection]
    private let givesLastState: Bool

    init(_ context: StepContext) throws(TrainingError) {
        input = try context.edge(0)
        inputWeights = try context.edge(1)
        stateWeights = try context.edge(2)
        biases = context.optionalEdge(3)
        let names = context.node.inputs
        guard !names.dropFirst(4).contains(where: { !$0.isEmpty }) else {
            throw context.refusal("sequence lengths and an initial state are not supported")
        }
        guard context.integers("activations") == nil, context.float("clip") == nil,
            context.integer("layout") ?? 0 == 0
        else { throw context.refusal("only its standard activations and layout have gradients") }
        let order = context.string("direction") ?? "forward"
        guard ["forward", "reverse", "bidirectional"].contains(order) else {
            throw context.refusal("direction '\(order)'")
        }
        let count = order == "bidirectional" ? 2 : 1
        guard input.shape.count == 3, stateWeights.shape.count == 3,
            stateWeights.shape[0] == count, inputWeights.shape.count == 3,
            inputWeights.shape[2] == input.shape[2],
            stateWeights.shape[1] == 3 * stateWeights.shape[2]
        else {
            throw context.refusal(
                "weights \(inputWeights.shape) do not fit an input of \(input.shape)"
            )
        }
        let size = GRUDirection.Size(
            steps: input.shape[0],
            rows: input.shape[1],
            features: input.shape[2],
            hidden: stateWeights.shape[2],
            directions: count
        )
        let isLinear = context.integer("linear_before_reset") ?? 0 != 0
        directions = (0..<count).map { index in
            GRUDirection(
                size,
                index: index,
                isReversed: order == "reverse" || index == 1,
                isLinear: isLinear
            )
        }
        givesLastState = context.node.outputs.count > 1 && !context.node.outputs[1].isEmpty
        guard !(givesLastState && context.node.outputs[0].isEmpty == false) else {
            throw context.refusal("it gives all states and the last one; use a Slice of all")
        }
        let all = context.output([size.steps, count, size.rows, size.hidden])
        outputs =
            givesLastState
            ? [all, context.output([count, size.rows, size.hidden], place: 1)] : [all]
    }

    private var operands: GRUDirection.Operands {
        GRUDirection.Operands(
            x: input.values,
            inputWeights: inputWeights.values,
            stateWeights: stateWeights.values,
            biases: biases?.values
        )
    }

    func forward(_ run: PlanRun) {
        for direction in directions {
            direction.forward(operands, states: outputs[0].values.slice)
            if givesLastState {
                outputs[1].values.slice[direction.ownStateRange]
                    .update(from: outputs[0].values.readOnly[direction.lastStateRange])
            }
        }
    }

    func backward(_ run: PlanRun) {
        guard let dStates = outputs[0].gradient?.slice else { return }
        let gradients = GRUDirection.Gradients(
            x: input.gradientToAddTo(),
            inputWeights: inputWeights.gradientToAddTo(),
            stateWeights: stateWeights.gradientToAddTo(),
            biases: biases?.gradientToAddTo()
        )
        if givesLastState { dStates.fill(with: 0) }
        for direction in directions {
            if givesLastState, let last = outputs[1].gradient?.readOnly {
                dStates[direction.lastStateRange].update(from: last[direction.ownStateRange])
            }
            direction.backward(
                operands,
                states: outputs[0].values.readOnly,
                dStates: dStates,
                gradients: gradients
            )
        }
    }
}

/// Products of states with the weights of some of a GRU's three gates, and their gradients.
///
/// Gates lie side by side in rows of 3 · hidden, in the order z, r, h; a gate's weights are
/// [hidden, hidden].
struct GateProducts: Sendable {
    let rows: Int
    let hidden: Int

    /// products[rows, some gates] = state · Rᵀ of these gates.
    func multiply(
        _ state: FloatSlice,
        _ weights: FloatSlice,
        gates: Range<Int>,
        into products: MutableFloatSlice
    ) {
        let count = gates.count * hidden
        let result = FloatMemory(count: rows * count)
        MatrixProduct.multiply(
            state,
            weights.slice(at: gates.lowerBound * hidden * hidden, count: count * hidden),
            transposeB: true,
            m: rows,
            n: count,
            k: hidden,
            into: result.slice
        )
        StridedLoop(shape: [rows, count], first: [count, 1], second: [3 * hidden, 1]).copy(
            adds: false,
            from: result.readOnly,
            to: products[gates.lowerBound * hidden..<products.count]
        )
    }

    /// result = or += the gradients of some gates · their R.
    func multiplyBack(
        _ gradients: FloatSlice,
        _ weights: FloatSlice,
        gates: Range<Int>,
        adds: Bool,
        into result: MutableFloatSlice
    ) {
        let count = gates.count * hidden
        MatrixProduct.multiply(
            columns(of: gradients, gates: gates),
            weights.slice(at: gates.lowerBound * hidden * hidden, count: count * hidden),
            m: rows,
            n: hidden,
            k: count,
            outputScale: adds ? 1 : 0,
            into: result
        )
    }

    /// Adds dGateᵀ · state to a gate's weights.
    func addGateGradient(
        _ gradients: FloatSlice,
        gate: Int,
        of state: FloatSlice,
        to weights: MutableFloatSlice
    ) {
        MatrixProduct.multiply(
            columns(of: gradients, gates: gate..<gate + 1),
            transposeA: true,
            state,
            m: hidden,
            n: hidden,
            k: rows,
            outputScale: 1,
            into: weights
        )
    }

    /// Adds a bias of one or several gates, from `gate` on, to each of some rows.
    func addBias(
        _ bias: FloatSlice,
        toRows rows: Int,
        of sums: MutableFloatSlice,
        firstGate gate: Int = 0
    ) {
        StridedLoop(shape: [rows, bias.count], first: [0, 1], second: [3 * hidden, 1]).copy(
            adds: true,
            from: bias,
            to: sums[gate * hidden..<sums.count]
        )
    }

    /// Some gates of [rows, 3 · hidden] without the others between them.
    private func columns(of all: FloatSlice, gates: Range<Int>) -> FloatSlice {
        let count = gates.count * hidden
        let columns = FloatMemory(count: rows * count)
        StridedLoop(shape: [rows, count], first: [3 * hidden, 1], second: [count, 1]).copy(
            adds: false,
            from: all[gates.lowerBound * hidden..<all.count],
            to: columns.slice
        )
        return columns.readOnly
    }
}
