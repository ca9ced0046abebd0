import Foundation
import SoundDatasets
import Testing

@testable import Training

@Suite struct WaveformAugmenterTests {
    private let folder: TrainingFolder
    private let rate = 16_000

    init() throws {
        folder = try TrainingFolder()
    }

    private func tone(_ hertz: Float, seconds: Float = 1, amplitude: Float = 0.1) -> [Float] {
        (0..<Int(seconds * Float(rate))).map {
            amplitude * sin(2 * .pi * hertz * Float($0) / Float(rate))
        }
    }

    /// The level of a tone in samples, in dB (Goertzel).
    private func level(_ hertz: Float, in samples: [Float]) -> Float {
        var (real, imaginary): (Float, Float) = (0, 0)
        for (index, sample) in samples.enumerated() {
            let turn = 2 * Float.pi * hertz * Float(index) / Float(rate)
            real += sample * cos(turn)
            imaginary += sample * sin(turn)
        }
        let power = (real * real + imaginary * imaginary) / Float(samples.count * samples.count)
        return 10 * log10(max(power, 1e-20))
    }

    private func heard(
        _ samples: [Float],
        seed: UInt64 = 1,
        _ change: (inout WaveformSettings) -> Void
    ) throws -> [Float] {
        var settings = WaveformSettings()
        change(&settings)
        let augmenter = try WaveformAugmenter(settings, rateHz: rate, root: folder.root)
        var generator = SeededGenerator(seed: seed)
        var samples = samples
        augmenter.apply(to: &samples, &generator)
        return samples
    }

    @Test func nothingIsChangedByDefault() throws {
        let sound = tone(440)
        #expect(try heard(sound) { _ in } == sound)
    }

    @Test func stretchAndPitchAreHeard() throws {
        let longer = try heard(tone(440)) {
            $0.stretchProbability = 1
            $0.stretch = 1.5...1.5
        }
        #expect(longer.count == 24_000)
        let higher = try heard(tone(440)) {
            $0.pitchProbability = 1
            $0.pitchSemitones = 12...12
        }
        #expect(level(880, in: higher) > level(440, in: higher) + 20)
    }

    @Test func soundBeginsLaterOrLosesItsBeginning() throws {
        let lengths = try Set(
            (0..<20).map { seed in
                try heard(tone(440), seed: seed) { $0.shiftSeconds = 0.3 }.count
            }
        )
        #expect(lengths.contains { $0 > 16_000 } && lengths.contains { $0 < 16_000 })
        #expect(lengths.allSatisfy { (11_200...20_800).contains($0) })
    }

    @Test func mixtureHoldsBothSoundsByTheirShares() throws {
        var settings = WaveformSettings()
        settings.mixupProbability = 1
        let augmenter = try WaveformAugmenter(settings, rateHz: rate)
        var generator = SeededGenerator(seed: 2)
        let shares = (0..<50).map { _ in augmenter.mixupShare(&generator) }
        #expect(shares.allSatisfy { (0...0.5).contains($0) })
        #expect(shares.contains { $0 > 0.3 })
        var sound = tone(440)
        augmenter.mix(tone(1_000, seconds: 0.5), share: 0.25, into: &sound)
        #expect(abs(level(440, in: sound) - level(1_000, in: sound) - 9.54) < 0.1)
    }

    @Test func roomRingsAfterTheSound() throws {
        try folder.writeImpulse("rooms/hall.wav", rateHz: rate)
        let click = [0.5] + [Float](repeating: 0, count: 15_999)
        let rung = try heard(click) {
            $0.roomProbability = 1
            $0.rooms = ["rooms"]
        }
        #expect(rung[4_000..<4_800].contains { abs($0) > 1e-3 })
        #expect(rung.count <= 24_000)
    }

