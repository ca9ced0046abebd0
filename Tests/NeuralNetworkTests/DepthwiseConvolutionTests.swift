import NeuralNetwork
import Testing

@Suite struct DepthwiseConvolutionTests {
    private struct Case {
        var channels: Int
        var height: Int
        var width: Int
        var geometry: ConvolutionGeometry

        init(_ random: inout RandomNumbers) {
            channels = [1, 3, 4, 7, 8, 16, 19, 24, 32, 50].randomElement(using: &random) ?? 1
            height = Int.random(in: 4...12, using: &random)
            width = Int.random(in: 3...21, using: &random)
            let kernel = [1, 2, 3, 3, 3, 5]
            geometry = ConvolutionGeometry(
                kernelHeight: kernel.randomElement(using: &random) ?? 3,
                kernelWidth: kernel.randomElement(using: &random) ?? 3,
                strideHeight: Int.random(in: 1...2, using: &random),
                strideWidth: Int.random(in: 1...3, using: &random),
                dilationHeight: Int.random(in: 1...2, using: &random),
                dilationWidth: Int.random(in: 1...2, using: &random),
                padTop: Int.random(in: 0...5, using: &random),
                padLeft: Int.random(in: 0...5, using: &random),
                padBottom: Int.random(in: 0...5, using: &random),
                padRight: Int.random(in: 0...5, using: &random)
            )
        }
    }

    private static func run(
        _ reference: ConvolutionReference,
        _ input: [Float],
        height: Int,
        width: Int,
        function: ScalarFunction = .identity,
        level: InstructionLevel
    ) -> [Float] {
        let convolution = DepthwiseConvolution(
            weights: reference.weights,
            bias: reference.bias,
            channels: reference.inputChannels,
            geometry: reference.geometry,
            function: function,
            level: level
        )
        let size =
            reference.geometry.outputHeight(for: height)
            * reference.geometry.outputWidth(for: width) * reference.inputChannels
        let output = FloatMemory(count: size)
        output.slice.fill(with: .nan)
        convolution.run(
            FloatMemory(input).readOnly,
            inputHeight: height,
            inputWidth: width,
            into: output.slice
        )
        return output.readOnly.toArray()
    }

    @Test(arguments: InstructionLevel.supported)
    func randomShapesMatchTheDefinition(level: InstructionLevel) {
        var random = RandomNumbers(seed: 10)
        for _ in 0..<300 {
            let shape = Case(&random)
            let reference = ConvolutionReference(
                inputChannels: shape.channels,
                outputChannels: shape.channels,
                groups: shape.channels,
                geometry: shape.geometry,
                random: &random
            )
            let input = random.floats(shape.height * shape.width * shape.channels)
            expectClose(
                Self.run(reference, input, height: shape.height, width: shape.width, level: level),
                reference.run(input, height: shape.height, width: shape.width),
                within: 2e-6,
                "\(shape)"
            )
        }
    }

    @Test(arguments: InstructionLevel.supported)
    func rowsComputedAloneEqualTheWholeImageBitForBit(level: InstructionLevel) {
        var random = RandomNumbers(seed: 11)
        for _ in 0..<60 {
            var shape = Case(&random)
            shape.height = 14
            shape.geometry.padTop = 0
            shape.geometry.padBottom = 0
            let geometry = shape.geometry
            let reference = ConvolutionReference(
                inputChannels: shape.channels,
                outputChannels: shape.channels,
                groups: shape.channels,
                geometry: geometry,
                random: &random
            )
            let rowSize = shape.width * shape.channels
            let input = random.floats(shape.height * rowSize)
            let whole = Self.run(
                reference,
                input,
                height: shape.height,
                width: shape.width,
                level: level
            )
            let outputHeight = geometry.outputHeight(for: shape.height)
            let outputRow = whole.count / outputHeight
            for row in 0..<outputHeight {
                let from = row * geometry.strideHeight
                let alone = Self.run(
                    reference,
                    Array(input[from * rowSize..<(from + geometry.spanHeight) * rowSize]),
                    height: geometry.spanHeight,
                    width: shape.width,
                    level: level
                )
                expectIdentical(
                    alone,
                    Array(whole[row * outputRow..<(row + 1) * outputRow]),
                    "row \(row) of \(shape)"
                )
            }
        }
    }

