import Foundation

/// From the linear bands of one frame after the other to the network's scale: compression, PCEN
/// and fixed normalisation.
///
/// The last stages of a `FeatureExtractor`, for callers that have the bands already and change
/// them before they are compressed. The same bands give the same bits as there.
package final class FrameScale {
    private let bandCount: Int
    private let compressor: BandCompressor
    private var energyNormaliser: EnergyNormaliser?
    private let normaliser: BandNormaliser?

    /// Prepares the stages of a front end that `validate()` finds nothing wrong with.
    package init(_ frontEnd: FrontEnd) {
        bandCount = frontEnd.bandCount
        compressor = BandCompressor(frontEnd.compression, spectrum: frontEnd.spectrum)
        if case .pcen(let settings) = frontEnd.compression {
            energyNormaliser = EnergyNormaliser(
                settings,
                framesPerSecond: Double(frontEnd.sampleRateHz) / Double(frontEnd.hopLength),
                bandCount: bandCount
            )
        }
        normaliser =
            frontEnd.needsWholePatch
            ? nil : BandNormaliser(frontEnd.normalisation, bandCount: bandCount)
    }

    /// Forgets the frames before.
    package func reset() {
        energyNormaliser?.reset()
    }

    /// Scales the next frames in place.
    /// - Parameter frames: `[frames, bandCount]`, linear bands of the front end's spectrum.
    package func apply(to frames: inout MutableSpan<Float>) {
        precondition(frames.count.isMultiple(of: bandCount), "frames are incomplete")
        unsafe frames.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for start in stride(from: 0, to: buffer.count, by: bandCount) {
                unsafe apply(to: base + start)
            }
        }
    }

    /// Scales `bandCount` bands of the next frame in place.
    func apply(to bands: UnsafeMutablePointer<Float>) {
        unsafe compressor.compress(bands, count: bandCount)
        unsafe energyNormaliser?.normalise(bands)
        unsafe normaliser?.normalise(bands)
    }
}

/// Per-channel energy normalisation of one frame after the other.
struct EnergyNormaliser {
    private let settings: PCENSettings
    /// Share of the new frame in the smoothed past.
    private let share: Float
    private let biasRoot: Float
    private var smoothed: [Float]
    private var isFirstFrame = true

    /// `framesPerSecond` turns the time constant into the smoother's coefficient, as librosa's
    /// `pcen` does.
    init(_ settings: PCENSettings, framesPerSecond: Double, bandCount: Int) {
        self.settings = settings
        let frames = Double(settings.timeConstantSeconds) * framesPerSecond
        share = Float(((1 + 4 * frames * frames).squareRoot() - 1) / (2 * frames * frames))
        biasRoot = pow(settings.bias, settings.power)
        smoothed = Array(repeating: 1, count: bandCount)
    }

    /// Forgets the past.
    mutating func reset() {
        isFirstFrame = true
        for band in smoothed.indices { smoothed[band] = 1 }
    }

    /// Normalises `bandCount` linear bands in place.
    mutating func normalise(_ bands: UnsafeMutablePointer<Float>) {
        if isFirstFrame, settings.start == .firstFrame {
            for band in smoothed.indices { smoothed[band] = unsafe bands[band] }
        }
        isFirstFrame = false
        for band in smoothed.indices {
            let energy = unsafe bands[band]
            smoothed[band] = (1 - share) * smoothed[band] + share * energy
            let level = exp(-settings.gain * log(settings.epsilon + smoothed[band]))
            unsafe bands[band] = compress(energy * level)
        }
    }

    /// (x + bias)^power − bias^power without the cancellation at small x.
    private func compress(_ x: Float) -> Float {
        guard settings.bias > 0 else { return pow(x, settings.power) }
        return biasRoot * expm1(settings.power * log1p(x / settings.bias))
    }
}

/// Subtracts a fixed mean from each band and divides by a fixed deviation.
struct BandNormaliser {
    private let mean: AlignedFloats
    private let scale: AlignedFloats
    private let bandCount: Int

    /// Nil for a front end that has no fixed normalisation.
    init?(_ normalisation: Normalisation, bandCount: Int) {
        let means: [Float]
        let deviations: [Float]
        switch normalisation {
        case .none, .perPatch:
            return nil
        case .global(let mean, let deviation):
            means = Array(repeating: mean, count: bandCount)
            deviations = Array(repeating: deviation, count: bandCount)
        case .perBand(let mean, let deviation):
            means = mean
            deviations = deviation
        }
        precondition(
            means.count == bandCount && deviations.count == bandCount,
            "a mean and a deviation for every band"
        )
        self.bandCount = bandCount
        mean = AlignedFloats(count: bandCount)
        scale = AlignedFloats(count: bandCount)
        for band in 0..<bandCount {
            unsafe mean.pointer[band] = means[band]
            unsafe scale.pointer[band] = 1 / deviations[band]
        }
    }

    /// Normalises `bandCount` bands in place.
    func normalise(_ bands: UnsafeMutablePointer<Float>) {
        let mean = unsafe mean.pointer
        let scale = unsafe scale.pointer
        var band = 0
        while band &+ Lanes.scalarCount <= bandCount {
            unsafe store((load(bands, band) - load(mean, band)) * load(scale, band), bands, band)
            band &+= Lanes.scalarCount
        }
        while band < bandCount {
            unsafe bands[band] = (bands[band] - mean[band]) * scale[band]
            band &+= 1
        }
    }
}
