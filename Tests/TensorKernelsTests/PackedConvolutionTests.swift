import TensorKernels
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
        addend: [Float]? = nil
    ) -> [Float] {
        let convolution = PackedConvolution(
            weights: reference.weights,
            bias: reference.bias,
            inputChannels: reference.inputChannels,
            outputChannels: reference.outputChannels,
            groups: reference.groups,
            geometry: reference.geometry,
            function: function,
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
        let perGroup = [1, 1, 2, 3, 4, 8, 17].randomElement(using: &random) ?? 1
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

    @Test(arguments: InstructionLevel.supported)
    func randomShapesMatchTheDefinition(level: InstructionLevel) {
        var random = RandomNumbers(seed: 1)
        for _ in 0..<150 {
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
}
