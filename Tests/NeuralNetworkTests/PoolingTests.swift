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
}
