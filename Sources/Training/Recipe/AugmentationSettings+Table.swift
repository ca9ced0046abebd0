package import Settings

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
