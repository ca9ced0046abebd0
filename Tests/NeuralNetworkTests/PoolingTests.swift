import NeuralNetwork
import Testing

@Suite struct PoolingTests {
    /// Pooling by its definition, over [height, width, channels].
    private static func reference(
        _ pooling: Pooling,
        _ input: [Float],
        _ height: Int,
        _ width: Int,
        _ channels: Int
    ) -> [Double] {
        let g = pooling.geometry
        var output: [Double] = []
        for y in 0..<pooling.outputHeight(for: height) {
            for x in 0..<pooling.outputWidth(for: width) {
                for channel in 0..<channels {
                    var values: [Double] = []
                    var padded = 0
                    for ky in 0..<g.kernelHeight {
                        for kx in 0..<g.kernelWidth {
                            let row = y * g.strideHeight + ky * g.dilationHeight - g.padTop
                            let column = x * g.strideWidth + kx * g.dilationWidth - g.padLeft
                            if row < height + g.padBottom, column < width + g.padRight {
                                padded += 1
                            }
                            guard (0..<height).contains(row), (0..<width).contains(column) else {
                                continue
                            }
                            let index = (row * width + column) * channels + channel
                            values.append(Double(input[index]))
                        }
                    }
                    switch pooling.kind {
                    case .maximum:
                        output.append(values.max() ?? -.infinity)
                    case .average(let countsPadding):
                        let count = countsPadding ? padded : values.count
                        output.append(count == 0 ? 0 : values.reduce(0, +) / Double(count))
                    }
                }
            }
        }
        return output
    }

    @Test(arguments: InstructionLevel.supported)
    func randomShapesMatchTheDefinition(level: InstructionLevel) {
        var random = RandomNumbers(seed: 13)
        let kinds: [Pooling.Kind] = [
            .maximum, .average(countsPadding: false), .average(countsPadding: true),
        ]
        for round in 0..<300 {
            let kernelHeight = Int.random(in: 1...4, using: &random)
            let kernelWidth = Int.random(in: 1...4, using: &random)
            let pooling = Pooling(
                kinds[round % 3],
                geometry: ConvolutionGeometry(
                    kernelHeight: kernelHeight,
                    kernelWidth: kernelWidth,
                    strideHeight: Int.random(in: 1...3, using: &random),
                    strideWidth: Int.random(in: 1...3, using: &random),
                    dilationHeight: Int.random(in: 1...2, using: &random),
                    dilationWidth: Int.random(in: 1...2, using: &random),
                    padTop: Int.random(in: 0..<kernelHeight, using: &random),
                    padLeft: Int.random(in: 0..<kernelWidth, using: &random),
                    padBottom: Int.random(in: 0..<kernelHeight, using: &random),
                    padRight: Int.random(in: 0..<kernelWidth, using: &random)
                ),
                roundsUp: Bool.random(using: &random)
            )
            let height = Int.random(in: 7...12, using: &random)
            let width = Int.random(in: 7...12, using: &random)
            let channels = [1, 3, 8, 16, 21, 33].randomElement(using: &random) ?? 1
            let input = random.floats(height * width * channels)
            let expected = Self.reference(pooling, input, height, width, channels)
            let output = FloatMemory(count: expected.count)
            output.slice.fill(with: .nan)
            pooling.run(
                FloatMemory(input).readOnly,
                inputHeight: height,
                inputWidth: width,
                channels: channels,
                into: output.slice,
                level: level
            )
            let values = output.readOnly.toArray()
            let outside = expected.indices.filter { expected[$0] == -.infinity }
            #expect(outside.allSatisfy { values[$0] == -.infinity })
            let inside = expected.indices.filter { expected[$0] != -.infinity }
            expectClose(
                inside.map { values[$0] },
                inside.map { expected[$0] },
                within: 1e-6,
                "\(pooling)"
            )
        }
    }

    /// The numbers are those of ONNX Runtime 1.31 and of onnx 1.19's own tests; onnx 1.16 also
    /// counted places beyond the padding.
    @Test(arguments: [1, 2, 3])
    func aMeanWithPaddingCountsNoPlaceBeyondThePadding(spatialRank: Int) throws {
        func shape(_ last: Int) -> [Int64] {
            Array(repeating: 1, count: spatialRank - 1) + [Int64(last)]
        }
        let pads = Array(repeating: Int64(0), count: 2 * spatialRank - 1) + [1]
        let node = Node(
            "AveragePool",
            inputs: ["x"],
            outputs: ["y"],
            attributes: [
                Attribute(name: "kernel_shape", value: .ints(shape(3))),
                Attribute(name: "strides", value: .ints(shape(3))),
                Attribute(name: "dilations", value: .ints(shape(2))),
                Attribute(name: "pads", value: .ints(pads)),
                Attribute(name: "ceil_mode", value: .int(1)),
                Attribute(name: "count_include_pad", value: .int(1)),
            ]
        )
        let input = [1, 1] + shape(8).map(Int.init)
        let graph = Graph(
            name: "g",
            nodes: [node],
            initializers: [],
            inputs: [
                ValueInfo(name: "x", elementType: .float32, shape: input.map { .fixed($0) })
            ],
            outputs: [ValueInfo(name: "y", elementType: .float32, shape: nil)]
        )
        let model = Model(operatorSets: [OperatorSet(version: 19)], graph: graph)
        let tensor = Tensor(name: "x", shape: input, floats: (1...8).map(Float.init))
        let outputs = try InferenceSession(model: model).run([tensor])
        #expect(outputs[0].values == .float32([3, 6, 3.5]))
    }
}
