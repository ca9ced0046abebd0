import CKernels
import NeuralNetwork

/// One direction of a GRU, with what its gradient needs from the forward pass.
///
/// Every slice that the kernels are given is cut by the range of a step or of a direction, which checks
/// its size. The C header says what each array holds.
final class GRUDirection {
    /// The extents of a GRU.
    struct Size {
        let steps: Int
        let rows: Int
        let features: Int
        let hidden: Int
        let directions: Int
    }

    /// What all directions read.
    struct Operands {
        let x: FloatSlice
        let inputWeights: FloatSlice
        let stateWeights: FloatSlice
        let biases: FloatSlice?
    }

    /// Where the gradients of the operands are added; nil for those that need none.
    struct Gradients {
        let x: MutableFloatSlice?
        let inputWeights: MutableFloatSlice?
        let stateWeights: MutableFloatSlice?
        let biases: MutableFloatSlice?
    }

    private let index: Int
    private let size: Size
    private let isReversed: Bool
    private let isLinear: Bool
    private let products: GateProducts
    /// [steps, rows, 3 · hidden]: x · Wᵀ + b, h · Rᵀ + b and the gates.
    private let inputs: FloatMemory
    private let recurrent: FloatMemory
    private let gates: FloatMemory
    /// [steps, rows, hidden]: r · h.
    private let resets: FloatMemory
    private let zeros: FloatMemory
    private let dInputs: FloatMemory
    private let dRecurrent: FloatMemory
    private let dState: FloatMemory
    private let dReset: FloatMemory

    init(_ size: Size, index: Int, isReversed: Bool, isLinear: Bool) {
        self.size = size
        self.index = index
        self.isReversed = isReversed
        self.isLinear = isLinear
        products = GateProducts(rows: size.rows, hidden: size.hidden)
        let state = size.rows * size.hidden
        inputs = FloatMemory(count: size.steps * 3 * state)
        recurrent = FloatMemory(count: size.steps * 3 * state)
        gates = FloatMemory(count: size.steps * 3 * state)
        resets = FloatMemory(count: size.steps * state)
        zeros = FloatMemory(count: state)
        dInputs = FloatMemory(count: 3 * state)
        dRecurrent = FloatMemory(count: 3 * state)
        dState = FloatMemory(count: state)
        dReset = FloatMemory(count: state)
    }

    private var stateCount: Int { size.rows * size.hidden }
    private var times: [Int] {
        isReversed ? Array((0..<size.steps).reversed()) : Array(0..<size.steps)
    }

    /// Where the state at a time lies, among [steps, directions, rows, hidden].
    private func stateRange(at time: Int) -> Range<Int> {
        let start = (time * size.directions + index) * stateCount
        return start..<start + stateCount
    }

    /// Where the last state lies, among [steps, directions, rows, hidden].
    var lastStateRange: Range<Int> { stateRange(at: isReversed ? 0 : size.steps - 1) }

    /// Where the last state lies, among [directions, rows, hidden].
    var ownStateRange: Range<Int> { index * stateCount..<(index + 1) * stateCount }

    /// Where this direction's part of `count` floats of all directions lies.
    private func ownRange(of count: Int) -> Range<Int> {
        let own = count / size.directions
        return index * own..<(index + 1) * own
    }

    private func own(_ weights: FloatSlice) -> FloatSlice {
        weights[ownRange(of: weights.count)]
    }

    private func own(_ gradient: MutableFloatSlice) -> MutableFloatSlice {
        gradient[ownRange(of: gradient.count)]
    }

    /// The gates whose product reads the state itself; the third may read r · h.
    private var directGates: Range<Int> { 0..<(isLinear ? 3 : 2) }

    private func gateSlice(_ memory: FloatMemory, at time: Int) -> MutableFloatSlice {
        memory.slice(at: time * 3 * stateCount, count: 3 * stateCount)
    }

