import AudioFiles
import Detection
import Foundation
import LogMelFeatures
import ModelLibrary
import Settings
import TestSupport
import Testing

@testable import Monitor

/// What several models hear of one source, against what each hears alone.
@Suite struct SeveralModelsTests {
    private let bootstrap: SoundModel
    private let wide: VariantModel
    private let louder: VariantModel

    init() throws {
        bootstrap = try ReferenceModel.load()
        wide = try VariantModel.wide()
        // The same front end but for one band's mean.
        louder = try VariantModel(name: "louder", ["mean: [-1.7958946": "mean: [-1.5958946"])
    }

    /// The models with hops of their own.
    private func uses(_ models: [SoundModel]) throws -> [ModelUse] {
        try models.enumerated().map { index, model in
            var settings = try MonitorConfiguration().analysisSettings(for: model)
            settings.detection.hopSeconds = [0.24, 0.1, 0.48][index % 3]
            return ModelUse(model: model, settings: settings)
        }
    }

    /// What was heard, by model.
    private struct Heard: Equatable {
        var hops: [[ScoredHop]]
        var transitions: [[EventTransition]]
    }

    /// Everything that models say of a sound that comes in pieces and has a gap in it.
    private func listen(
        _ uses: [ModelUse],
        to samples: [Float],
        rateHz: Int,
        gapAt gap: Int? = nil,
        pieces: () -> Int
    ) throws -> Heard {
        let analysis = try SourceAnalysis(uses, sampleRateHz: rateHz)
        var findings: [AnalysisFinding] = []
        var start = 0
        while start < samples.count {
            var end = min(samples.count, start + pieces())
            if let gap, start < gap { end = min(end, gap) }
            try analysis.process(Array(samples[start..<end]).span, appendingTo: &findings)
            start = end
            if start == gap {
                let time = SampleTime(Int64(start) + Int64(rateHz) * 3)
                try analysis.resume(at: time, appendingTo: &findings)
            }
        }
        try analysis.finish(appendingTo: &findings)
        let slots = uses.indices.map { ModelSlot($0) }
        return Heard(
            hops: slots.map { findings.hops(of: $0) },
            transitions: slots.map { findings.transitions(of: $0) }
        )
    }

    @Test(arguments: [16_000, 22_050, 44_100, 48_000])
    func eachModelHearsToTheBitWhatItHearsAlone(rateHz: Int) throws {
        let scene = Array(DemoSound.samples(rateHz: rateHz).prefix(rateHz * 20))
        let all = try uses([bootstrap, wide.model, louder.model])
        var random = SeededNumbers(seed: UInt64(rateHz))
        let gap = rateHz * 9 + 77
        let together = try listen(all, to: scene, rateHz: rateHz, gapAt: gap) {
            Int.random(in: 1...9_000, using: &random)
        }
        for (index, use) in all.enumerated() {
            let alone = try listen([use], to: scene, rateHz: rateHz, gapAt: gap) { 4_096 }
            #expect(together.hops[index] == alone.hops[0])
            #expect(together.transitions[index] == alone.transitions[0])
            #expect(!alone.transitions[0].isEmpty)
            #expect(alone.hops[0].contains { $0.scores.contains { $0 > 0.5 } })
        }
        // Each has its own grid.
        #expect(Set(together.hops.map(\.count)).count == 3)
    }

    @Test func modelsShareWhatTheyHaveInCommon() throws {
        let twin = try VariantModel(name: "twin")
        let supply = try FeatureSupply(
            [bootstrap, wide.model, twin.model, louder.model].map {
                ($0.frontEnd, $0.windowFrames)
            },
            sourceRateHz: 48_000
        )
        #expect(supply.resamplerCount == 2)
        #expect(supply.extractorCount == 2)
        #expect(supply.readers[0].shares(supply.readers[2]))
        #expect(supply.readers[0].shares(supply.readers[3]))
        #expect(!supply.readers[0].shares(supply.readers[1]))
    }

    @Test func framesAreComputedOnceForAllModelsOfAFrontEnd() throws {
        let extraction = try SharedExtraction([
            (bootstrap.frontEnd, 96), (bootstrap.frontEnd, 48), (louder.model.frontEnd, 96),
        ])
        #expect(extraction.streams.count == 2)
        let sound = Array(DemoSound.samples().prefix(16_000))
        extraction.process(sound.span)
        let frames = bootstrap.frontEnd.frameCount(forSamples: sound.count)
        #expect(extraction.extractedFrameCount == frames)
        #expect(extraction.streams.allSatisfy { $0.window.frameCount == frames })
    }

