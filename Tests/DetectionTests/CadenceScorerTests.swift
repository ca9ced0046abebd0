import Detection
@preconcurrency import Glibc
import TestSupport
import Testing

/// Alarms by the figures of ISO 8201 and NFPA 72, as the spectra of a window.
@Suite struct CadenceScorerTests {
    private static let grid = SpectrumGrid(frameSeconds: 0.02, binHz: 15.625, binCount: 513)
    private static let windowSeconds = 14.0

    private let scorer: CadenceScorer

    init() {
        var smoke = Cadence()
        smoke.className = "smoke_alarm"
        var carbonMonoxide = Cadence()
        carbonMonoxide.className = "co_alarm"
        carbonMonoxide.onSeconds = 0.1
        carbonMonoxide.offSeconds = 0.1
        carbonMonoxide.pulses = 4
        carbonMonoxide.periodSeconds = 5.7
        scorer = CadenceScorer(
            [smoke, carbonMonoxide],
            classNames: ["smoke_alarm", "co_alarm"],
            grid: Self.grid
        )
    }

    /// A tone in noise.
    private struct Tone {
        var bin = 200
        /// Over the noise in its bin, in dB.
        var level = 25.0
        /// How fast a room fades out, in seconds for 60 dB.
        var reverberationSeconds = 0.05
        /// When in the window it begins.
        var onset = 5.0
        let isOn: (Double) -> Bool
    }

    /// Temporal-three: on 0-0.5, 1-1.5 and 2-2.5 of every 4 seconds.
    private static func three(_ seconds: Double) -> Bool {
        let phase = seconds.truncatingRemainder(dividingBy: 4)
        return phase < 0.5 || (1..<1.5).contains(phase) || (2..<2.5).contains(phase)
    }

    /// Temporal-four: four times 100 ms with 100 ms between, 5 s pause.
    private static func four(_ seconds: Double) -> Bool {
        let phase = seconds.truncatingRemainder(dividingBy: 5.7)
        return phase < 0.1 || (0.2..<0.3).contains(phase) || (0.4..<0.5).contains(phase)
            || (0.6..<0.7).contains(phase)
    }

    /// The scores of a window with tones in noise, smoke alarm first.
    private func scores(_ tones: Tone...) -> [Float] {
        var random = SeededNumbers(seed: 5)
        let frameCount = Int(Self.windowSeconds / Self.grid.frameSeconds)
        var powers = (0..<frameCount * Self.grid.binCount).map { _ in
            -log(Double.random(in: 1e-9...1, using: &random))
        }
        for tone in tones {
            var power = 0.0
            for frame in 0..<frameCount {
                power *= pow(10, -6 * Self.grid.frameSeconds / tone.reverberationSeconds)
                let time = Double(frame) * Self.grid.frameSeconds - tone.onset
                if time >= 0, tone.isOn(time) { power = max(power, pow(10, tone.level / 10)) }
                let place = frame * Self.grid.binCount + tone.bin
                // The main lobe of a Hann window.
                powers[place] += power
                powers[place - 1] += power / 4
                powers[place + 1] += power / 4
            }
        }
        let spectra = powers.map { Float(10 * log10($0)) }
        return scorer.scores(of: spectra.span)
    }

    @Test func aSmokeAlarmIsToldWithinTwoPeriods() {
        // From 5.9 s on the window of 14 s holds just the two periods that have sounded.
        let found = scores(Tone(onset: 6, isOn: Self.three))
        #expect(found[0] >= 0.5)
        #expect(found[1] < 0.2)
    }

    @Test func aCOAlarmIsToldWithinTwoPeriods() {
        let found = scores(Tone(onset: 2.6, isOn: Self.four))
        #expect(found[1] >= 0.5)
        #expect(found[0] < 0.2)
    }

    @Test func onePeriodIsNotEnough() {
        #expect(scores(Tone(onset: 10, isOn: Self.three)) == [0, 0])
        #expect(scores(Tone(onset: 8.4, isOn: Self.four)) == [0, 0])
    }

    @Test func aWeakBatteryMakesTheAlarmSlowerAndFainter() {
        #expect(scores(Tone(level: 16) { Self.three($0 / 1.12) })[0] >= 0.5)
        #expect(scores(Tone(onset: 2) { Self.four($0 * 1.12) })[1] >= 0.5)
    }

    @Test func aRoomThatFillsTheGapsDoesNotHideAnAlarm() {
        let smoke = Tone(level: 35, reverberationSeconds: 1.2, isOn: Self.three)
        #expect(scores(smoke)[0] >= 0.5)
        let four = Tone(level: 35, reverberationSeconds: 0.8, onset: 2, isOn: Self.four)
        #expect(scores(four)[1] >= 0.5)
    }

    @Test func twoAlarmsOutOfStepAreBothTold() {
        let found = scores(
            Tone(bin: 190, onset: 1, isOn: Self.three),
            Tone(bin: 200, onset: 1.7, isOn: Self.four)
        )
        #expect(found[0] >= 0.5)
        #expect(found[1] >= 0.5)
    }

    @Test func otherPatternsOfTheSameToneAreNoAlarm() {
        let clock: (Double) -> Bool = {
            let phase = $0.truncatingRemainder(dividingBy: 1)
            return phase < 0.7 && phase.truncatingRemainder(dividingBy: 0.2) < 0.1
        }
        for isOn in [
            { _ in true }, { $0.truncatingRemainder(dividingBy: 1) < 0.5 }, clock,
            { Self.three($0 * 2) }, { Self.three($0 / 2) },
            { Self.three($0) && $0.truncatingRemainder(dividingBy: 4) < 1.6 },
            { $0 < 4 && Self.three($0) },
        ] as [(Double) -> Bool] {
            #expect(scores(Tone(onset: 1, isOn: isOn)).allSatisfy { $0 < 0.3 })
        }
    }

    @Test func theCadenceOfAnotherToneIsNoAlarm() {
        #expect(scores(Tone(bin: 64, onset: 1, isOn: Self.three)) == [0, 0])
    }

    @Test func pulsesOfUnequalLoudnessAreNoAlarm() {
        let loud = Tone(onset: 1) { Self.three($0) && $0.truncatingRemainder(dividingBy: 4) < 1.6 }
        let faint = Tone(level: 15, onset: 1) {
            Self.three($0) && $0.truncatingRemainder(dividingBy: 4) >= 1.6
        }
        #expect(scores(loud, faint)[0] < 0.3)
    }

    @Test func noiseHoldsNoAlarm() {
        #expect(scores() == [0, 0])
    }
}
