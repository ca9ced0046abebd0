import Foundation
import LogMelFeatures

/// From band powers to the network's input, as the front end does it live.
struct FeatureScale: Sendable {
    let frontEnd: FrontEnd
    /// Frames before a patch that its compression remembers; 0 but for PCEN.
    let leadFrames: Int
    private let normalizer: PatchNormalizer

    /// - Throws: What is wrong with the front end.
    init(_ frontEnd: FrontEnd) throws(TrainingError) {
        self.frontEnd = frontEnd
        do {
            normalizer = try PatchNormalizer(frontEnd)
        } catch {
            throw .unsupportedFrontEnd(reason: "\(error)")
        }
        if case .pcen(let settings) = frontEnd.compression {
            let framesPerSecond = Float(frontEnd.sampleRateHz) / Float(frontEnd.hopLength)
            leadFrames = Int((5 * settings.timeConstantSeconds * framesPerSecond).rounded(.up))
        } else {
            leadFrames = 0
        }
    }

    /// Compresses and normalises a recording's powers [frames, bands] from its beginning.
    func compress(_ power: inout [Float]) {
        compress(&power, with: frontEnd)
    }

    /// Makes the network's input of a patch of powers [lead + frames, bands] out of a stream that
    /// has been running, which it overwrites.
    func prepare(_ patch: inout [Float], into input: inout MutableSpan<Float>) {
        var running = frontEnd
        if case .pcen(var settings) = frontEnd.compression {
            settings.start = .firstFrame
            running.compression = .pcen(settings)
        }
        compress(&patch, with: running)
        if leadFrames > 0 { patch.removeFirst(leadFrames * frontEnd.bandCount) }
        layOut(patch, into: &input)
    }

    /// Makes the network's input of a patch [frames, bands] that is compressed already.
    func layOut(_ patch: [Float], into input: inout MutableSpan<Float>) {
        normalizer.prepare(patch.span, into: &input)
    }

    private func compress(_ power: inout [Float], with frontEnd: FrontEnd) {
        if frontEnd.spectrum == .magnitude {
            for index in power.indices { power[index] = power[index].squareRoot() }
        }
        let scale = FrameScale(frontEnd)
        var frames = power.mutableSpan
        scale.apply(to: &frames)
    }
}

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
