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
