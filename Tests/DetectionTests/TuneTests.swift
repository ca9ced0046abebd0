import Detection
@preconcurrency import Glibc
import TestSupport
import Testing

/// Tunes in the spectra of a recording: described from it, and found again.
@Suite struct TuneTests {
    private static let grid = SpectrumGrid(frameSeconds: 0.02, binHz: 15.625, binCount: 513)

    /// A tone of a rendition.
    private struct Sounding {
        var bin: Int
        var start: Double
        var end: Double
        /// Over the noise in its bin, in dB.
        var level = 30.0
    }

    /// C, E, G, C with a rest before the last note, each by its bin.
    private static let melody = [(67, 0.2, 0.0), (84, 0.2, 0.0), (100, 0.3, 0.2), (134, 0.5, 0.0)]

    private static func rendition(
        of notes: [(bin: Int, on: Double, off: Double)] = melody,
        from begin: Double,
        pace: Double = 1,
        level: Double = 30
    ) -> [Sounding] {
        var time = begin
        return notes.map { note in
            let start = time
            time += (note.on + note.off) * pace
            return Sounding(
                bin: note.bin,
                start: start,
                end: start + note.on * pace,
                level: level
            )
        }
    }

    /// The spectra of tones in noise that fade out as in a room.
    private func spectra(
        seconds: Double,
        reverberationSeconds: Double = 0.3,
        seed: UInt64 = 5,
        _ tones: [Sounding]
    ) -> [Float] {
        var random = SeededNumbers(seed: seed)
        let frameCount = Int(seconds / Self.grid.frameSeconds)
        var powers = (0..<frameCount * Self.grid.binCount).map { _ in
            -log(Double.random(in: 1e-9...1, using: &random))
        }
        for tone in tones {
            var power = 0.0
            for frame in 0..<frameCount {
                power *= pow(10, -6 * Self.grid.frameSeconds / reverberationSeconds)
                let time = Double(frame) * Self.grid.frameSeconds
                if (tone.start..<tone.end).contains(time) { power = pow(10, tone.level / 10) }
                let place = frame * Self.grid.binCount + tone.bin
                powers[place] += power
                powers[place - 1] += power / 4
                powers[place + 1] += power / 4
            }
        }
        return powers.map { Float(10 * log10($0)) }
    }

    private func learn(_ spectra: [Float]) -> Tune? {
        var tune = TuneLearner(grid: Self.grid).learn(from: spectra.span)
        tune?.className = "dryer"
        return tune
    }

    private func learnt() throws -> Tune {
        try #require(learn(spectra(seconds: 6, Self.rendition(from: 2))))
    }

    /// The score of a window that ends a second after the tune, if its length is that of the melody.
    private func score(of tune: Tune, _ tones: (Double) -> [Sounding]) -> Float {
        let scorer = CadenceScorer([], [tune], classNames: ["dryer"], grid: Self.grid)
        let begin = tune.windowSeconds - tune.durationSeconds - 0.8
        let window = spectra(seconds: tune.windowSeconds, seed: 9, tones(begin))
        return scorer.scores(of: window.span)[0]
    }

    @Test func theDescriptionHasThePitchesLengthsAndRestsOfTheRecording() throws {
        let tune = try learnt()
        #expect(tune.notes.count == Self.melody.count)
        for (note, played) in zip(tune.notes, Self.melody) {
            #expect(abs(Double(note.frequencyHz) - Double(played.0) * 15.625) < 16)
            #expect(abs(note.onSeconds - played.1) < 0.07)
            #expect(abs(note.offSeconds - played.2) < 0.07)
        }
    }

    @Test func anotherRenditionIsFoundSlowerFainterAndInARoom() throws {
        let tune = try learnt()
        #expect(score(of: tune) { Self.rendition(from: $0) } >= 0.5)
        #expect(score(of: tune) { Self.rendition(from: $0, pace: 1.08) } >= 0.5)
        #expect(score(of: tune) { Self.rendition(from: $0, level: 20) } >= 0.5)
    }

    @Test func otherNotesOtherOrderAPartOrAChordAreNotTheTune() throws {
        let tune = try learnt()
        var other = Self.melody
        other[2].0 = 106
        let chord: (Double) -> [Sounding] = { begin in
            Self.melody.map { Sounding(bin: $0.0, start: begin, end: begin + 1.4) }
        }
        #expect(score(of: tune) { Self.rendition(of: other, from: $0) } < 0.3)
        #expect(score(of: tune) { Self.rendition(of: Self.melody.reversed(), from: $0) } < 0.3)
        other = Array(Self.melody.prefix(3))
        #expect(score(of: tune) { Self.rendition(of: other, from: $0) } < 0.3)
        #expect(score(of: tune) { Self.rendition(from: $0, pace: 1.6) } < 0.3)
        #expect(score(of: tune, chord) < 0.3)
        #expect(score(of: tune) { _ in [] } == 0)
    }

    @Test func ofSeveralRenditionsOneIsDescribed() throws {
        let twice = Self.rendition(from: 1) + Self.rendition(from: 5)
        let tune = try #require(learn(spectra(seconds: 8, twice)))
        #expect(tune.notes.count == Self.melody.count)
    }

    @Test func aGongWhoseTonesRingOnIsATune() throws {
        let gong = [
            Sounding(bin: 60, start: 1, end: 1.5), Sounding(bin: 50, start: 1.5, end: 2),
            Sounding(bin: 40, start: 2, end: 2.7),
        ]
        let recording = spectra(seconds: 5, reverberationSeconds: 1.2, gong)
        let tune = try #require(learn(recording))
        #expect(tune.notes.map { Int($0.frequencyHz) } == [938, 781, 625])
        let reversed = [
            Sounding(bin: 40, start: 1, end: 1.5), Sounding(bin: 50, start: 1.5, end: 2),
            Sounding(bin: 60, start: 2, end: 2.7),
        ]
        #expect(score(of: tune) { _ in reversed } < 0.3)
    }

    @Test func oneToneThatGoesOnAndOffTwoNotesAndNothingAreNoTune() {
        let beeps = (0..<5).map { beep in
            Sounding(bin: 200, start: 1 + Double(beep) / 2, end: 1.3 + Double(beep) / 2)
        }
        // Speech and music have two notes by chance.
        for tones in [[], beeps, Array(Self.rendition(from: 1).prefix(2))] {
            #expect(learn(spectra(seconds: 5, tones)) == nil)
        }
    }
}