    @Test func framesThatOneModelIsDoneWithAreKeptForTheOthers() throws {
        let extraction = try SharedExtraction([(bootstrap.frontEnd, 96)])
        let stream = extraction.streams[0]
        let (quick, slow) = (stream.addReader(), stream.addReader())
        extraction.process(Array(DemoSound.samples().prefix(16_000)).span)
        let count = stream.window.frameCount
        stream.advance(quick, by: 50)
        #expect(stream.window.frameCount == count)
        #expect(stream.frameCount(for: quick) == count - 50)
        #expect(stream.frameCount(for: slow) == count)
        stream.advance(slow, by: 20)
        #expect(stream.window.frameCount == count - 20)
        #expect(stream.offset(of: quick) == 30)
        #expect(stream.offset(of: slow) == 0)
    }

    @Test func normalisationApartGivesTheBitsOfTheExtractorsOwn() throws {
        let sound = Array(DemoSound.samples().prefix(32_000))
        var whole: [Float] = []
        let extractor = try FeatureExtractor(louder.model.frontEnd)
        extractor.process(sound.span, appendingTo: &whole)
        var raw: [Float] = []
        let shared = try FeatureExtractor(louder.model.frontEnd.unnormalised)
        shared.process(sound.span, appendingTo: &raw)
        #expect(raw != whole)
        FrameNormalizer(louder.model.frontEnd).normalise(&raw)
        #expect(raw == whole)
    }
}

/// A network whose input is bands × frames, against the same network for frames × bands.
@Suite struct BandsByFramesTests {
    private let sideways: VariantModel
    private let upright: VariantModel
    private let scene = Array(DemoSound.samples().prefix(16_000 * 20))

    init() throws {
        sideways = try VariantModel.bandsByFrames()
        upright = try VariantModel(name: "upright")
    }

    private func settings(_ variant: VariantModel) throws -> AnalysisSettings {
        try MonitorConfiguration().analysisSettings(for: variant.model)
    }

    /// What a model finds in the scene in pieces of the given sizes.
    private func findings(
        _ variant: VariantModel,
        pieces: () -> Int
    ) throws -> [AnalysisFinding] {
        let use = ModelUse(model: variant.model, settings: try settings(variant))
        return try SourceAnalysis([use], sampleRateHz: 16_000).findings(in: scene, pieces: pieces)
    }

    @Test func theNetworkRunsIncrementallyAndNotByWholeWindows() throws {
        let model = sideways.model
        #expect(model.inputShape == [1, 1, 64, 96])
        #expect(WindowScorer.hopGranularity(of: model) == 8)
        #expect(try WindowScorer(model: model, hopFrames: 24).isIncremental)
    }

    @Test func aStreamInPiecesOfAnySizeGivesTheHopsAndEventsOfARecording() throws {
        var random = SeededNumbers(seed: 11)
        let live = try findings(sideways) { Int.random(in: 1...9_000, using: &random) }
        let folder = try TemporaryFolder()
        let path = folder.file("scene.wav")
        let writer = try RecordingWriter(path: path, format: .wavFloat, sampleRateHz: 16_000)
        try writer.write(scene.span)
        try writer.finish()
        var offline: [ScoredHop] = []
        let analyzer = RecordingAnalyzer(model: sideways.model, settings: try settings(sideways))
        let analysis = try analyzer.analyze(
            path: path,
            eachHop: { hop, _, _ in offline.append(hop) }
        )
        #expect(live.hops() == offline)
        let ended = live.endedEvents()
        #expect(!ended.isEmpty)
        #expect(Set(ended.map(\.start)) == Set(analysis.findings.map(\.event.start)))
    }

    @Test func theScoresAndEventsAreThoseOfTheSameNetworkForFramesByBands() throws {
        let one = try findings(sideways) { 4_000 }
        let other = try findings(upright) { 4_000 }
        try #require(one.hops().count == other.hops().count)
        var scored = 0
        for (left, right) in zip(one.hops(), other.hops()) {
            #expect(left.hop == right.hop)
            try #require(left.scores.count == right.scores.count)
            for (score, wanted) in zip(left.scores, right.scores) {
                #expect(abs(score - wanted) < 1e-5)
                scored += 1
            }
        }
        #expect(scored > 100)
        #expect(
            one.endedEvents().map(\.start)
                == other.endedEvents().map(\.start)
        )
    }
}
