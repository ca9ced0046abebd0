import NeuralNetwork
import Testing

@Suite struct StreamingSessionTests {
    static let options = LoadOptions(dimensions: ["N": 1, "frames": 96])

    @Test(arguments: ["bootstrap", "esc10"])
    func aTrainedNetworkStreamsInStepsOfEightFrames(_ name: String) throws {
        let session = try StreamingSession(
            model: ReferenceModels.model(name),
            options: Self.options
        )
        #expect(session.hopFrames == 8)
        #expect(session.windowFrames == 96)
        #expect(session.frameLength == 64)
        #expect(session.report.hopWork * 4 < session.report.windowWork)
    }

    @Test(arguments: [8, 24, 40], [1, 7, 24, 1000])
    func everyWindowEqualsTheWholeWindowForAnyChunking(hop: Int, chunk: Int) throws {
        let model = try ReferenceModels.model("bootstrap")
        let features = try ReferenceModels.array("ref_logmel_norm", of: "bootstrap")
        let frames = try #require(features.floats)
        let bands = features.shape[1]
        let streaming = try StreamingSession(
            model: model,
            options: Self.options,
            hopFrames: hop
        )
        let whole = try InferenceSession(model: model, options: Self.options)
        var scores: [Float] = []
        var start = 0
        while start < features.shape[0] {
            let count = min(chunk, features.shape[0] - start)
            let part = Array(frames[start * bands..<(start + count) * bands])
            try streaming.push(part.span, output: "probs", appendingTo: &scores)
            start += count
        }
        let windows = (features.shape[0] - 96) / hop + 1
        #expect(scores.count == windows * 11)
        var expected = [Float](repeating: 0, count: 11)
        for window in 0..<windows {
            let first = window * hop * bands
            let input = Array(frames[first..<first + 96 * bands])
            var result = expected.mutableSpan
            try whole.run(input.span, shape: [1, 1, 96, bands], output: "probs", into: &result)
            for index in 0..<11 {
                #expect(abs(scores[window * 11 + index] - expected[index]) < 1e-5)
            }
        }
    }

    @Test(arguments: [
        ("vgg", 24), ("vgg", 8), ("mobilenet", 32), ("mobilenet", 16), ("cnn128", 32),
        ("cnn128", 8), ("spectrogram", 372),
    ])
    func networksWithAndWithoutPaddingInTimeEqualTheWholeWindow(
        _ name: String,
        hop: Int
    ) throws {
        let network = try OracleNetwork(name)
        let options = LoadOptions(inputShapes: network.inputShapes)
        let streaming = try StreamingSession(model: network.model, options: options, hopFrames: hop)
        let whole = try InferenceSession(model: network.model, options: options)
        let output = try #require(streaming.outputs.first)
        let frames = try Self.frames(of: network, hops: 3, hop: hop)
        var scores: [Float] = []
        let windows = try streaming.push(frames.span, output: output.name, appendingTo: &scores)
        #expect(windows == 4)
        let count = output.type.elementCount
        for window in 0..<windows {
            let first = window * hop * streaming.frameLength
            let length = streaming.windowFrames * streaming.frameLength
            let input = Array(frames[first..<first + length])
            var expected = [Float](repeating: 0, count: count)
            var result = expected.mutableSpan
            try whole.run(
                input.span,
                shape: network.inputs[0].shape,
                output: output.name,
                into: &result
            )
            for index in 0..<count {
                #expect(abs(scores[window * count + index] - expected[index]) < 1e-5)
            }
        }
    }

    @Test(arguments: [("bands_first", 3, 2), ("sequence", 2, 1), ("sequence", 2, 30)])
    func networksWhoseLastAxisIsTimeTakeFramesInOrderOfTime(
        _ name: String,
        axis: Int,
        hop: Int
    ) throws {
        let network = try OracleNetwork(name)
        let options = LoadOptions(inputShapes: network.inputShapes)
        let streaming = try StreamingSession(
            model: network.model,
            options: options,
            hopFrames: hop,
            timeAxis: axis
        )
        let whole = try InferenceSession(model: network.model, options: options)
        let shape = network.inputs[0].shape
        let (bands, window) = (shape[axis - 1], shape[axis])
        #expect(streaming.windowFrames == window)
        #expect(streaming.frameLength == bands)
        #expect(streaming.report.hopWork * 2 < streaming.report.windowWork)
        guard case .float32(let planes) = network.inputs[0].values else { return }
        let frameCount = window + 2 * hop
        let frames = (0..<frameCount * bands).map { place in
            planes[place % bands * window + place / bands % window]
        }
        var scores: [Float] = []
        let windows = try streaming.push(frames.span, output: "probs", appendingTo: &scores)
        #expect(windows == 3)
        let count = streaming.outputs[0].type.elementCount
        for index in 0..<windows {
            let input = (0..<bands * window).map { place in
                frames[(index * hop + place % window) * bands + place / window]
            }
            var expected = [Float](repeating: 0, count: count)
            var result = expected.mutableSpan
            try whole.run(input.span, shape: shape, output: "probs", into: &result)
            for place in 0..<count {
                #expect(abs(scores[index * count + place] - expected[place]) < 1e-5)
            }
        }
    }

    @Test func resetForgetsTheFramesOfTheLastStream() throws {
        let network = try OracleNetwork("cnn128")
        let session = try StreamingSession(
            model: network.model,
            options: LoadOptions(inputShapes: network.inputShapes)
        )
        let frames = try Self.frames(of: network, hops: 1, hop: session.hopFrames)
        var first: [Float] = []
        try session.push(frames.span, output: "probs", appendingTo: &first)
        session.reset()
        var second: [Float] = []
        try session.push(frames.span, output: "probs", appendingTo: &second)
        #expect(first == second)
        #expect(first.count == 20)
    }

    @Test func framesThatAreNotWholeAreRefused() throws {
        let session = try StreamingSession(
            model: ReferenceModels.model("bootstrap"),
            options: Self.options
        )
        var scores: [Float] = []
        #expect(throws: ModelError.self) {
            try session.push(Array<Float>([1, 2, 3]).span, output: "probs", appendingTo: &scores)
        }
    }

    /// The network's input, and as many frames more as `hops` hops take: the input again.
    private static func frames(of network: OracleNetwork, hops: Int, hop: Int) throws -> [Float] {
        guard case .float32(let window) = network.inputs[0].values else { return [] }
        let frameCount = try #require(network.inputs[0].shape.first { $0 != 1 })
        return window + window[..<(hops * hop * window.count / frameCount)]
    }
}
