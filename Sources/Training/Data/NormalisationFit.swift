import Foundation
import LogMelFeatures

/// The mean and deviation that training data have under a front end.
enum NormalisationFit {
    /// The front end with the normalisation of the clips.
    ///
    /// Each band has its own, or all have one where features depend on their whole patch. A front
    /// end that normalises each patch stays as it is.
    static func fit(
        _ frontEnd: FrontEnd,
        to clips: [ClipFeatures]
    ) throws(TrainingError) -> FrontEnd {
        if case .perPatch = frontEnd.normalisation { return frontEnd }
        var bare = frontEnd
        bare.normalisation = .none
        let scale = try FeatureScale(bare)
        let bands = frontEnd.bandCount
        var sums = [Double](repeating: 0, count: bands)
        var squares = [Double](repeating: 0, count: bands)
        var count = 0.0
        for clip in clips {
            var values = clip.power
            scale.compress(&values)
            for start in stride(from: 0, to: values.count, by: bands) {
                for band in 0..<bands {
                    let value = Double(values[start + band])
                    sums[band] += value
                    squares[band] += value * value
                }
                count += 1
            }
        }
        guard count > 0 else { return frontEnd }
        var fitted = frontEnd
        if frontEnd.needsWholePatch {
            let all = count * Double(bands)
            let mean = sums.reduce(0, +) / all
            let variance = squares.reduce(0, +) / all - mean * mean
            fitted.normalisation = .global(mean: Float(mean), deviation: deviation(variance))
        } else {
            let means = sums.map { $0 / count }
            fitted.normalisation = .perBand(
                mean: means.map { Float($0) },
                deviation: (0..<bands).map { band in
                    deviation(squares[band] / count - means[band] * means[band])
                }
            )
        }
        return fitted
    }

    private static func deviation(_ variance: Double) -> Float {
        Float(max(variance, 1e-6).squareRoot())
    }
}
