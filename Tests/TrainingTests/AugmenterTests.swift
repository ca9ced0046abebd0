import Foundation
import SoundDatasets
import Testing

@testable import Training

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
