import GradientKernels

/// One direction of a GRU, with what its gradient needs from the forward pass.
final class GRUDirection {
    let index: Int
    private let size: GRUSize
    private let isReversed: Bool
    private let isLinear: Bool
    private let kernels: RecurrentKernels
    private let products: GateProducts
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
        products = GateProducts(rows: size.rows, hidden: size.hidden)
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
        if let bias { products.addToRows(bias[0..<3 * hidden], inputs.all, size.steps * size.rows) }
        let weights = own(stateWeights)
        var previous = zeros.all
        for time in times {
            let (gateInputs, recurrentInputs) = (
                gatesRun(inputs, at: time), gatesRun(recurrent, at: time)
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
                let reset = resets.all.run(at: time * stateCount, count: stateCount)
                kernels.resetState(
                    inputs: gateInputs,
                    recurrent: recurrentInputs,
                    state: previous,
                    into: reset
                )
                products.multiply(reset, weights, firstGate: 2, gateCount: 1, into: recurrentInputs)
                if let bias {
                    products.addToRows(
                        bias[5 * hidden..<6 * hidden],
                        recurrentInputs,
                        size.rows,
                        firstColumn: 2
                    )
                }
            }
            let next = state(at: time, in: states)
            kernels.step(
                inputs: gateInputs,
                recurrent: recurrentInputs,
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
                products.multiplyBack(
                    dRecurrent.all,
                    weights,
                    firstGate: 2,
                    gateCount: 1,
                    adds: false,
                    into: dReset.all
                )
                kernels.resetGradient(
                    gates: gate,
                    state: previous,
                    dReset: dReset.all,
                    dInputs: dInputs.all,
                    dRecurrent: dRecurrent.all,
                    dState: dState.all
                )
            }
            products.multiplyBack(
                dRecurrent.all,
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
                products.addGateGradient(
                    dRecurrent.all,
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
}
