import AudioFiles
import Detection
import Foundation
import ModelLibrary
import Settings
import Testing

@testable import Monitor

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

    /// What a model says of the scene in pieces of the given sizes.
    private func hops(
        _ variant: VariantModel,
        pieces: () -> Int
    ) throws -> (hops: [ScoredHop], transitions: [EventTransition]) {
        let use = ModelUse(model: variant.model, settings: try settings(variant))
        let analysis = try SourceAnalysis([use], sampleRateHz: 16_000)
        var hops: [ScoredHop] = []
        var transitions: [EventTransition] = []
        let take = { (step: SourceAnalysis.Step) in
            hops.append(step.hop)
            transitions += step.transitions
        }
        var start = 0
        while start < scene.count {
            let end = min(scene.count, start + pieces())
            try analysis.process(Array(scene[start..<end]).span, each: take)
            start = end
        }
        transitions += try analysis.finish(each: take).map(\.transition)
        return (hops, transitions)
    }

    @Test func theNetworkRunsIncrementallyAndNotByWholeWindows() throws {
        let model = sideways.model
        #expect(model.inputShape == [1, 1, 64, 96])
        #expect(WindowScorer.hopGranularity(of: model) == 8)
        #expect(try WindowScorer(model: model, hopFrames: 24).isIncremental)
    }

    @Test func aStreamInPiecesOfAnySizeGivesTheHopsAndEventsOfARecording() throws {
        var random = SystemIndependentRandom(seed: 11)
        let live = try hops(sideways) { Int.random(in: 1...9_000, using: &random) }
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("earwitness-\(UUID().uuidString).wav").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = try RecordingWriter(path: path, format: .wavFloat, sampleRateHz: 16_000)
        try writer.write(scene.span)
        try writer.finish()
        var offline: [ScoredHop] = []
        let analyzer = RecordingAnalyzer(model: sideways.model, settings: try settings(sideways))
        let analysis = try analyzer.analyze(
            path: path,
            eachHop: { hop, _, _ in offline.append(hop) }
        )
        #expect(live.hops == offline)
        let ended = live.transitions.compactMap(\.endedEvent)
        #expect(!ended.isEmpty)
        #expect(Set(ended.map(\.start)) == Set(analysis.findings.map(\.event.start)))
    }

    @Test func theScoresAndEventsAreThoseOfTheSameNetworkForFramesByBands() throws {
        let one = try hops(sideways) { 4_000 }
        let other = try hops(upright) { 4_000 }
        try #require(one.hops.count == other.hops.count)
        var scored = 0
        for (left, right) in zip(one.hops, other.hops) {
            #expect(left.hop == right.hop)
            try #require(left.scores.count == right.scores.count)
            for (score, wanted) in zip(left.scores, right.scores) {
                #expect(abs(score - wanted) < 1e-5)
                scored += 1
            }
        }
        #expect(scored > 100)
        #expect(
            one.transitions.compactMap(\.endedEvent).map(\.start)
                == other.transitions.compactMap(\.endedEvent).map(\.start)
        )
    }
}
