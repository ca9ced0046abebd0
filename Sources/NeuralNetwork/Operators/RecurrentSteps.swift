/// Steps that run recurrent cells over time.
enum RecurrentSteps {
    /// One step of a cell for a whole batch: from the inputs' products and the state to the state.
    typealias CellStep = (
        _ inputs: FloatSlice, _ inputStride: Int, _ state: MutableFloatSlice,
        _ cell: MutableFloatSlice
    ) -> Void

    /// The step of a node; `makeCell` makes the cell of one direction.
    static func step(
        _ node: RecurrentNode,
        _ places: StepPlaces,
        initialCell: Int?,
        makeCell: (RecurrentNode.Direction, _ batch: Int) -> CellStep
    ) -> Step {
        let shape = places.inputType(0).shape
        let steps = shape[node.isBatchFirst ? 1 : 0]
        let batch = shape[node.isBatchFirst ? 0 : 1]
        guard steps > 0, batch > 0 else { return zeroStep(places) }
        let width = node.gateCount * node.hiddenSize
        let products = places.scratch.floats(steps * batch * width)
        var parts: [Step] = []
        for (index, direction) in node.directions.enumerated() {
            let matrix = places.packing.weights(ofNode: places.node, part: index) {
                PackedMatrix(
                    direction.inputWeights,
                    rowCount: node.inputSize,
                    columnCount: width,
                    transposed: true,
                    bias: direction.inputBias
                )
            }
            let memory = StateMemory(node, index, places, initialCell: initialCell)
            let cell = makeCell(direction, batch)
            let input = places.floats(0)
            let timeStride = node.isBatchFirst ? width : batch * width
            let batchStride = node.isBatchFirst ? steps * width : width
            parts.append {
                matrix.multiply(input, rows: steps * batch, into: products)
                memory.loadInitialState()
                for step in 0..<steps {
                    let time = direction.isReverse ? steps - 1 - step : step
                    cell(
                        products.readOnly[time * timeStride..<products.count],
                        batchStride,
                        memory.state,
                        memory.cell
                    )
                    memory.writeState(at: time)
                }
                memory.writeFinalState()
            }
        }
        return { [parts] in for part in parts { part() } }
    }

    private static func zeroStep(_ places: StepPlaces) -> Step {
        let outputs = places.outputs.indices.filter { places.hasOutput($0) }.map {
            places.result($0)
        }
        return { for output in outputs { output.fill(with: 0) } }
    }

    /// The state of one direction between steps, and where it comes from and goes to.
    private struct StateMemory {
        let state: MutableFloatSlice
        let cell: MutableFloatSlice
        private let hidden: Int
        private let batch: Int
        private let initial: FloatSlice?
        private let initialCell: FloatSlice?
        private let all: MutableFloatSlice?
        private let last: MutableFloatSlice?
        private let lastCell: MutableFloatSlice?
        /// Where item `b` of a state tensor begins: at `stateStart + b · stateStride`.
        private let stateStart: Int
        private let stateStride: Int
        private let timeStride: Int
        private let allStride: Int

        init(_ node: RecurrentNode, _ direction: Int, _ places: StepPlaces, initialCell: Int?) {
            let shape = places.inputType(0).shape
            let steps = shape[node.isBatchFirst ? 1 : 0]
            batch = shape[node.isBatchFirst ? 0 : 1]
            hidden = node.hiddenSize
            let count = node.directions.count
            let memory = FloatMemory(count: 2 * batch * hidden)
            state = memory.slice(at: 0, count: batch * hidden)
            cell = memory.slice(at: batch * hidden, count: batch * hidden)
            initial = places.hasInput(5) ? places.floats(5) : nil
            self.initialCell = initialCell.flatMap {
                places.hasInput($0) ? places.floats($0) : nil
            }
            all = places.hasOutput(0) ? places.result(0) : nil
            last = places.hasOutput(1) ? places.result(1) : nil
            lastCell = places.hasOutput(2) ? places.result(2) : nil
            stateStart = (node.isBatchFirst ? direction : direction * batch) * hidden
            stateStride = (node.isBatchFirst ? count : 1) * hidden
            timeStride = (node.isBatchFirst ? count : count * batch) * hidden
            allStride = (node.isBatchFirst ? steps * count : 1) * hidden
        }

        /// Starts with the initial state, or with zeros.
        func loadInitialState() {
            load(initial, into: state)
            load(initialCell, into: cell)
        }

        private func load(_ source: FloatSlice?, into target: MutableFloatSlice) {
            guard let source else {
                target.fill(with: 0)
                return
            }
            for item in 0..<batch {
                let start = stateStart + item * stateStride
                target[item * hidden..<(item + 1) * hidden].update(
                    from: source[start..<start + hidden]
                )
            }
        }

        /// Copies the state to its place among those of all times.
        func writeState(at time: Int) {
            guard let all else { return }
            for item in 0..<batch {
                let start = time * timeStride + stateStart + item * allStride
                all[start..<start + hidden].update(
                    from: state.readOnly[item * hidden..<(item + 1) * hidden]
                )
            }
        }

        /// Copies the last state and cell to their outputs.
        func writeFinalState() {
            for (target, source) in [(last, state), (lastCell, cell)] {
                guard let target else { continue }
                for item in 0..<batch {
                    let start = stateStart + item * stateStride
                    target[start..<start + hidden].update(
                        from: source.readOnly[item * hidden..<(item + 1) * hidden]
                    )
                }
            }
        }
    }
}
