import Foundation
import ModelLibrary
import TestSupport
import Testing

@testable import Learning

@Suite struct SoundLearnerTests {
    private let model: SoundModel
    private let embedder: WindowEmbedder
    private let learner: SoundLearner
    private let others: SoundLearner.Others

    init() throws {
        model = try SoundModel.load(
            folder: Checkout.folder.appendingPathComponent("Models/household-2").path
        )
        embedder = try WindowEmbedder(model)
        let builtIn = try embedder.builtInSounds()
        learner = SoundLearner(embedder, background: builtIn.demo)
        let rows = builtIn.rows
        others = SoundLearner.Others(
            groups: stride(from: 0, to: rows.count, by: 12).map { start in
                rows.rows(start..<min(start + 12, rows.count))
            }
        )
    }

    private func clip(_ samples: [Float], _ name: String) throws -> ExampleClip {
        try ExampleClip(
            name: name,
            samples: samples,
            sampleRateHz: SyntheticSounds.sampleRateHz
        )
    }

    private func warbles(_ variants: Range<Int>) throws -> [ExampleClip] {
        try variants.map { try clip(SyntheticSounds.warble($0), "warble \($0)") }
    }

    private func rattles(_ variants: Range<Int>) throws -> [ExampleClip] {
        try variants.map { try clip(SyntheticSounds.rattle($0), "rattle \($0)") }
    }

    private func bestScore(_ head: LearntHead, of samples: [Float]) -> Float {
        let padded = [Float](repeating: 0, count: 8_000) + samples
        let rows = embedder.embeddings(of: padded, everySeconds: 0.1)
        let best = head.head.values(of: rows).max() ?? -.infinity
        return 1 / (1 + exp(-best))
    }

    @Test func threeExamplesTeachTheSoundAndNoOther() throws {
        let head = try learner.learn(try warbles(0..<3), others: others)
        #expect(head.recognised == 3)
        #expect(head.mistakenWindows * 50 <= head.otherWindows)
        #expect(head.otherWindows > 100)
        for variant in 10..<14 {
            #expect(bestScore(head, of: SyntheticSounds.warble(variant)) >= head.on)
            #expect(bestScore(head, of: SyntheticSounds.rattle(variant)) < head.on)
        }
    }

    @Test(arguments: [1, 400, 499, 500, 521, 999, 1_000, 2_400])
    func atMostOneInFiveHundredWindowsReachesTheThreshold(count: Int) {
        // The highest are 0.8, 0.78, 0.76 …, more than may pass.
        let scores = (0..<count).map { max(0.1, 0.8 - 0.02 * Float(count - 1 - $0)) }
        let on = SoundLearner.threshold(above: scores)
        #expect(scores.count { $0 >= on } == count / 500)
    }

    @Test func aThresholdIsFromAHalfToNineTenths() {
        #expect(SoundLearner.threshold(above: []) == 0.5)
        #expect(SoundLearner.threshold(above: [0.1, 0.2]) == 0.5)
        #expect(SoundLearner.threshold(above: [0.1, 0.95]) == 0.9)
    }

    @Test func theSameExamplesTeachTheSameHead() throws {
        let clips = try warbles(0..<3)
        #expect(try learner.learn(clips, others: others) == learner.learn(clips, others: others))
    }

    @Test func examplesOfTwoSoundsAreRefusedWithWhichIsWhich() throws {
        let clips = try warbles(0..<3) + rattles(0..<3)
        #expect(
            throws: LearningError.twoSounds(
                first: ["warble 0", "warble 1", "warble 2"],
                second: ["rattle 0", "rattle 1", "rattle 2"]
            )
        ) { try learner.learn(clips, others: others) }
    }

    @Test func anExampleUnlikeTheOthersIsNamed() throws {
        let clips = try warbles(0..<4) + rattles(0..<1)
        let error = #expect(throws: LearningError.self) {
            try learner.learn(clips, others: others)
        }
        guard case .unlikeOthers("rattle 0", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func whatIsAmongTheOtherSoundsCannotBeToldFromThem() throws {
        let clips = try warbles(0..<3)
        let variations = ExampleVariations(embedder, background: [], exampleCount: 3)
        let same = SoundLearner.Others(
            groups: try warbles(20..<50).enumerated().map { index, clip in
                try variations.windows(of: clip, seed: UInt64(100 + index)).own
            }
        )
        let error = #expect(throws: LearningError.self) {
            try learner.learn(clips, others: same)
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("can't be told from other sounds"))
    }

    @Test func tooFewTooManyAndRepeatedExamplesAreRefused() throws {
        #expect(throws: LearningError.tooFewExamples(count: 2, least: 3)) {
            try learner.learn(try warbles(0..<2), others: others)
        }
        #expect(throws: LearningError.tooManyExamples(count: 21, most: 20)) {
            try learner.learn(try warbles(0..<21), others: others)
        }
        let twice = try warbles(0..<2) + [clip(SyntheticSounds.warble(0), "copy")]
        #expect(throws: LearningError.repeated(name: "copy", first: "warble 0")) {
            try learner.learn(twice, others: others)
        }
    }

    @Test func oneExampleIsEnoughForWhatIsNotAClass() throws {
        let head = try learner.learn(try warbles(0..<1), others: others, least: 1)
        #expect(bestScore(head, of: SyntheticSounds.warble(1)) > 0.5)
        #expect(bestScore(head, of: SyntheticSounds.rattle(1)) < 0.5)
    }

    @Test func clipsThatHoldNothingAreRefused() throws {
        #expect(throws: LearningError.tooShort(name: "click", seconds: 0.05)) {
            try clip([Float](repeating: 0.1, count: 800), "click")
        }
        #expect(throws: LearningError.silent(name: "nothing", peakDBFS: -120)) {
            try clip([Float](repeating: 0, count: 16_000), "nothing")
        }
        #expect(throws: LearningError.tooLong(name: "tape", seconds: 31)) {
            try clip([Float](repeating: 0.1, count: 31 * 16_000), "tape")
        }
    }

    @Test func otherSoundsComeBackFromTheirFile() throws {
        let folder = try TemporaryFolder()
        let rows = try embedder.builtInSounds().rows.rows(0..<20)
        let path = try folder.write(
            OtherSounds(from: "demo", rows: rows).serialized(for: model),
            to: "other-sounds.bin"
        )
        let read = try #require(try OtherSounds.read(for: model, at: path))
        #expect(read.from == "demo")
        try #require(read.rows.count == rows.count)
        for (old, new) in zip(rows.values, read.rows.values) { #expect(abs(old - new) < 0.07) }
        try folder.write("no such file", to: "other-sounds.bin")
        #expect(throws: ModelFolderError.self) { try OtherSounds.read(for: model, at: path) }
    }
}
