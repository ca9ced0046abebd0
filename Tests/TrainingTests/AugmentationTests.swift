import Foundation
import SoundDatasets
import TestSupport
import Testing

@testable import Training

@Suite struct WaveformAugmenterTests {
    private let folder: TemporaryFolder
    private let rate = 16_000

    init() throws {
        folder = try TemporaryFolder()
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
        let augmenter = try WaveformAugmenter(settings, rateHz: rate, root: folder.path)
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
            folder: folder.file("cache"),
            frontEnd: Architecture.small.frontEnd,
            windowFrames: 96
        )
        let dataset = try SoundDataset.read(path: folder.file("set"))
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
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.file("cache"))
        #expect(files.count == 12)

        var training = SyntheticClips.settings
        training.batchSize = 4
        let trainer = try TrainingJob(clips: varied, settings: training).wholeTrainer()
        #expect(trainer.step().loss.isFinite)
    }
}

@Suite struct AugmenterTests {
    private let frames = 96

    private func augmenter(_ settings: AugmentationSettings) -> Augmenter {
        Augmenter(settings: settings, bandCount: 64, frameSeconds: 0.01)
    }

    /// The patch after one change, by a setting that makes only this one.
    private func changed(
        _ patch: [Float],
        seed: UInt64 = 1,
        _ change: (inout AugmentationSettings) -> Void
    ) -> [Float] {
        var settings = AugmentationSettings.none
        change(&settings)
        var generator = SeededGenerator(seed: seed)
        var patch = patch
        augmenter(settings).apply(to: &patch, &generator)
        return patch
    }

    private var flat: [Float] { [Float](repeating: 1, count: frames * 64) }

    private func decibels(_ ratio: Float) -> Float { 10 * log10(ratio) }

    @Test func noSettingLeavesThePatchAsItIs() {
        #expect(changed(flat) { _ in } == flat)
    }

    @Test func gainMovesAllBandsByTheSameDecibels() {
        let levels = (0..<50).map { seed in
            let patch = changed(flat, seed: UInt64(seed)) { $0.gainDB = 8 }
            #expect(Set(patch).count == 1)
            return decibels(patch[0])
        }
        #expect(levels.allSatisfy { abs($0) <= 8.001 })
        #expect((levels.max() ?? 0) - (levels.min() ?? 0) > 10)
    }

    @Test func reverberationFallsBySixtyDecibelsInItsTime() {
        var click = [Float](repeating: 0, count: frames * 64)
        for band in 0..<64 { click[band] = 1 }
        let patch = changed(click) {
            $0.reverbProbability = 1
            $0.reverbSeconds = 0.3...0.3
            $0.reverbLevelDB = -6...(-6)
        }
        #expect(patch[0] == 1)
        #expect(abs(decibels(patch[64] / patch[31 * 64]) - 60) < 0.1)
        let tail = (1..<frames).reduce(Float(0)) { $0 + patch[$1 * 64] }
        #expect(abs(decibels(tail) - -6) < 0.1)
    }

    @Test func equalizerGivesEachBandOneGainForAllFrames() {
        let patch = changed(flat) { $0.equalizerProbability = 1 }
        for band in 0..<64 {
            #expect((1..<frames).allSatisfy { patch[$0 * 64 + band] == patch[band] })
        }
        let gains = patch[..<64].map { decibels($0) }
        #expect(Set(gains).count > 32)
        // Neighbours differ by a slope of a roll-off at most.
        #expect(zip(gains, gains.dropFirst()).allSatisfy { abs($0 - $1) < 4 })
    }

    @Test func bandLimitTakesTheHighestBandsAway() {
        let patch = changed(flat) {
            $0.bandLimitProbability = 1
            $0.bandLimitShare = 0.5...0.5
        }
        #expect(decibels(patch[32]) > -0.01)
        #expect(decibels(patch[63]) < -80)
    }

    @Test func noiseHasItsLevelUnderTheSound() {
        var levels: [Float] = []
        for seed in 0..<40 {
            let patch = changed(flat, seed: UInt64(seed)) {
                $0.noiseProbability = 1
                $0.noiseRatioDB = 10...10
            }
            #expect(zip(patch, flat).allSatisfy { $0 >= $1 })
            levels.append((patch.reduce(0, +) - flat.reduce(0, +)) / Float(flat.count))
        }
        #expect(abs(decibels(levels.reduce(0, +) / 40) - -10) < 1)
    }

    @Test func backgroundLiesUnderTheSoundByItsRatio() {
        var settings = AugmentationSettings.none
        settings.backgroundRatioDB = 12...12
        var generator = SeededGenerator(seed: 1)
        var patch = flat
        let background = (0..<flat.count).map { Float($0 % 7) }
        augmenter(settings).addBackground(background, to: &patch, &generator)
        let added = patch.reduce(0, +) - flat.reduce(0, +)
        #expect(abs(decibels(added / flat.reduce(0, +)) - -12) < 0.05)
        let silent = [Float](repeating: 0, count: flat.count)
        let before = patch
        augmenter(settings).addBackground(silent, to: &patch, &generator)
        #expect(patch == before)
    }

    @Test func masksBlankStretchesOfFramesAndBands() {
        var settings = AugmentationSettings.none
        settings.timeMasks = 1
        settings.bandMasks = 1
        for isFramesByBands in [true, false] {
            var blankFrames = 0
            var blankBands = 0
            for seed in 0..<30 {
                var input = flat
                var generator = SeededGenerator(seed: UInt64(seed))
                var span = input.mutableSpan
                augmenter(settings).mask(
                    &span,
                    frames: frames,
                    isFramesByBands: isFramesByBands,
                    &generator
                )
                func value(_ frame: Int, _ band: Int) -> Float {
                    input[isFramesByBands ? frame * 64 + band : band * frames + frame]
                }
                blankFrames += (0..<frames).count { frame in
                    (0..<64).allSatisfy { value(frame, $0) == 0 }
                }
                blankBands += (0..<64).count { band in
                    (0..<frames).allSatisfy { value($0, band) == 0 }
                }
            }
            #expect((60...300).contains(blankFrames))
            #expect((40...200).contains(blankBands))
        }
    }

    @Test func sameSeedGivesTheSamePatch() {
        var generator = SeededGenerator(seed: 5)
        let patch = (0..<frames * 64).map { _ in generator.exponential() }
        let all: (inout AugmentationSettings) -> Void = { $0 = AugmentationSettings() }
        #expect(changed(patch, seed: 9, all) == changed(patch, seed: 9, all))
        #expect(changed(patch, seed: 9, all) != changed(patch, seed: 10, all))
    }
}

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
            error?.description == "'librubberband-none.so' is missing; stretching and pitch "
                + "shifting need it. Install the package librubberband2, or remove "
                + "'stretch_probability' and 'pitch_probability'."
        )
        #expect(error?.exitCode == 69)
    }
}

extension AugmentationSettings {
    /// Settings that change nothing.
    fileprivate static var none: AugmentationSettings {
        var settings = AugmentationSettings()
        settings.reverbProbability = 0
        settings.equalizerProbability = 0
        settings.noiseProbability = 0
        settings.gainDB = 0
        return settings
    }
}