    @Test func backgroundLiesUnderTheSoundAtTheRatio() throws {
        try folder.writeTone("noise/b.wav", hertz: 1_000, seconds: 3)
        let sound = try heard(tone(440)) {
            $0.backgroundProbability = 1
            $0.backgrounds = ["noise/b.wav"]
            $0.backgroundRatioDB = 12...12
        }
        #expect(abs(level(440, in: sound) - level(1_000, in: sound) - 12) < 0.5)
    }

    @Test func microphoneColoursWithinItsRange() throws {
        var changes: [Float] = []
        for seed in 0..<20 {
            let sound = try heard(tone(1_000), seed: UInt64(seed)) {
                $0.responseProbability = 1
                $0.responseDB = 6
            }
            changes.append(level(1_000, in: sound) - level(1_000, in: tone(1_000)))
        }
        #expect((changes.max() ?? 0) > 1 && (changes.min() ?? 0) < -1)
        #expect(changes.allSatisfy { abs($0) < 18.1 })
    }

    @Test func telephoneHasNoHighTones() throws {
        let both = zip(tone(1_000), tone(7_000)).map { $0 + $1 }
        let sound = try heard(both) {
            $0.bandLimitProbability = 1
            $0.highCutHz = 3_000...3_000
            $0.lowCutHz = 100...100
        }
        #expect(level(1_000, in: sound) > level(1_000, in: both) - 1.5)
        #expect(level(7_000, in: sound) < level(7_000, in: both) - 25)
    }

    @Test func gainStaysWithinItsRange() throws {
        let changes = try (0..<20).map { seed in
            level(440, in: try heard(tone(440), seed: seed) { $0.gainDB = 6 })
                - level(440, in: tone(440))
        }
        #expect(changes.allSatisfy { abs($0) < 6.01 })
        #expect((changes.max() ?? 0) > 3 && (changes.min() ?? 0) < -3)
    }

    @Test func settingWithoutItsRecordingsIsRefused() throws {
        let error = #expect(throws: TrainingError.self) {
            try heard(tone(440)) { $0.roomProbability = 0.5 }
        }
        #expect(error?.description.hasPrefix("waveform.rooms is an empty list") == true)
        var settings = WaveformSettings()
        settings.pitchProbability = 0.5
        #expect(throws: (any Error).self) {
            try WaveformAugmenter(settings, rateHz: rate, library: "none.so")
        }
    }

    @Test func variantsAreComputedOnceKeptAndTrainedOn() throws {
        for (name, hertz) in [
            ("a/1-1-A", 300), ("a/2-2-A", 350), ("b/1-3-A", 2_000), ("b/2-4-A", 2_200),
        ] {
            try folder.writeTone("set/\(name).wav", hertz: Float(hertz), seconds: 1.5)
        }
        var settings = WaveformSettings()
        settings.variants = 2
        settings.mixupProbability = 1
        settings.gainDB = 6
        let cache = try FeatureCache(
            folder: folder.path("cache"),
            frontEnd: Architecture.small.frontEnd,
            windowFrames: 96
        )
        let dataset = try SoundDataset.read(path: folder.path("set"))
        let loaded = LoadedClips.load(dataset, cache: cache, threads: 2)
        let augmenter = try WaveformAugmenter(settings, rateHz: rate)
        let varied = try loaded.varied(by: augmenter, cache: cache, seed: 1, threads: 2)
        #expect(varied.variants.map(\.count) == [2, 2, 2, 2])
        #expect(varied.variants[0][0].features != loaded.features[0])
        // Mixed with one of its fold only: a test clip must not be heard in training.
        #expect(varied.variants.joined().contains { $0.mixedShare > 0 })
        #expect(varied.variants[0].allSatisfy { $0.mixedClasses.isEmpty || $0.mixedClasses == [1] })
        let again = try loaded.varied(by: augmenter, cache: cache, seed: 1, threads: 1)
        #expect(again.variants == varied.variants)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path("cache"))
        #expect(files.count == 12)

        var training = SyntheticClips.settings
        training.batchSize = 4
        let trainer = try TrainingJob(clips: varied, settings: training).wholeTrainer()
        #expect(trainer.step().loss.isFinite)
    }
}
