package import Settings

/// How recordings are changed before their features are computed; probabilities are 0 to 1.
///
/// It costs much more than changing patches, so each recording has a set number of variants, which
/// are computed once and kept.
package struct WaveformSettings: Equatable, Sendable {
    /// How many changed variants each recording has beside itself.
    package var variants = 0

    /// How often a recording is made longer or shorter, at the same pitch.
    package var stretchProbability: Float = 0
    /// The factor on its length.
    package var stretch: ClosedRange<Float> = 0.85...1.2
    /// How often a recording is made higher or lower, at the same length.
    package var pitchProbability: Float = 0
    /// By how many semitones.
    package var pitchSemitones: ClosedRange<Float> = -2...2
    /// The longest silence before the recording, or the longest part of its beginning cut off.
    package var shiftSeconds: Float = 0

    /// How often a recording is mixed with another one, and its label too.
    package var mixupProbability: Float = 0
    /// Shape of the beta distribution of the shares.
    package var mixupAlpha: Float = 0.3

    /// How often a recording is put into a room.
    package var roomProbability: Float = 0
    /// Folders or files of recorded impulse responses.
    package var rooms: [String] = []

    /// How often a background is laid under a recording.
    package var backgroundProbability: Float = 0
    /// Folders or files of backgrounds.
    package var backgrounds: [String] = []
    /// The recording's level over the background, in dB.
    package var backgroundRatioDB: ClosedRange<Float> = 0...20

    /// How often a microphone's frequency response is imitated: three bells anywhere.
    package var responseProbability: Float = 0
    /// The most that a bell raises or lowers, in dB.
    package var responseDB: Float = 6
    /// How often the highest, and half as often the lowest, frequencies are cut off.
    package var bandLimitProbability: Float = 0
    /// Where the highest frequencies are cut off, in Hz.
    package var highCutHz: ClosedRange<Float> = 2_500...8_000
    /// Where the lowest frequencies are cut off, in Hz.
    package var lowCutHz: ClosedRange<Float> = 150...400

    /// How much louder or softer a recording becomes at most, in dB.
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
            "How many changed variants each recording has beside itself."
        ),
        probability(
            "stretch_probability",
            \.stretchProbability,
            "How often it is made longer or shorter at the same pitch; needs librubberband2."
        ),
        .value("stretch", \.stretch, .range(within: 0.25...4), "The factor on its length."),
        probability(
            "pitch_probability",
            \.pitchProbability,
            "How often it is made higher or lower at the same length; needs librubberband2."
        ),
        .value(
            "pitch_semitones",
            \.pitchSemitones,
            .range(within: -24...24),
            "By how many semitones."
        ),
        .value(
            "shift_s",
            \.shiftSeconds,
            .number(in: 0...60),
            "The longest silence before it, or the longest part of its beginning cut off."
        ),
        probability(
            "mixup_probability",
            \.mixupProbability,
            "How often it is mixed with another one of its fold, and its label too."
        ),
        .value(
            "mixup_alpha",
            \.mixupAlpha,
            .number(in: 0.01...1),
            "Shape of the beta distribution of the shares."
        ),
        probability("room_probability", \.roomProbability, "How often it is put into a room."),
        .value("rooms", \.rooms, .paths, "Folders or files of recorded impulse responses."),
        probability(
            "background_probability",
            \.backgroundProbability,
            "How often a background is laid under it."
        ),
        .value("backgrounds", \.backgrounds, .paths, "Folders or files of backgrounds."),
        .value(
            "background_ratio_db",
            \.backgroundRatioDB,
            .range(within: -60...120),
            "Its level over the background."
        ),
        probability(
            "response_probability",
            \.responseProbability,
            "How often a microphone's frequency response is imitated: three bells anywhere."
        ),
        .value(
            "response_db",
            \.responseDB,
            .number(in: 0...40),
            "The most that a bell raises or lowers."
        ),
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
        .value(
            "gain_db",
            \.gainDB,
            .number(in: 0...60),
            "How much louder or softer it becomes at most."
        ),
    ])

    private static func probability(
        _ key: String,
        _ property: any WritableKeyPath<WaveformSettings, Float> & Sendable,
        _ summary: String
    ) -> SettingsRow<WaveformSettings> {
        .value(key, property, .number(in: 0...1), summary)
    }
}
