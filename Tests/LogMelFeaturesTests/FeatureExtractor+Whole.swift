@testable import LogMelFeatures

extension FeatureExtractor {
    /// Features of a whole recording in one pass.
    static func features(of samples: [Float], _ frontEnd: FrontEnd) throws -> [Float] {
        try FeatureExtractor(frontEnd).features(of: samples) { samples.count }
    }

    /// Features of a recording taken in chunks, the next chunk's length given by `chunkLength`.
    func features(of samples: [Float], chunkLength: () -> Int) -> [Float] {
        var features: [Float] = []
        var position = 0
        while position < samples.count {
            let end = min(samples.count, position + chunkLength())
            // A named array: the compiler of Swift 6.3 aborts over spans of temporary arrays.
            let chunk = Array(samples[position..<end])
            process(chunk.span, appendingTo: &features)
            position = end
        }
        finish(appendingTo: &features)
        return features
    }
}