    @Test(arguments: InstructionLevel.supported)
    func functionIsAppliedAfterTheSum(level: InstructionLevel) {
        var random = RandomNumbers(seed: 12)
        let reference = ConvolutionReference(
            inputChannels: 20,
            outputChannels: 20,
            groups: 20,
            geometry: ConvolutionGeometry(kernelHeight: 3, kernelWidth: 3, padLeft: 1),
            random: &random
        )
        let input = random.floats(5 * 7 * 20)
        let sums = reference.run(input, height: 5, width: 7)
        let relu = Self.run(
            reference,
            input,
            height: 5,
            width: 7,
            function: .relu,
            level: level
        )
        expectClose(relu, sums.map { max(0, $0) }, within: 2e-6, "relu")
        let leaky = Self.run(
            reference,
            input,
            height: 5,
            width: 7,
            function: .leakyReLU(slope: 0.25),
            level: level
        )
        expectClose(leaky, sums.map { $0 < 0 ? $0 / 4 : $0 }, within: 2e-6, "leaky relu")
    }

    @Test(arguments: InstructionLevel.supported)
    func addendMayLieInTheOutput(level: InstructionLevel) {
        var random = RandomNumbers(seed: 20)
        for (channels, kernelWidth) in [(5, 3), (21, 3), (37, 5), (19, 2), (32, 3)] {
            let geometry = ConvolutionGeometry(kernelHeight: 2, kernelWidth: kernelWidth)
            let reference = ConvolutionReference(
                inputChannels: channels,
                outputChannels: channels,
                groups: channels,
                geometry: geometry,
                random: &random
            )
            let input = random.floats(5 * 16 * channels)
            let sums = reference.run(input, height: 5, width: 16)
            let output = FloatMemory(random.floats(sums.count))
            let expected = zip(sums, output.readOnly.toArray()).map { max(0, $0 + Double($1)) }
            DepthwiseConvolution(
                weights: reference.weights,
                bias: reference.bias,
                channels: channels,
                geometry: geometry,
                function: .relu,
                level: level
            ).run(
                FloatMemory(input).readOnly,
                inputHeight: 5,
                inputWidth: 16,
                addend: output.readOnly,
                into: output.slice
            )
            expectClose(output.readOnly.toArray(), expected, within: 2e-6, "\(channels) channels")
        }
    }
}

/// A convolution by its definition: plain loops in double precision over [height, width, channels].
struct ConvolutionReference {
    var weights: [Float]
    var bias: [Float]
    var inputChannels: Int
    var outputChannels: Int
    var groups: Int
    var geometry: ConvolutionGeometry

    init(
        inputChannels: Int,
        outputChannels: Int,
        groups: Int,
        geometry: ConvolutionGeometry,
        random: inout RandomNumbers
    ) {
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.groups = groups
        self.geometry = geometry
        let taps = geometry.kernelHeight * geometry.kernelWidth
        weights = random.floats(outputChannels * (inputChannels / groups) * taps)
        bias = random.floats(outputChannels)
    }

    func run(_ input: [Float], height: Int, width: Int) -> [Double] {
        let outputHeight = geometry.outputHeight(for: height)
        let outputWidth = geometry.outputWidth(for: width)
        var output: [Double] = []
        for y in 0..<outputHeight {
            for x in 0..<outputWidth {
                for channel in 0..<outputChannels {
                    output.append(sum(input, height, width, y, x, channel))
                }
            }
        }
        return output
    }

    private func sum(
        _ input: [Float],
        _ height: Int,
        _ width: Int,
        _ y: Int,
        _ x: Int,
        _ channel: Int
    ) -> Double {
        let inputs = inputChannels / groups
        let firstInput = channel / (outputChannels / groups) * inputs
        var total = Double(bias[channel])
        for kernelRow in 0..<geometry.kernelHeight {
            let row =
                y * geometry.strideHeight + kernelRow * geometry.dilationHeight - geometry.padTop
            guard row >= 0, row < height else { continue }
            for kernelColumn in 0..<geometry.kernelWidth {
                let column =
                    x * geometry.strideWidth + kernelColumn * geometry.dilationWidth
                    - geometry.padLeft
                guard column >= 0, column < width else { continue }
                for i in 0..<inputs {
                    let weight = weights[
                        ((channel * inputs + i) * geometry.kernelHeight + kernelRow)
                            * geometry.kernelWidth + kernelColumn
                    ]
                    let value = input[(row * width + column) * inputChannels + firstInput + i]
                    total += Double(weight) * Double(value)
                }
            }
        }
        return total
    }
}
