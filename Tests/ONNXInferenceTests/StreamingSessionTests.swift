import NPYFormat
import ONNXFormat
import ONNXInference
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
}
