import AudioFiles
import Detection
import Foundation
import ModelLibrary
import Settings
import TestSupport
import Testing

@testable import Monitor

/// The shipped alarms on sounds made by the figures of ISO 8201 and NFPA 72.
@Suite struct AlarmTests {
    private static let rateHz = 16_000
    private let model: SoundModel
    private let settings: AnalysisSettings

    init() throws {
        model = try ShippedModel.load("alarms")
        settings = try MonitorConfiguration().analysisSettings(for: model)
    }

    // MARK: - Sounds

    /// Whether a temporal-three alarm sounds: on 0-0.5, 1-1.5 and 2-2.5 of every 4 seconds.
    private static func three(_ seconds: Double) -> Bool {
        let phase = seconds.truncatingRemainder(dividingBy: 4)
        return phase < 0.5 || (1..<1.5).contains(phase) || (2..<2.5).contains(phase)
    }

    /// Whether a temporal-four alarm sounds: four times 100 ms with 100 ms between, 5 s pause.
    private static func four(_ seconds: Double) -> Bool {
        let phase = seconds.truncatingRemainder(dividingBy: 5.7)
        return phase < 0.1 || (0.2..<0.3).contains(phase) || (0.4..<0.5).contains(phase)
            || (0.6..<0.7).contains(phase)
    }

    /// When the tone begins, in seconds.
    private static let onset = 8.0

    /// A tone that begins at ``onset``, in noise of -40 dBFS.
    private static func sound(
        hertz: Double = 3_100,
        seconds: Double = 18,
        amplitude: Double = 0.1,
        glide: Double = 0,
        isSquare: Bool = false,
        isOn: (Double) -> Bool
    ) -> [Float] {
        var random = SeededNumbers(seed: 8)
        var phase = 0.0
        return (0..<Int(seconds * Double(rateHz))).map { index in
            let time = Double(index) / Double(rateHz) - onset
            phase += 2 * .pi * hertz * (1 + glide * time) / Double(rateHz)
            let noise = Float.random(in: -0.017...0.017, using: &random)
            guard time >= 0, isOn(time) else { return noise }
            let wave = isSquare ? (sin(phase) < 0 ? -1 : 1) : sin(phase)
            return noise + Float(amplitude * wave)
        }
    }

    private static func mix(_ one: [Float], _ other: [Float]) -> [Float] {
        zip(one, other).map { $0 + $1 }
    }

    /// A sound as a room with a reverberation time of 0.8 s gives it back.
    private static func inRoom(_ dry: [Float]) -> [Float] {
        var random = SeededNumbers(seed: 9)
        let echoes = (0..<150).map { _ in
            let delay = Int.random(in: 80...9_600, using: &random)
            let decay = pow(10, -3 * Double(delay) / Double(rateHz) / 0.8)
            return (delay, Float(decay) * Float.random(in: -0.3...0.3, using: &random))
        }
        var wet = dry
        for (delay, gain) in echoes {
            for index in delay..<dry.count { wet[index] += gain * dry[index - delay] }
        }
        return wet
    }

    private struct Found {
        var className: String
        var startSeconds: Double
        var decidedSeconds: Double
    }

    private func events(in sound: [Float]) throws -> [Found] {
        let analysis = try SourceAnalysis(
            [ModelUse(model: model, settings: settings)],
            sampleRateHz: Self.rateHz
        )
        var findings: [AnalysisFinding] = []
        try analysis.process(sound.span, appendingTo: &findings)
        try analysis.finish(appendingTo: &findings)
        return findings.compactMap { finding -> Found? in
            guard case .began(let event, _, _, let decided) = finding else { return nil }
            return Found(
                className: model.soundClass(of: event).name,
                startSeconds: event.start.seconds(atRate: Self.rateHz),
                decidedSeconds: decided.seconds(atRate: Self.rateHz)
            )
        }
    }

    private func classes(in sound: [Float]) throws -> [String] {
        try events(in: sound).map(\.className)
    }

    // MARK: - Alarms

    @Test func aSmokeAlarmIsAnEventBeforeItsSecondPeriodIsOver() throws {
        let found = try events(in: Self.sound(isOn: Self.three))
        #expect(found.map(\.className) == ["smoke_alarm"])
        let alarm = try #require(found.first)
        #expect(abs(alarm.startSeconds - Self.onset) < 0.1)
        #expect(alarm.decidedSeconds <= Self.onset + 8)
    }

    @Test func aCOAlarmIsAnEventBeforeItsSecondPeriodIsOver() throws {
        let found = try events(in: Self.sound(isOn: Self.four))
        #expect(found.map(\.className) == ["co_alarm"])
        let alarm = try #require(found.first)
        #expect(alarm.decidedSeconds <= Self.onset + 11.4)
    }

