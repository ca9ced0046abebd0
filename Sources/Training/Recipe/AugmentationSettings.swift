package import Settings

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

extension AugmentationSettings {
    /// The keys of a recipe's section `augmentation`.
    package static let table = SettingsTable<AugmentationSettings>([
        probability(
            "reverb_probability",
            \.reverbProbability,
            "How often an exponential tail is added."
        ),
        .value(
            "reverb_s",
            \.reverbSeconds,
            .range(within: 0.01...10),
            "Seconds in which the tail falls by 60 dB."
        ),
        decibels("reverb_level_db", \.reverbLevelDB, "Level of the tail against the sound."),
        probability(
            "equalizer_probability",
            \.equalizerProbability,
            "How often a microphone's frequency response is imitated."
        ),
        .value(
            "tilt_db",
            \.tiltDB,
            .number(in: 0...60),
            "The most that the outer bands are raised and lowered."
        ),
        .value(
            "curve_deviation_db",
            \.curveDeviationDB,
            .number(in: 0...60),
            "Standard deviation of a smooth curve of seven points."
        ),
        probability(
            "roll_off_probability",
            \.rollOffProbability,
            "How often the lowest, and as often the highest, bands are taken off gradually."
        ),
        probability(
            "band_limit_probability",
            \.bandLimitProbability,
            "How often everything beyond two frequencies is cut off, as by a telephone."
        ),
        .value(
            "band_limit_share",
            \.bandLimitShare,
            .range(within: 0.05...1),
            "The share of the bands up to the upper cut."
        ),
        probability(
            "background_probability",
            \.backgroundProbability,
            "How often a sound of a class is put over a background."
        ),
        probability(
            "second_negative_probability",
            \.secondNegativeProbability,
            "How often a background is put over a second one."
        ),
        decibels(
            "background_ratio_db",
            \.backgroundRatioDB,
            "The upper sound's level over the one under it."
        ),
        probability("noise_probability", \.noiseProbability, "How often noise is added."),
        decibels("noise_ratio_db", \.noiseRatioDB, "The sound's level over the noise."),
        .value("gain_db", \.gainDB, .number(in: 0...60), "How much louder or softer at most."),
        .value(
            "time_shift_frames",
            \.timeShiftFrames,
            .wholeNumber(in: 0...10_000),
            "How far a window may reach over a recording's ends at most."
        ),
        probability(
            "mixup_probability",
            \.mixupProbability,
            "How often a patch is mixed with another one, and its label too."
        ),
        .value(
            "mixup_alpha",
            \.mixupAlpha,
            .number(in: 0.01...1),
            "Shape of the beta distribution of the shares."
        ),
        .value("time_masks", \.timeMasks, .wholeNumber(in: 0...100), "Stretches of frames masked."),
        .value(
            "time_mask_frames",
            \.timeMaskFrames,
            .wholeNumber(in: 0...10_000),
            "The longest stretch, in frames."
        ),
        .value("band_masks", \.bandMasks, .wholeNumber(in: 0...100), "Stretches of bands masked."),
        .value(
            "band_mask_bands",
            \.bandMaskBands,
            .wholeNumber(in: 0...10_000),
            "The widest stretch, in bands."
        ),
    ])

    private static func probability(
        _ key: String,
        _ property: any WritableKeyPath<AugmentationSettings, Float> & Sendable,
        _ summary: String
    ) -> SettingsRow<AugmentationSettings> {
        .value(key, property, .number(in: 0...1), summary)
    }

    private static func decibels(
        _ key: String,
        _ property: any WritableKeyPath<AugmentationSettings, ClosedRange<Float>> & Sendable,
        _ summary: String
    ) -> SettingsRow<AugmentationSettings> {
        .value(key, property, .range(within: -120...120), summary)
    }
}
