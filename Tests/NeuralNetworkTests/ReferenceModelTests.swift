import NeuralNetwork
import Testing

/// Trained networks against the numbers that came with them.
@Suite struct ReferenceModelTests {
    @Test(arguments: ["bootstrap", "esc10"])
    func everyReferenceWindowGivesTheReferenceScoresAndEmbedding(_ name: String) throws {
        let model = try ReferenceModels.model(name)
        let features = try ReferenceModels.array("ref_logmel_norm", of: name)
        let session = try InferenceSession(
            model: model,
            options: LoadOptions(dimensions: ["N": 1, "frames": 96])
        )
        let frames = try #require(features.floats)
        let bands = features.shape[1]
        for (file, output) in [("ref_probs", "probs"), ("ref_embedding", "embedding")] {
            let reference = try ReferenceModels.array(file, of: name)
            let expected = try #require(reference.floats)
            let width = reference.shape[1]
            var scores = [Float](repeating: 0, count: width)
            for window in 0..<reference.shape[0] {
                let start = window * 24 * bands
                let input = Array(frames[start..<start + 96 * bands])
                var result = scores.mutableSpan
                try session.run(
                    input.span,
                    shape: [1, 1, 96, bands],
                    output: output,
                    into: &result
                )
                for index in 0..<width {
                    let difference = abs(scores[index] - expected[window * width + index])
                    #expect(difference < 1e-5, "\(output), window \(window), number \(index)")
                }
            }
        }
    }
}
