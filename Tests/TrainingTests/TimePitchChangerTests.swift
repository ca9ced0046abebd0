import Foundation
import Testing
import Training

@Suite struct TimePitchChangerTests {
    private let rate = 16_000

    private func tone(_ hertz: Float, seconds: Float) -> [Float] {
        (0..<Int(seconds * Float(rate))).map {
            0.3 * sin(2 * .pi * hertz * Float($0) / Float(rate))
        }
    }

    /// How often the samples rise through zero in a second, away from the ends.
    private func hertz(_ samples: [Float]) -> Float {
        let part = samples[samples.count / 4..<samples.count * 3 / 4]
        let rises = zip(part, part.dropFirst()).count { $0 < 0 && $1 >= 0 }
        return Float(rises) / (Float(part.count) / Float(rate))
    }

    @Test func stretchedToneIsLongerAtTheSamePitch() throws {
        let changer = try TimePitchChanger()
        let sound = tone(440, seconds: 2)
        let changed = changer.changed(sound, rateHz: rate, stretch: 1.25, semitones: 0)
        #expect(changed.count == 40_000)
        #expect(abs(hertz(changed) - 440) < 5)
        #expect(changed == changer.changed(sound, rateHz: rate, stretch: 1.25, semitones: 0))
    }

    @Test func shiftedToneIsHigherAtTheSameLength() throws {
        let sound = tone(440, seconds: 2)
        let changed = try TimePitchChanger()
            .changed(sound, rateHz: rate, stretch: 1, semitones: 12)
        #expect(changed.count == sound.count)
        #expect(abs(hertz(changed) - 880) < 10)
    }

    @Test func shortSoundKeepsItsLength() throws {
        let changed = try TimePitchChanger()
            .changed(tone(440, seconds: 0.05), rateHz: rate, stretch: 0.8, semitones: -1)
        #expect(changed.count == 640)
        #expect(changed.contains { abs($0) > 0.01 })
    }

    @Test func missingLibraryIsNamedWithItsPackage() {
        let error = #expect(throws: TimePitchError.self) {
            try TimePitchChanger(library: "librubberband-none.so")
        }
        #expect(
            error?.description == "'librubberband-none.so' is missing, which stretching and "
                + "pitch-shifting need. Install the package librubberband2, or take "
                + "'stretch_probability' and 'pitch_probability' out."
        )
        #expect(error?.exitCode == 69)
    }
}