    func forward(_ operands: Operands, states: MutableFloatSlice) {
        let hidden = size.hidden
        let bias = operands.biases.map { own($0) }
        MatrixProduct.multiply(
            operands.x,
            own(operands.inputWeights),
            transposeB: true,
            m: size.steps * size.rows,
            n: 3 * hidden,
            k: size.features,
            into: inputs.slice
        )
        if let bias {
            let rows = size.steps * size.rows
            products.addBias(bias[0..<3 * hidden], toRows: rows, of: inputs.slice)
        }
        let weights = own(operands.stateWeights)
        var previous = zeros.readOnly
        for time in times {
            let (gateInputs, recurrentInputs) = (
                gateSlice(inputs, at: time), gateSlice(recurrent, at: time)
            )
            products.multiply(previous, weights, gates: directGates, into: recurrentInputs)
            if let bias {
                let own = bias[3 * hidden..<6 * hidden]
                products.addBias(own, toRows: size.rows, of: recurrentInputs)
            }
            if !isLinear {
                let reset = resets.slice(at: time * stateCount, count: stateCount)
                unsafe gk_gru_reset(
                    size.rows,
                    hidden,
                    gateInputs.base,
                    recurrentInputs.base,
                    previous.base,
                    reset.base
                )
                products.multiply(reset.readOnly, weights, gates: 2..<3, into: recurrentInputs)
                if let bias {
                    products.addBias(
                        bias[5 * hidden..<6 * hidden],
                        toRows: size.rows,
                        of: recurrentInputs,
                        firstGate: 2
                    )
                }
            }
            let next = states[stateRange(at: time)]
            unsafe gk_gru(
                isLinear ? 1 : 0,
                size.rows,
                hidden,
                gateInputs.base,
                recurrentInputs.base,
                previous.base,
                gateSlice(gates, at: time).base,
                next.base
            )
            previous = next.readOnly
        }
    }

    func backward(
        _ operands: Operands,
        states: FloatSlice,
        dStates: MutableFloatSlice,
        gradients: Gradients
    ) {
        let order = times
        let weights = own(operands.stateWeights)
        for (place, time) in order.enumerated().reversed() {
            let previous =
                place == 0 ? zeros.readOnly : states[stateRange(at: order[place - 1])]
            let gate = gateSlice(gates, at: time).readOnly
            unsafe gk_gru_gradient(
                isLinear ? 1 : 0,
                size.rows,
                size.hidden,
                gate.base,
                gateSlice(recurrent, at: time).base,
                previous.base,
                dStates[stateRange(at: time)].base,
                dInputs.slice.base,
                dRecurrent.slice.base,
                dState.slice.base
            )
            if !isLinear {
                products.multiplyBack(
                    dRecurrent.readOnly,
                    weights,
                    gates: 2..<3,
                    adds: false,
                    into: dReset.slice
                )
                unsafe gk_gru_reset_gradient(
                    size.rows,
                    size.hidden,
                    gate.base,
                    previous.base,
                    dReset.slice.base,
                    dInputs.slice.base,
                    dRecurrent.slice.base,
                    dState.slice.base
                )
            }
            products.multiplyBack(
                dRecurrent.readOnly,
                weights,
                gates: directGates,
                adds: true,
                into: dState.slice
            )
            if place > 0 {
                dStates[stateRange(at: order[place - 1])].sum(parts: dState.readOnly, adds: true)
            }
            addWeightGradients(operands.x, time: time, previous: previous, gradients)
            if let dx = gradients.x {
                let count = size.rows * size.features
                MatrixProduct.multiply(
                    dInputs.readOnly,
                    own(operands.inputWeights),
                    m: size.rows,
                    n: size.features,
                    k: 3 * size.hidden,
                    outputScale: 1,
                    into: dx.slice(at: time * count, count: count)
                )
            }
        }
    }

    private func addWeightGradients(
        _ x: FloatSlice,
        time: Int,
        previous: FloatSlice,
        _ gradients: Gradients
    ) {
        let (rows, hidden, features) = (size.rows, size.hidden, size.features)
        if let dw = gradients.inputWeights {
            MatrixProduct.multiply(
                dInputs.readOnly,
                transposeA: true,
                x.slice(at: time * rows * features, count: rows * features),
                m: 3 * hidden,
                n: features,
                k: rows,
                outputScale: 1,
                into: own(dw)
            )
        }
        if let dr = gradients.stateWeights {
            let reset = resets.readOnly.slice(at: time * stateCount, count: stateCount)
            for gate in 0..<3 {
                products.addGateGradient(
                    dRecurrent.readOnly,
                    gate: gate,
                    of: gate == 2 && !isLinear ? reset : previous,
                    to: own(dr).slice(at: gate * hidden * hidden, count: hidden * hidden)
                )
            }
        }
        if let db = gradients.biases {
            let sums = StridedLoop(
                shape: [rows, 3 * hidden],
                first: [3 * hidden, 1],
                second: [0, 1]
            )
            let own = own(db)
            sums.copy(adds: true, from: dInputs.readOnly, to: own)
            sums.copy(adds: true, from: dRecurrent.readOnly, to: own[3 * hidden..<6 * hidden])
        }
    }
}