    @Test func aSquareWaveOf520HzCountsToo() throws {
        let sound = Self.sound(hertz: 520, isSquare: true, isOn: Self.three)
        #expect(try classes(in: sound) == ["smoke_alarm"])
    }

    @Test func aWeakBatteryMakesTheAlarmSlowerAndLower() throws {
        let sound = Self.sound(amplitude: 0.03, glide: -0.0005) {
            Self.three($0 / 1.12)
        }
        #expect(try classes(in: sound) == ["smoke_alarm"])
    }

    @Test func aClippedAlarmIsStillOne() throws {
        let sound = Self.sound(isOn: Self.three).map { max(-1, min($0 * 40, 1)) }
        #expect(try classes(in: sound) == ["smoke_alarm"])
    }

    @Test func aRoomThatFillsTheGapsDoesNotHideAnAlarm() throws {
        #expect(
            try classes(in: Self.inRoom(Self.sound(isOn: Self.three))) == ["smoke_alarm"]
        )
        let four = Self.inRoom(Self.sound(isOn: Self.four))
        #expect(try classes(in: four) == ["co_alarm"])
    }

    @Test func twoAlarmsOutOfStepAreHeardBoth() throws {
        let smoke = Self.sound(hertz: 3_050, seconds: 28, isOn: Self.three)
        let other = Self.sound(hertz: 3_350, seconds: 28) { Self.three($0 + 1.3) }
        let carbonMonoxide = Self.sound(hertz: 3_350, seconds: 28) { Self.four($0 + 0.9) }
        #expect(try classes(in: Self.mix(smoke, other)) == ["smoke_alarm"])
        #expect(
            try Set(classes(in: Self.mix(smoke, carbonMonoxide))) == ["smoke_alarm", "co_alarm"]
        )
    }

    @Test func anAlarmUnderANoiseThatClosesTheGateIsHeard() throws {
        let sound = Self.sound(amplitude: 0.02, isOn: Self.three).map { $0 * 0.01 }
        #expect(try classes(in: sound) == ["smoke_alarm"])
    }

    // MARK: - What is none

    /// A pattern that is not that of an alarm.
    struct Pattern: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let isOn: @Sendable (Double) -> Bool

        init(_ name: String, isOn: @escaping @Sendable (Double) -> Bool) {
            testDescription = name
            self.isOn = isOn
        }
    }

    private static let otherPatterns = [
        Pattern("a steady tone") { _ in true },
        Pattern("a reversing truck") { $0.truncatingRemainder(dividingBy: 1) < 0.5 },
        Pattern("an alarm clock") {
            let phase = $0.truncatingRemainder(dividingBy: 1)
            return phase < 0.7 && phase.truncatingRemainder(dividingBy: 0.2) < 0.1
        },
        Pattern("pulses of half the length") { three($0 * 2) },
        Pattern("pulses of twice the length") { three($0 / 2) },
        Pattern("two pulses instead of three") {
            three($0) && $0.truncatingRemainder(dividingBy: 4) < 1.6
        },
        Pattern("a group that does not come again") { $0 < 4 && three($0) },
    ]

    @Test(arguments: otherPatterns)
    func otherPatternsOfTheSameToneAreNoAlarm(_ pattern: Pattern) throws {
        #expect(try classes(in: Self.sound(isOn: pattern.isOn)).isEmpty)
    }

    @Test func theCadenceOfAnotherToneIsNoAlarm() throws {
        #expect(try classes(in: Self.sound(hertz: 1_000, isOn: Self.three)).isEmpty)
    }

    @Test func noiseThatGoesOnAndOffAsAnAlarmDoesIsNone() throws {
        var random = SeededNumbers(seed: 4)
        let sound = (0..<18 * Self.rateHz).map { index in
            let isOn = Self.three(Double(index) / Double(Self.rateHz))
            return Float.random(in: -0.3...0.3, using: &random) * (isOn ? 1 : 0.02)
        }
        #expect(try classes(in: sound).isEmpty)
    }

    @Test func recordingsOfAHomeHoldNoAlarm() throws {
        var sound: [Float] = []
        for name in ["rooster", "baby_cry", "clock_tick", "dog_bark", "sneeze"] {
            let reader = try RecordingReader(path: Recordings.clear(name).path)
            let resampler = try StreamingResampler(
                fromRateHz: reader.sampleRateHz,
                toRateHz: Self.rateHz
            )
            var samples: [Float] = []
            while try reader.readMono(into: &samples, upTo: 16_384) > 0 {}
            resampler.process(samples.span, appendingTo: &sound)
        }
        #expect(try classes(in: sound).isEmpty)
    }
}
