/// How training patches are changed at random; probabilities are 0 to 1.
///
/// The defaults are what a comparison of some thirty configurations came out with
/// (docs/training.md). All but the masks act on band powers.
package struct AugmentationSettings: Equatable, Sendable, Codable {
    /// How often a room's reverberation is added: an exponential tail.
    package var reverbProbability: Float = 0.5
    /// Seconds in which the tail falls by 60 dB.
    package var reverbSeconds: ClosedRange<Float> = 0.1...0.5
    /// Level of the tail against the sound, in dB.
    package var reverbLevelDB: ClosedRange<Float> = -20...(-3)

    /// How often a microphone's frequency response is imitated.
    package var equalizerProbability: Float = 1
    /// The most that the outer bands are raised and lowered, in dB.
    package var tiltDB: Float = 3.9
    /// Standard deviation of a smooth curve of seven points, in dB.
    package var curveDeviationDB: Float = 2.6
    /// How often the lowest bands are taken off gradually; the same for the highest.
    package var rollOffProbability: Float = 0.3

    /// How often everything beyond two frequencies is cut off, as by a telephone.
    package var bandLimitProbability: Float = 0
    /// The share of the bands that is left, at least.
    package var bandLimitShare: ClosedRange<Float> = 0.55...0.95

    /// How often a labelled patch is put over a negative.
    package var backgroundProbability: Float = 0.5
    /// How often a negative is put over a second one.
    package var secondNegativeProbability: Float = 0.3
    /// The upper sound's level over the negative under it, in dB.
    package var backgroundRatioDB: ClosedRange<Float> = 0...20

    /// How often noise is added.
    package var noiseProbability: Float = 0.5
    /// The sound's level over the noise, in dB.
    package var noiseRatioDB: ClosedRange<Float> = 0...30

    /// How much louder or softer the patch becomes, in dB.
    package var gainDB: Float = 8

    /// How far a window may reach over a clip's ends at most, in frames.
    package var timeShiftFrames = 0

    /// How often a patch is mixed with another one, and its label too.
    package var mixupProbability: Float = 0
    /// Shape of the beta distribution of the shares.
    package var mixupAlpha: Float = 0.3

    /// How many stretches of frames are masked.
    package var timeMasks = 0
    /// The longest stretch, in frames.
    package var timeMaskFrames = 12
    /// How many stretches of bands are masked.
    package var bandMasks = 0
    /// The widest stretch, in bands.
    package var bandMaskBands = 8

    /// Creates the default settings.
    package init() {}

    /// No change at all.
    package static var none: AugmentationSettings {
        var settings = AugmentationSettings()
        settings.reverbProbability = 0
        settings.equalizerProbability = 0
        settings.noiseProbability = 0
        settings.gainDB = 0
        return settings
    }
}
