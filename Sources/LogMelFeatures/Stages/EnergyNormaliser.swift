import Foundation

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
