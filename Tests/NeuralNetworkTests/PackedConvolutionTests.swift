import NeuralNetwork
import Testing

@Suite struct PackedConvolutionTests {
    struct Case {
        var inputs: Int
        var outputs: Int
        var groups = 1
        var height: Int
        var width: Int
        var geometry: ConvolutionGeometry
    }

    static func run(
        _ reference: ConvolutionReference,
        _ input: [Float],
        height: Int,
        width: Int,
        level: InstructionLevel,
        function: ScalarFunction = .identity,
        addend: [Float]? = nil,
        minimalFiltering: Bool? = nil
    ) -> [Float] {
        let convolution = PackedConvolution(
            weights: Weights(reference.weights, outputCount: reference.outputChannels),
            bias: reference.bias,
            inputChannels: reference.inputChannels,
            groups: reference.groups,
            geometry: reference.geometry,
            function: function,
            minimalFiltering: minimalFiltering,
            level: level
        )
        let workspace = FloatMemory(
            count: convolution.workspaceSize(inputHeight: height, inputWidth: width)
        )
        // Whatever was in the workspace before must not matter.
        workspace.slice.fill(with: .nan)
        let output = FloatMemory(
            count: convolution.outputHeight(for: height) * convolution.outputWidth(for: width)
                * reference.outputChannels
        )
        output.slice.fill(with: .nan)
        convolution.run(
            FloatMemory(input).readOnly,
            inputHeight: height,
            inputWidth: width,
            addend: addend.map { FloatMemory($0).readOnly },
            workspace: workspace.slice,
            into: output.slice
        )
        return output.readOnly.toArray()
    }

    static func randomCase(_ random: inout RandomNumbers) -> Case {
        let kernelHeight = Int.random(in: 1...5, using: &random)
        let kernelWidth = Int.random(in: 1...5, using: &random)
        let groups = [1, 1, 1, 2, 3].randomElement(using: &random) ?? 1
        let perGroup = [1, 1, 2, 3, 4, 8, 17, 24, 32].randomElement(using: &random) ?? 1
        let outputs = [1, 2, 5, 8, 15, 16, 17, 31, 48, 70].randomElement(using: &random) ?? 1
        return Case(
            inputs: groups * perGroup,
            outputs: groups * outputs,
            groups: groups,
            height: Int.random(in: 10...14, using: &random),
            width: Int.random(in: 10...23, using: &random),
            geometry: ConvolutionGeometry(
                kernelHeight: kernelHeight,
                kernelWidth: kernelWidth,
                strideHeight: Int.random(in: 1...3, using: &random),
                strideWidth: Int.random(in: 1...3, using: &random),
                dilationHeight: Int.random(in: 1...2, using: &random),
                dilationWidth: Int.random(in: 1...2, using: &random),
                padTop: Int.random(in: 0...2, using: &random),
                padLeft: Int.random(in: 0...2, using: &random),
                padBottom: Int.random(in: 0...2, using: &random),
                padRight: Int.random(in: 0...2, using: &random)
            )
        )
    }

    static func minimalCase(_ random: inout RandomNumbers) -> Case {
        var shape = randomCase(&random)
        let perGroup = [16, 17, 24, 32].randomElement(using: &random) ?? 16
        shape.inputs = shape.groups * perGroup
        shape.geometry.kernelWidth = [3, 3, 5].randomElement(using: &random) ?? 3
        shape.width = Int.random(in: shape.geometry.kernelWidth...23, using: &random)
        shape.geometry.strideWidth = 1
        shape.geometry.dilationWidth = 1
        return shape
    }

    @Test(arguments: InstructionLevel.supported)
    func randomShapesMatchTheDefinition(level: InstructionLevel) {
        var random = RandomNumbers(seed: 1)
        for _ in 0..<100 {
            let shape = Self.randomCase(&random)
            let reference = ConvolutionReference(
                inputChannels: shape.inputs,
                outputChannels: shape.outputs,
                groups: shape.groups,
                geometry: shape.geometry,
                random: &random
            )
            let input = random.floats(shape.height * shape.width * shape.inputs)
            expectClose(
                Self.run(reference, input, height: shape.height, width: shape.width, level: level),
                reference.run(input, height: shape.height, width: shape.width),
                within: 2e-6,
                "\(shape)"
            )
        }
    }

    @Test(arguments: InstructionLevel.supported)
    func weightsKeptAsInt8MatchTheDefinition(level: InstructionLevel) {
        var random = RandomNumbers(seed: 25)
        for _ in 0..<60 {
            let shape = Self.randomCase(&random)
            var reference = ConvolutionReference(
                inputChannels: shape.inputs,
                outputChannels: shape.outputs,
                groups: shape.groups,
                geometry: shape.geometry,
                random: &random
            )
            reference.weights = random.multiplesOfSteps(
                outputCount: shape.outputs,
                each: reference.weights.count / shape.outputs
            )
            let input = random.floats(shape.height * shape.width * shape.inputs)
            expectClose(
                Self.run(
                    reference,
                    input,
                    height: shape.height,
                    width: shape.width,
                    level: level,
                    minimalFiltering: false
                ),
                reference.run(input, height: shape.height, width: shape.width),
                within: 2e-6,
                "\(shape)"
            )
        }
    }

