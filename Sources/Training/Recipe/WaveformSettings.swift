package import Settings

/// How recordings are changed before their features are computed; probabilities are 0 to 1.
///
/// It costs much more than changing patches, so each recording has a set number of variants, which
/// are computed once and stored. ``table`` says what each setting is.
package struct WaveformSettings: Equatable, Sendable {
    package var variants = 0
    package var stretchProbability: Float = 0
    package var stretch: ClosedRange<Float> = 0.85...1.2
    package var pitchProbability: Float = 0
    package var pitchSemitones: ClosedRange<Float> = -2...2
    package var shiftSeconds: Float = 0
    package var mixupProbability: Float = 0
    package var mixupAlpha: Float = 0.3
    package var roomProbability: Float = 0
    package var rooms: [String] = []
    package var backgroundProbability: Float = 0
    package var backgrounds: [String] = []
    package var backgroundRatioDB: ClosedRange<Float> = 0...20
    package var responseProbability: Float = 0
    package var responseDB: Float = 6
    package var bandLimitProbability: Float = 0
    package var highCutHz: ClosedRange<Float> = 2_500...8_000
    package var lowCutHz: ClosedRange<Float> = 150...400
    package var gainDB: Float = 0

    /// Creates settings that change nothing.
    package init() {}
}

extension WaveformSettings {
    /// The keys of a recipe's section `waveform`.
    package static let table = SettingsTable<WaveformSettings>([
        .value(
            "variants",
            \.variants,
            .wholeNumber(in: 0...100),
            "Number of augmented variants of each recording."
        ),
        probability(
            "stretch_probability",
            \.stretchProbability,
            "How often it is time-stretched; needs librubberband2."
        ),
        .value("stretch", \.stretch, .range(within: 0.25...4), "The factor on its length."),
        probability(
            "pitch_probability",
            \.pitchProbability,
            "How often it is pitch-shifted; needs librubberband2."
        ),
        .value(
            "pitch_semitones",
            \.pitchSemitones,
            .range(within: -24...24),
            "The shift in semitones."
        ),
        .value(
            "shift_s",
            \.shiftSeconds,
            .number(in: 0...60),
            "Largest time shift: silence before it, or its start cut off."
        ),
        probability(
            "mixup_probability",
            \.mixupProbability,
            "How often it is mixed (sound and label) with another of its fold."
        ),
        .value(
            "mixup_alpha",
            \.mixupAlpha,
            .number(in: 0.01...1),
            "Parameter of the beta distribution of mixing shares."
        ),
        probability(
            "room_probability",
            \.roomProbability,
            "How often a room's impulse response is applied."
        ),
        .value("rooms", \.rooms, .paths, "Folders or files of recorded impulse responses."),
        probability(
            "background_probability",
            \.backgroundProbability,
            "How often a background is mixed in."
        ),
        .value("backgrounds", \.backgrounds, .paths, "Folders or files of backgrounds."),
        .value(
            "background_ratio_db",
            \.backgroundRatioDB,
            .range(within: -60...120),
            "Level relative to the background."
        ),
        probability(
            "response_probability",
            \.responseProbability,
            "How often a microphone's frequency response is imitated: three bells anywhere."
        ),
        .value("response_db", \.responseDB, .number(in: 0...40), "Largest gain of a bell."),
        probability(
            "band_limit_probability",
            \.bandLimitProbability,
            "How often the highest, and half as often the lowest, frequencies are cut off."
        ),
        .value(
            "high_cut_hz",
            \.highCutHz,
            .range(within: 100...100_000),
            "Where the highest frequencies are cut off."
        ),
        .value(
            "low_cut_hz",
            \.lowCutHz,
            .range(within: 10...10_000),
            "Where the lowest frequencies are cut off."
        ),
        .value("gain_db", \.gainDB, .number(in: 0...60), "Largest random gain."),
    ])

    private static func probability(
        _ key: String,
        _ property: any WritableKeyPath<WaveformSettings, Float> & Sendable,
        _ summary: String
    ) -> SettingsRow<WaveformSettings> {
        .value(key, property, .number(in: 0...1), summary)
    }
}
