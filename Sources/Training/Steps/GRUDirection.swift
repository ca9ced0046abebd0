import NeuralNetwork

/// One direction of a GRU, with what its gradient needs from the forward pass.
final class GRUDirection {
    let index: Int
    private let size: GRUSize
    private let isReversed: Bool
    private let isLinear: Bool
    private let kernels: RecurrentKernels
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

    init(_ size: GRUSize, index: Int, isReversed: Bool, isLinear: Bool) {
        self.size = size
        self.index = index
        self.isReversed = isReversed
        self.isLinear = isLinear
        kernels = RecurrentKernels(isLinear: isLinear, rows: size.rows, hidden: size.hidden)
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

    private func gateSlice(_ memory: FloatMemory, at time: Int) -> MutableFloatSlice {
        memory.slice(at: time * 3 * stateCount, count: 3 * stateCount)
    }

    func forward(
        x: FloatSlice,
        inputWeights: FloatSlice,
        stateWeights: FloatSlice,
        biases: FloatSlice?,
        states: MutableFloatSlice
    ) {
        let hidden = size.hidden
        let bias = biases.map { own($0) }
        MatrixProduct.multiply(
            x,
            own(inputWeights),
            transposeB: true,
            m: size.steps * size.rows,
            n: 3 * hidden,
            k: size.features,
            into: inputs.slice
        )
        if let bias {
            products.addToRows(bias[0..<3 * hidden], inputs.slice, size.steps * size.rows)
        }
        let weights = own(stateWeights)
        var previous = zeros.readOnly
        for time in times {
            let (gateInputs, recurrentInputs) = (
                gateSlice(inputs, at: time), gateSlice(recurrent, at: time)
            )
            products.multiply(
                previous,
                weights,
                firstGate: 0,
                gateCount: isLinear ? 3 : 2,
                into: recurrentInputs
            )
            if let bias {
                products.addToRows(bias[3 * hidden..<6 * hidden], recurrentInputs, size.rows)
            }
            if !isLinear {
                let reset = resets.slice(at: time * stateCount, count: stateCount)
                kernels.resetState(
                    inputs: gateInputs.readOnly,
                    recurrent: recurrentInputs.readOnly,
                    state: previous,
                    into: reset
                )
                products.multiply(
                    reset.readOnly,
                    weights,
                    firstGate: 2,
                    gateCount: 1,
                    into: recurrentInputs
                )
                if let bias {
                    products.addToRows(
                        bias[5 * hidden..<6 * hidden],
                        recurrentInputs,
                        size.rows,
                        firstColumn: 2
                    )
                }
            }
            let next = states[stateRange(at: time)]
            kernels.step(
                inputs: gateInputs.readOnly,
                recurrent: recurrentInputs.readOnly,
                state: previous,
                gates: gateSlice(gates, at: time),
                newState: next
            )
            previous = next.readOnly
        }
    }

    func backward(
        x: FloatSlice,
        inputWeights: FloatSlice,
        stateWeights: FloatSlice,
        states: FloatSlice,
        dStates: MutableFloatSlice,
        gradients: GRUGradients
    ) {
        let hidden = size.hidden
        let order = times
        let weights = own(stateWeights)
        for (place, time) in order.enumerated().reversed() {
            let previous =
                place == 0 ? zeros.readOnly : states[stateRange(at: order[place - 1])]
            let gate = gateSlice(gates, at: time).readOnly
            kernels.gradient(
                gates: gate,
                recurrent: gateSlice(recurrent, at: time).readOnly,
                state: previous,
                dNewState: dStates[stateRange(at: time)].readOnly,
                dInputs: dInputs.slice,
                dRecurrent: dRecurrent.slice,
                dState: dState.slice
            )
            if !isLinear {
                products.multiplyBack(
                    dRecurrent.readOnly,
                    weights,
                    firstGate: 2,
                    gateCount: 1,
                    adds: false,
                    into: dReset.slice
                )
                kernels.resetGradient(
                    gates: gate,
                    state: previous,
                    dReset: dReset.readOnly,
                    dInputs: dInputs.slice,
                    dRecurrent: dRecurrent.slice,
                    dState: dState.slice
                )
            }
            products.multiplyBack(
                dRecurrent.readOnly,
                weights,
                firstGate: 0,
                gateCount: isLinear ? 3 : 2,
                adds: true,
                into: dState.slice
            )
            if place > 0 {
                WeightKernels.sum(
                    parts: dState.readOnly,
                    count: 1,
                    step: 0,
                    adds: true,
                    into: dStates[stateRange(at: order[place - 1])]
                )
            }
            addWeightGradients(x, time: time, previous: previous, gradients)
            if let dx = gradients.x {
                let count = size.rows * size.features
                MatrixProduct.multiply(
                    dInputs.readOnly,
                    own(inputWeights),
                    m: size.rows,
                    n: size.features,
                    k: 3 * hidden,
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
        _ gradients: GRUGradients
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
                    gate,
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
            StridedKernels.copy(sums, adds: true, from: dInputs.readOnly, to: own)
            let second = own[3 * hidden..<6 * hidden]
            StridedKernels.copy(sums, adds: true, from: dRecurrent.readOnly, to: second)
        }
    }
}