    @Test(arguments: InstructionLevel.supported)
    func minimalFilteringMatchesTheDefinition(level: InstructionLevel) {
        var random = RandomNumbers(seed: 18)
        for _ in 0..<50 {
            let shape = Self.minimalCase(&random)
            let reference = ConvolutionReference(
                inputChannels: shape.inputs,
                outputChannels: shape.outputs,
                groups: shape.groups,
                geometry: shape.geometry,
                random: &random
            )
            let input = random.floats(shape.height * shape.width * shape.inputs)
            let outputSize =
                shape.geometry.outputHeight(for: shape.height)
                * shape.geometry.outputWidth(for: shape.width) * shape.outputs
            let addend = random.floats(outputSize)
            expectClose(
                Self.run(
                    reference,
                    input,
                    height: shape.height,
                    width: shape.width,
                    level: level,
                    function: .relu,
                    addend: addend,
                    minimalFiltering: true
                ),
                zip(reference.run(input, height: shape.height, width: shape.width), addend)
                    .map { max(0, $0 + Double($1)) },
                within: 5e-6,
                "\(shape)"
            )
        }
    }

    /// A stream computes few rows at a time; each must be the row of the whole image.
    @Test(arguments: InstructionLevel.supported)
    func rowsComputedAloneEqualTheWholeImageBitForBit(level: InstructionLevel) {
        var random = RandomNumbers(seed: 2)
        for round in 0..<80 {
            var shape = round % 2 == 0 ? Self.randomCase(&random) : Self.minimalCase(&random)
            shape.geometry.padTop = 0
            shape.geometry.padBottom = 0
            let reference = ConvolutionReference(
                inputChannels: shape.inputs,
                outputChannels: shape.outputs,
                groups: shape.groups,
                geometry: shape.geometry,
                random: &random
            )
            let input = random.floats(shape.height * shape.width * shape.inputs)
            let whole = Self.run(
                reference,
                input,
                height: shape.height,
                width: shape.width,
                level: level,
                minimalFiltering: round % 2 == 1
            )
            let outputHeight = shape.geometry.outputHeight(for: shape.height)
            let rowSize = shape.width * shape.inputs
            let first = Int.random(in: 0..<max(1, outputHeight), using: &random)
            let rows = Int.random(in: 1...max(1, outputHeight - first), using: &random)
            guard first + rows <= outputHeight else { continue }
            let from = first * shape.geometry.strideHeight
            let height = (rows - 1) * shape.geometry.strideHeight + shape.geometry.spanHeight
            let part = Self.run(
                reference,
                Array(input[from * rowSize..<(from + height) * rowSize]),
                height: height,
                width: shape.width,
                level: level,
                minimalFiltering: round % 2 == 1
            )
            let outputRow = whole.count / outputHeight
            expectIdentical(
                part,
                Array(whole[first * outputRow..<(first + rows) * outputRow]),
                "rows \(first)..<\(first + rows) of \(shape)"
            )
        }
    }

    @Test(arguments: InstructionLevel.supported)
    func functionAndAddendAreAppliedAfterTheSum(level: InstructionLevel) {
        var random = RandomNumbers(seed: 3)
        let geometry = ConvolutionGeometry(kernelHeight: 3, kernelWidth: 3, padTop: 1, padLeft: 1)
        let reference = ConvolutionReference(
            inputChannels: 5,
            outputChannels: 21,
            groups: 1,
            geometry: geometry,
            random: &random
        )
        let input = random.floats(6 * 9 * 5)
        let sums = reference.run(input, height: 6, width: 9)
        let addend = random.floats(sums.count)
        let functions: [(ScalarFunction, (Double) -> Double)] = [
            (.relu, { max(0, $0) }),
            (.clip(low: 0, high: 6), { min(6, max(0, $0)) }),
            (.leakyReLU(slope: 0.1), { $0 < 0 ? 0.1 * $0 : $0 }),
            (.hardSwish, { $0 * min(1, max(0, $0 / 6 + 0.5)) }),
        ]
        for (function, twin) in functions {
            expectClose(
                Self.run(
                    reference,
                    input,
                    height: 6,
                    width: 9,
                    level: level,
                    function: function,
                    addend: addend
                ),
                zip(sums, addend).map { twin($0 + Double($1)) },
                within: 2e-6,
                "\(function)"
            )
        }
    }

    @Test func batchIsOneImageAfterAnother() {
        var random = RandomNumbers(seed: 4)
        let geometry = ConvolutionGeometry(kernelHeight: 3, kernelWidth: 2, padRight: 1)
        let reference = ConvolutionReference(
            inputChannels: 3,
            outputChannels: 7,
            groups: 1,
            geometry: geometry,
            random: &random
        )
        let convolution = PackedConvolution(
            weights: Weights(reference.weights, outputCount: 7),
            bias: reference.bias,
            inputChannels: 3,
            geometry: geometry
        )
        let images = (0..<3).map { _ in random.floats(5 * 6 * 3) }
        let workspace = FloatMemory(
            count: convolution.workspaceSize(inputHeight: 5, inputWidth: 6)
        )
        let output = FloatMemory(count: 3 * 3 * 6 * 7)
        convolution.run(
            FloatMemory(images.flatMap { $0 }).readOnly,
            inputHeight: 5,
            inputWidth: 6,
            batch: 3,
            workspace: workspace.slice,
            into: output.slice
        )
        expectClose(
            output.readOnly.toArray(),
            images.flatMap { reference.run($0, height: 5, width: 6) },
            within: 2e-6,
            "three images"
        )
    }

    @Test func kernelLargerThanTheImageGivesNoOutput() {
        let geometry = ConvolutionGeometry(kernelHeight: 5, kernelWidth: 1)
        #expect(geometry.outputHeight(for: 4) == 0)
        #expect(geometry.outputHeight(for: 5) == 1)
    }
}
