package import Settings

/// How training patches are changed at random; probabilities are 0 to 1.
///
/// The defaults are what a comparison of some thirty configurations came out with
/// (docs/training.md). All but the masks act on band powers. ``table`` says what each setting is.
package struct AugmentationSettings: Equatable, Sendable {
    package var reverbProbability: Float = 0.5
    package var reverbSeconds: ClosedRange<Float> = 0.1...0.5
    package var reverbLevelDB: ClosedRange<Float> = -20...(-3)
    package var equalizerProbability: Float = 1
    package var tiltDB: Float = 3.9
    package var curveDeviationDB: Float = 2.6
    package var rollOffProbability: Float = 0.3
    package var bandLimitProbability: Float = 0
    package var bandLimitShare: ClosedRange<Float> = 0.55...0.95
    package var backgroundProbability: Float = 0.5
    package var secondNegativeProbability: Float = 0.3
    package var backgroundRatioDB: ClosedRange<Float> = 0...20
    package var noiseProbability: Float = 0.5
    package var noiseRatioDB: ClosedRange<Float> = 0...30
    package var gainDB: Float = 8

    package var timeShiftFrames = 0
    package var mixupProbability: Float = 0
    package var mixupAlpha: Float = 0.3
    package var timeMasks = 0
    package var timeMaskFrames = 12
    package var bandMasks = 0
    package var bandMaskBands = 8

    /// Creates the default settings.
    package init() {}
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
            "Reverberation time (60 dB), in seconds."
        ),
        decibels("reverb_level_db", \.reverbLevelDB, "Level of the tail relative to the sound."),
        probability(
            "equalizer_probability",
            \.equalizerProbability,
            "How often a microphone's frequency response is imitated."
        ),
        .value("tilt_db", \.tiltDB, .number(in: 0...60), "Largest gain of the outer bands."),
        .value(
            "curve_deviation_db",
            \.curveDeviationDB,
            .number(in: 0...60),
            "Standard deviation of a smooth curve of seven points."
        ),
        probability(
            "roll_off_probability",
            \.rollOffProbability,
            "How often the lowest, and as often the highest, bands are attenuated."
        ),
        probability(
            "band_limit_probability",
            \.bandLimitProbability,
            "How often the sound is band-limited, as by a telephone."
        ),
        .value(
            "band_limit_share",
            \.bandLimitShare,
            .range(within: 0.05...1),
            "The upper cut, as a share of the bands."
        ),
        probability(
            "background_probability",
            \.backgroundProbability,
            "How often a class's sound is mixed onto a background."
        ),
        probability(
            "second_negative_probability",
            \.secondNegativeProbability,
            "How often a background is mixed onto another."
        ),
        decibels(
            "background_ratio_db",
            \.backgroundRatioDB,
            "Level of the added sound relative to the background."
        ),
        probability("noise_probability", \.noiseProbability, "How often noise is added."),
        decibels("noise_ratio_db", \.noiseRatioDB, "Signal-to-noise ratio."),
        .value("gain_db", \.gainDB, .number(in: 0...60), "Largest random gain."),
        .value(
            "time_shift_frames",
            \.timeShiftFrames,
            .wholeNumber(in: 0...10_000),
            "How far a window may extend past a recording's ends."
        ),
        probability(
            "mixup_probability",
            \.mixupProbability,
            "How often a patch and its label are mixed with another."
        ),
        .value(
            "mixup_alpha",
            \.mixupAlpha,
            .number(in: 0.01...1),
            "Parameter of the beta distribution of mixing shares."
        ),
        .value("time_masks", \.timeMasks, .wholeNumber(in: 0...100), "Number of time masks."),
        .value(
            "time_mask_frames",
            \.timeMaskFrames,
            .wholeNumber(in: 0...10_000),
            "Longest mask, in frames."
        ),
        .value("band_masks", \.bandMasks, .wholeNumber(in: 0...100), "Number of band masks."),
        .value(
            "band_mask_bands",
            \.bandMaskBands,
            .wholeNumber(in: 0...10_000),
            "Widest mask, in bands."
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
