import NeuralNetwork
import Testing

/// The kernels against ONNX Runtime; made by Fixtures/make_operator_cases.py.
@Suite struct ONNXRuntimeAgreementTests {
    private let cases: OperatorCases

    init() throws { cases = try OperatorCases.load() }

    @Test(arguments: InstructionLevel.supported)
    func convolutions(level: InstructionLevel) throws {
        for shape in cases.convolutions {
            let convolution = PackedConvolution(
                weights: Weights(
                    try #require(shape.weights),
                    outputCount: try #require(shape.outputs)
                ),
                bias: shape.bias,
                inputChannels: try #require(shape.inputs),
                groups: try #require(shape.groups),
                geometry: shape.geometry,
                level: level
            )
            let workspace = FloatMemory(
                count: convolution.workspaceSize(
                    inputHeight: shape.height,
                    inputWidth: shape.width
                )
            )
            let output = FloatMemory(count: shape.output.count)
            convolution.run(
                FloatMemory(shape.input).readOnly,
                inputHeight: shape.height,
                inputWidth: shape.width,
                workspace: workspace.slice,
                into: output.slice
            )
            expectClose(output.readOnly.toArray(), shape.output, within: 1e-6, "\(shape.geometry)")
        }
    }

    @Test(arguments: InstructionLevel.supported)
    func transposedConvolutions(level: InstructionLevel) throws {
        for shape in cases.transposedConvolutions {
            let padding = try #require(shape.outputPadding)
            let convolution = TransposedConvolution(
                weights: try #require(shape.weights),
                bias: shape.bias,
                inputChannels: try #require(shape.inputs),
                outputChannels: try #require(shape.outputs),
                groups: try #require(shape.groups),
                geometry: shape.geometry,
                outputPadding: (padding[0], padding[1]),
                level: level
            )
            let workspace = FloatMemory(
                count: convolution.workspaceSize(
                    inputHeight: shape.height,
                    inputWidth: shape.width
                )
            )
            let output = FloatMemory(count: shape.output.count)
            convolution.run(
                FloatMemory(shape.input).readOnly,
                inputHeight: shape.height,
                inputWidth: shape.width,
                workspace: workspace.slice,
                into: output.slice
            )
            expectClose(output.readOnly.toArray(), shape.output, within: 1e-6, "\(shape.geometry)")
        }
    }

    @Test(arguments: InstructionLevel.supported)
    func poolings(level: InstructionLevel) throws {
        for shape in cases.poolings {
            let counts = shape.countsPadding ?? false
            let pooling = Pooling(
                shape.average == true ? .average(countsPadding: counts) : .maximum,
                geometry: shape.geometry,
                roundsUp: shape.roundsUp ?? false
            )
            let channels = try #require(shape.channels)
            let output = FloatMemory(
                count: pooling.outputHeight(for: shape.height)
                    * pooling.outputWidth(for: shape.width) * channels
            )
            pooling.run(
                FloatMemory(shape.input).readOnly,
                inputHeight: shape.height,
                inputWidth: shape.width,
                channels: channels,
                into: output.slice,
                level: level
            )
            expectClose(output.readOnly.toArray(), shape.output, within: 1e-6, "\(pooling)")
        }
    }

    @Test(arguments: InstructionLevel.supported)
    func gatedRecurrentUnits(level: InstructionLevel) throws {
        for sequence in cases.grus {
            let size = 3 * sequence.hidden
            let inputs = Self.project(sequence, size, level)
            let cell = GRUCell(
                recurrence: sequence.r,
                bias: Array(sequence.b[size...]),
                hiddenSize: sequence.hidden,
                linearBeforeReset: sequence.linearBeforeReset ?? false,
                level: level
            )
            let workspace = FloatMemory(count: cell.workspaceSize(batch: 1))
            let state = FloatMemory(sequence.state)
            var output: [Float] = []
            for step in 0..<sequence.steps {
                cell.step(
                    inputs: inputs.readOnly[step * size..<(step + 1) * size],
                    state: state.readOnly,
                    workspace: workspace.slice,
                    into: state.slice
                )
                output += state.readOnly.toArray()
            }
            expectClose(output, sequence.output, within: 1e-6, "GRU")
        }
    }

    @Test(arguments: InstructionLevel.supported)
    func longShortTermMemories(level: InstructionLevel) throws {
        for sequence in cases.lstms {
            let size = 4 * sequence.hidden
            let inputs = Self.project(sequence, size, level)
            let lstm = LSTMCell(
                recurrence: sequence.r,
                bias: Array(sequence.b[size...]),
                peepholes: sequence.peepholes,
                hiddenSize: sequence.hidden,
                level: level
            )
            let workspace = FloatMemory(count: lstm.workspaceSize(batch: 1))
            let state = FloatMemory(sequence.state)
            let cell = FloatMemory(try #require(sequence.cell))
            var output: [Float] = []
            for step in 0..<sequence.steps {
                lstm.step(
                    inputs: inputs.readOnly[step * size..<(step + 1) * size],
                    state: state.readOnly,
                    cell: cell.readOnly,
                    workspace: workspace.slice,
                    newState: state.slice,
                    newCell: cell.slice
                )
                output += state.readOnly.toArray()
            }
            expectClose(output, sequence.output, within: 1e-6, "LSTM")
            expectClose(
                cell.readOnly.toArray(),
                try #require(sequence.lastCell),
                within: 1e-6,
                "cell"
            )
        }
    }

    /// X·Wᵀ + Wb for all steps.
    private static func project(
        _ sequence: OperatorCases.Sequence,
        _ size: Int,
        _ level: InstructionLevel
    ) -> FloatMemory {
        let projection = PackedMatrix(
            sequence.w,
            rowCount: sequence.features,
            columnCount: size,
            transposed: true,
            bias: Array(sequence.b[0..<size]),
            level: level
        )
        let result = FloatMemory(count: sequence.steps * size)
        projection.multiply(
            FloatMemory(sequence.input).readOnly,
            rows: sequence.steps,
            into: result.slice
        )
        return result
    }
}
