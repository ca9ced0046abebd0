import AudioFiles
import Foundation
import LogMelFeatures
import SoundDatasets

/// Computes the features of clips.
struct FeatureMaker: Sendable {
    /// The front end without compression and normalisation.
    let linear: FrontEnd
    private let windowFrames: Int

    init(_ frontEnd: FrontEnd, windowFrames: Int) throws(TrainingError) {
        guard frontEnd.representation != .waveform else {
            throw .unsupportedFrontEnd(
                reason:
                    "it gives raw samples, which no architecture supports; use mel_bands or stft"
            )
        }
        var linear = frontEnd
        linear.compression = .none
        linear.normalisation = .none
        linear.layout = .framesByBands
        linear.channelCount = 1
        do {
            try linear.validate()
        } catch {
            throw .unsupportedFrontEnd(reason: "\(error)")
        }
        self.linear = linear
        self.windowFrames = windowFrames
    }

    /// Samples that a window reaches over.
    private var windowSamples: Int { (windowFrames - 1) * linear.hopLength + linear.windowLength }

    /// The features of a clip; one shorter than a window is followed by silence.
    ///
    /// Magnitudes are squared, so that augmentation always acts on powers.
    ///
    /// - Throws: `RecordingError` or `ResamplerError`, or a front end that cannot be computed.
    func features(of clip: LabelledClip) throws -> ClipFeatures {
        try features(of: Self.samples(of: clip, rateHz: linear.sampleRateHz))
    }

    /// The features of samples at the front end's rate.
    ///
    /// - Throws: That the front end cannot be computed.
    func features(of samples: [Float]) throws -> ClipFeatures {
        var samples = samples
        if samples.count < windowSamples {
            samples += [Float](repeating: 0, count: windowSamples - samples.count)
        }
        let extractor = try FeatureExtractor(linear)
        var power: [Float] = []
        extractor.process(samples.span, appendingTo: &power)
        extractor.finish(appendingTo: &power)
        if linear.spectrum == .magnitude {
            for index in power.indices { power[index] *= power[index] }
        }
        let frameCount = power.count / linear.bandCount
        let windows = max(frameCount - windowFrames, 0) + 1
        return ClipFeatures(
            power: power,
            bandCount: linear.bandCount,
            levels: levels(of: samples, windows: windows)
        )
    }

    /// RMS in dBFS of each window; −200 for digital silence.
    private func levels(of samples: [Float], windows: Int) -> [Float] {
        var sums = [0.0]
        sums.reserveCapacity(samples.count + 1)
        for sample in samples { sums.append(sums[sums.count - 1] + Double(sample * sample)) }
        return (0..<windows).map { frame in
            let start = min(max(linear.firstSample(ofFrame: frame), 0), samples.count - 1)
            let end = min(start + windowSamples, samples.count)
            let mean = (sums[end] - sums[start]) / Double(end - start)
            return Float(max(10 * log10(max(mean, 1e-20)), -200))
        }
    }

    /// A clip as mono samples at a rate.
    static func samples(of clip: LabelledClip, rateHz: Int) throws -> [Float] {
        if let synthetic = clip.synthetic { return synthetic.samples(rateHz: rateHz) }
        let reader = try RecordingReader(path: clip.path)
        let rate = Double(reader.sampleRateHz)
        var samples: [Float] = []
        while try reader.readMono(into: &samples, upTo: 1 << 18) > 0 {}
        if let truncation = reader.truncation { throw RecordingError.incomplete(truncation) }
        let first = min(Int(clip.startSeconds * rate), samples.count)
        let last = clip.endSeconds.map { min(Int($0 * rate), samples.count) } ?? samples.count
        samples = Array(samples[first..<max(first, last)])
        guard !samples.isEmpty else { throw RecordingError.empty(path: clip.path) }
        guard reader.sampleRateHz != rateHz else { return samples }
        let resampler = try StreamingResampler(fromRateHz: reader.sampleRateHz, toRateHz: rateHz)
        var resampled: [Float] = []
        resampler.process(samples.span, appendingTo: &resampled)
        resampler.flush(appendingTo: &resampled)
        return resampled
    }
}

/// A clip's bands, before compression, and the level of each window.
package struct ClipFeatures: Equatable, Sendable {
    /// [frames, bands], power.
    package let power: [Float]
    /// The number of bands.
    package let bandCount: Int
    /// RMS in dBFS of the samples under the window that begins at each frame; at least one.
    package let levels: [Float]

    /// Creates the features.
    package init(power: [Float], bandCount: Int, levels: [Float]) {
        self.power = power
        self.bandCount = bandCount
        self.levels = levels
    }

    /// The number of frames.
    package var frameCount: Int { power.count / max(bandCount, 1) }
}
