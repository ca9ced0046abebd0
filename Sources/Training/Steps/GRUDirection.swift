import GradientKernels

/// One direction of a GRU, with what its gradient needs from the forward pass.
final class GRUDirection {
    let index: Int
    private let size: GRUSize
    private let isReversed: Bool
    private let isLinear: Bool
    private let kernels: RecurrentKernels
    /// [steps, rows, 3 · hidden]: x · Wᵀ + b, h · Rᵀ + b and the gates.
    private let inputs: FloatBuffer
    private let recurrent: FloatBuffer
    private let gates: FloatBuffer
    /// [steps, rows, hidden]: r · h.
    private let resets: FloatBuffer
    private let zeros: FloatBuffer
    private let dInputs: FloatBuffer
    private let dRecurrent: FloatBuffer
    private let dState: FloatBuffer
    private let dReset: FloatBuffer

    init(_ size: GRUSize, index: Int, isReversed: Bool, isLinear: Bool) {
        self.size = size
        self.index = index
        self.isReversed = isReversed
        self.isLinear = isLinear
        kernels = RecurrentKernels(isLinear: isLinear, rows: size.rows, hidden: size.hidden)
        let state = size.rows * size.hidden
        inputs = FloatBuffer(count: size.steps * 3 * state)
        recurrent = FloatBuffer(count: size.steps * 3 * state)
        gates = FloatBuffer(count: size.steps * 3 * state)
        resets = FloatBuffer(count: size.steps * state)
        zeros = FloatBuffer(count: state)
        dInputs = FloatBuffer(count: 3 * state)
        dRecurrent = FloatBuffer(count: 3 * state)
        dState = FloatBuffer(count: state)
        dReset = FloatBuffer(count: state)
    }

    private var stateCount: Int { size.rows * size.hidden }
    private var times: [Int] {
        isReversed ? Array((0..<size.steps).reversed()) : Array(0..<size.steps)
    }

    /// The state at a time, among [steps, directions, rows, hidden].
    private func state(at time: Int, in states: FloatRun) -> FloatRun {
        states.run(at: (time * size.directions + index) * stateCount, count: stateCount)
    }

    func lastState(of states: FloatRun) -> FloatRun {
        state(at: isReversed ? 0 : size.steps - 1, in: states)
    }

    private func own(_ run: FloatRun) -> FloatRun {
        let count = run.count / size.directions
        return run.run(at: index * count, count: count)
    }

    private func gatesRun(_ buffer: FloatBuffer, at time: Int) -> FloatRun {
        buffer.all.run(at: time * 3 * stateCount, count: 3 * stateCount)
    }

    func forward(
        x: FloatRun,
        inputWeights: FloatRun,
        stateWeights: FloatRun,
        biases: FloatRun?,
        states: FloatRun
    ) {
        let hidden = size.hidden
        let bias = biases.map { own($0) }
        MatrixKernel.multiply(
            x,
            own(inputWeights),
            transposeB: true,
            m: size.steps * size.rows,
            n: 3 * hidden,
            k: size.features,
            into: inputs.all
        )
        if let bias { addToRows(bias[0..<3 * hidden], inputs.all, size.steps * size.rows) }
        let weights = own(stateWeights)
        var previous = zeros.all
        for time in times {
            let (gateInputs, products) = (gatesRun(inputs, at: time), gatesRun(recurrent, at: time))
            multiply(previous, weights, firstGate: 0, gateCount: isLinear ? 3 : 2, into: products)
            if let bias { addToRows(bias[3 * hidden..<6 * hidden], products, size.rows) }
            if !isLinear {
                let reset = resets.all.run(at: time * stateCount, count: stateCount)
                kernels.resetState(
                    inputs: gateInputs,
                    recurrent: products,
                    state: previous,
                    into: reset
                )
                multiply(reset, weights, firstGate: 2, gateCount: 1, into: products)
                if let bias {
                    addToRows(bias[5 * hidden..<6 * hidden], products, size.rows, firstColumn: 2)
                }
            }
            let next = state(at: time, in: states)
            kernels.step(
                inputs: gateInputs,
                recurrent: products,
                state: previous,
                gates: gatesRun(gates, at: time),
                newState: next
            )
            previous = next
        }
    }

