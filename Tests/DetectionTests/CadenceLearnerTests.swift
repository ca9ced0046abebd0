import Detection
@preconcurrency import Glibc
import TestSupport
import Testing

/// Cadences found in the spectra of a recording.
@Suite struct CadenceLearnerTests {
    private static let grid = SpectrumGrid(frameSeconds: 0.02, binHz: 15.625, binCount: 513)

    /// The spectra of tones in noise, each by its bin, level over the noise in dB, and course.
    private func spectra(
        seconds: Double,
        seed: UInt64 = 5,
        _ tones: (bin: Int, level: Double, isOn: (Double) -> Bool)...
    ) -> [Float] {
        var random = SeededNumbers(seed: seed)
        let frameCount = Int(seconds / Self.grid.frameSeconds)
        var powers = (0..<frameCount * Self.grid.binCount).map { _ in
            -log(Double.random(in: 1e-9...1, using: &random))
        }
        for (bin, level, isOn) in tones {
            var power = 0.0
            for frame in 0..<frameCount {
                // A room of 0.3 s.
                power *= pow(10, -6 * Self.grid.frameSeconds / 0.3)
                if isOn(Double(frame) * Self.grid.frameSeconds) { power = pow(10, level / 10) }
                let place = frame * Self.grid.binCount + bin
                powers[place] += power
                powers[place - 1] += power / 4
                powers[place + 1] += power / 4
            }
        }
        return powers.map { Float(10 * log10($0)) }
    }

    private func learn(_ spectra: [Float]) throws(CadenceLearningFault) -> LearntCadence {
        try CadenceLearner(grid: Self.grid).learn(from: spectra.span)
    }

    private static func pulses(
        _ count: Int,
        on: Double,
        off: Double,
        every period: Double,
        from begin: Double
    ) -> (Double) -> Bool {
        { time in
            guard time >= begin else { return false }
            let phase = (time - begin).truncatingRemainder(dividingBy: period)
            let place = (phase / (on + off)).rounded(.down)
            return place < Double(count) && phase - place * (on + off) < on
        }
    }

    /// Temporal-three, temporal-four, a reversing truck.
    private static let rhythms: [(pulses: Int, on: Double, off: Double, period: Double)] = [
        (3, 0.5, 0.5, 4), (4, 0.1, 0.1, 5.7), (1, 0.4, 0.6, 1), (2, 0.3, 0.2, 10),
    ]

    @Test(arguments: rhythms)
    func theDescriptionHasTheLengthsOfTheRhythm(
        pulses: Int,
        on: Double,
        off: Double,
        period: Double
    ) throws {
        let isOn = Self.pulses(pulses, on: on, off: off, every: period, from: 1.3)
        let learnt = try learn(spectra(seconds: 1.3 + 3.2 * period + 2, (200, 25, isOn)))
        let cadence = learnt.cadence
        #expect(cadence.pulses == pulses && cadence.repetitions == 2)
        #expect(abs(cadence.onSeconds - on) < 0.06)
        if pulses > 1 { #expect(abs(cadence.offSeconds - off) < 0.06) }
        #expect(abs(cadence.periodSeconds - period) < 0.06)
        #expect(cadence.frequencyHz.contains(3_125) && learnt.groups >= 2)
    }

    @Test func whatWasLearntIsFoundInAnotherRenditionAndNotInAnotherRhythm() throws {
        let isOn = Self.pulses(3, on: 0.25, off: 0.2, every: 3, from: 1)
        var cadence = try learn(spectra(seconds: 12, (128, 25, isOn))).cadence
        cadence.className = "dryer"
        let scorer = CadenceScorer([cadence], classNames: ["dryer"], grid: Self.grid)
        func score(_ pulses: Int, on: Double, level: Double) -> Float {
            let other = Self.pulses(pulses, on: on, off: 0.21, every: 3.1, from: 0.2)
            let window = spectra(seconds: cadence.windowSeconds, seed: 9, (129, level, other))
            return scorer.scores(of: window.span)[0]
        }
        #expect(score(3, on: 0.26, level: 17) >= 0.5)
        #expect(score(2, on: 0.26, level: 17) < 0.3)
        #expect(score(3, on: 0.6, level: 25) < 0.3)
    }

    @Test func aSoundThatComesOnceIsCountedOnce() throws {
        let cadence = try learn(
            spectra(
                seconds: 8,
                (128, 25, { $0 < 6 && Self.pulses(5, on: 0.3, off: 0.2, every: 60, from: 3)($0) })
            )
        ).cadence
        #expect(cadence.pulses == 5 && cadence.repetitions == 1)
    }

    @Test func theLoudestToneWithARhythmIsMeant() throws {
        let alarm = Self.pulses(3, on: 0.5, off: 0.5, every: 4, from: 1)
        let learnt = try learn(
            spectra(seconds: 14, (60, 35, { _ in true }), (200, 25, alarm))
        )
        #expect(abs(learnt.toneHz - 3_125) < 20)
    }

    @Test func whereThereIsNoToneOrNoRhythmTheReasonIsSaid() {
        let cases: [([Float], (CadenceLearningFault) -> Bool)] = [
            (spectra(seconds: 10), { _ in true }),
            (
                spectra(seconds: 10, (200, 25, { _ in true })),
                { if case .noPause = $0 { true } else { false } }
            ),
            (
                spectra(seconds: 10, (200, 25, { (3..<3.5).contains($0) })),
                { if case .tooFewPulses = $0 { true } else { false } }
            ),
            (
                spectra(seconds: 12, (200, 25, { $0 > 1 && sin($0 * $0) > 0.3 })),
                { if case .noRhythm = $0 { true } else { false } }
            ),
            (
                spectra(
                    seconds: 14,
                    (
                        200, 25,
                        { time in
                            [1, 2, 3, 6, 9, 10, 13].contains { ($0..<$0 + 0.4).contains(time) }
                        }
                    )
                ),
                { if case .unequalGroups = $0 { true } else { false } }
            ),
        ]
        for (spectra, isExpected) in cases {
            do {
                let learnt = try learn(spectra)
                Issue.record("learnt \(learnt)")
            } catch {
                #expect(isExpected(error), "\(error)")
            }
        }
    }
}