    func backward(
        x: FloatRun,
        inputWeights: FloatRun,
        stateWeights: FloatRun,
        states: FloatRun,
        dStates: FloatRun,
        gradients: GRUGradients
    ) {
        let hidden = size.hidden
        let order = times
        let weights = own(stateWeights)
        for (place, time) in order.enumerated().reversed() {
            let previous = place == 0 ? zeros.all : state(at: order[place - 1], in: states)
            let gate = gatesRun(gates, at: time)
            kernels.gradient(
                gates: gate,
                recurrent: gatesRun(recurrent, at: time),
                state: previous,
                dNewState: state(at: time, in: dStates),
                dInputs: dInputs.all,
                dRecurrent: dRecurrent.all,
                dState: dState.all
            )
            if !isLinear {
                multiplyBack(weights, firstGate: 2, gateCount: 1, adds: false, into: dReset.all)
                kernels.resetGradient(
                    gates: gate,
                    state: previous,
                    dReset: dReset.all,
                    dInputs: dInputs.all,
                    dRecurrent: dRecurrent.all,
                    dState: dState.all
                )
            }
            multiplyBack(
                weights,
                firstGate: 0,
                gateCount: isLinear ? 3 : 2,
                adds: true,
                into: dState.all
            )
            if place > 0 {
                WeightKernels.sum(
                    parts: dState.all,
                    count: 1,
                    step: 0,
                    adds: true,
                    into: state(at: order[place - 1], in: dStates)
                )
            }
            addWeightGradients(x, time: time, previous: previous, gradients)
            if let dx = gradients.x {
                let count = size.rows * size.features
                MatrixKernel.multiply(
                    dInputs.all,
                    own(inputWeights),
                    m: size.rows,
                    n: size.features,
                    k: 3 * hidden,
                    adds: true,
                    into: dx.run(at: time * count, count: count)
                )
            }
        }
    }

    private func addWeightGradients(
        _ x: FloatRun,
        time: Int,
        previous: FloatRun,
        _ gradients: GRUGradients
    ) {
        let (rows, hidden, features) = (size.rows, size.hidden, size.features)
        if let dw = gradients.inputWeights {
            MatrixKernel.multiply(
                dInputs.all,
                transposeA: true,
                x.run(at: time * rows * features, count: rows * features),
                m: 3 * hidden,
                n: features,
                k: rows,
                adds: true,
                into: own(dw)
            )
        }
        if let dr = gradients.stateWeights {
            let reset = resets.all.run(at: time * stateCount, count: stateCount)
            for gate in 0..<3 {
                addGateGradient(
                    gate,
                    of: gate == 2 && !isLinear ? reset : previous,
                    to: own(dr).run(at: gate * hidden * hidden, count: hidden * hidden)
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
            StridedKernels.copy(sums, adds: true, from: dInputs.all, to: own)
            let second = own[3 * hidden..<6 * hidden]
            StridedKernels.copy(sums, adds: true, from: dRecurrent.all, to: second)
        }
    }

    /// Adds dGateᵀ · state to a gate's weights; the gate's columns are copied out first.
    private func addGateGradient(_ gate: Int, of state: FloatRun, to weights: FloatRun) {
        let column = gateColumns(dRecurrent.all, firstGate: gate, gateCount: 1)
        MatrixKernel.multiply(
            column,
            transposeA: true,
            state,
            m: size.hidden,
            n: size.hidden,
            k: size.rows,
            adds: true,
            into: weights
        )
    }

    /// products[rows, some gates] = state · Rᵀ of these gates.
    private func multiply(
        _ state: FloatRun,
        _ weights: FloatRun,
        firstGate: Int,
        gateCount: Int,
        into products: FloatRun
    ) {
        let (rows, hidden) = (size.rows, size.hidden)
        let count = gateCount * hidden
        let result = FloatBuffer(count: rows * count)
        MatrixKernel.multiply(
            state,
            weights.run(at: firstGate * hidden * hidden, count: count * hidden),
            transposeB: true,
            m: rows,
            n: count,
            k: hidden,
            into: result.all
        )
        let loop = StridedLoop(shape: [rows, count], first: [count, 1], second: [3 * hidden, 1])
        let target = products[firstGate * hidden..<products.count]
        StridedKernels.copy(loop, adds: false, from: result.all, to: target)
    }

    /// result = or += dRecurrent of some gates · their R.
    private func multiplyBack(
        _ weights: FloatRun,
        firstGate: Int,
        gateCount: Int,
        adds: Bool,
        into result: FloatRun
    ) {
        let hidden = size.hidden
        MatrixKernel.multiply(
            gateColumns(dRecurrent.all, firstGate: firstGate, gateCount: gateCount),
            weights.run(
                at: firstGate * hidden * hidden,
                count: gateCount * hidden * hidden
            ),
            m: size.rows,
            n: hidden,
            k: gateCount * hidden,
            adds: adds,
            into: result
        )
    }

    private func gateColumns(_ all: FloatRun, firstGate: Int, gateCount: Int) -> FloatRun {
        let count = gateCount * size.hidden
        let columns = FloatBuffer(count: size.rows * count).all
        let loop = StridedLoop(
            shape: [size.rows, count],
            first: [3 * size.hidden, 1],
            second: [count, 1]
        )
        let source = all[firstGate * size.hidden..<all.count]
        StridedKernels.copy(loop, adds: false, from: source, to: columns)
        return columns
    }

    private func addToRows(
        _ bias: FloatRun,
        _ run: FloatRun,
        _ rows: Int,
        firstColumn gate: Int = 0
    ) {
        let target = run[gate * size.hidden..<run.count]
        let loop = StridedLoop(
            shape: [rows, bias.count],
            first: [0, 1],
            second: [3 * size.hidden, 1]
        )
        StridedKernels.copy(loop, adds: true, from: bias, to: target)
    }
}
