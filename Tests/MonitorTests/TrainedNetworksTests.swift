import AudioFiles
import Detection
import Foundation
import LogMelFeatures
import ModelLibrary
import NeuralNetwork
import Settings
import SoundDatasets
import TestSupport
import Testing
import Training

@testable import Monitor

/// A model of each architecture, trained for a step and exported, in the monitor.
@Suite struct TrainedNetworksTests {
    private static let tones: [Float] = [440, 1_250, 3_300]
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("trained-networks-\(UUID().uuidString)").path

    /// Tones that come and go in noise.
    private func sound(hertz: Float, rateHz: Int, seconds: Float) -> [Float] {
        var random = SeededNumbers(seed: UInt64(hertz))
        return (0..<Int(seconds * Float(rateHz))).map { index in
            let time = Float(index) / Float(rateHz)
            let swell = 0.5 + 0.5 * sin(2 * Float.pi * 3 * time)
            return 0.3 * swell * sin(2 * Float.pi * hertz * time)
                + Float.random(in: -0.02...0.02, using: &random)
        }
    }

    private func trainedModel(_ architecture: Architecture) throws -> SoundModel {
        var settings = TrainingSettings()
        settings.architecture = architecture
        settings.steps = 1
        settings.batchSize = 3
        settings.threads = 2
        settings.isExclusive = false
        let rateHz = settings.design.frontEnd.sampleRateHz
        var dataset = SoundDataset(classNames: ["low", "middle", "high"], clips: [])
        for (index, hertz) in Self.tones.enumerated() {
            let path = "\(folder)/\(index).wav"
            let writer = try RecordingWriter(path: path, format: .wavFloat, sampleRateHz: rateHz)
            try writer.write(sound(hertz: hertz, rateHz: rateHz, seconds: 3.2).span)
            try writer.finish()
            dataset.clips.append(LabelledClip(path: path, classes: [index], group: "\(index)"))
        }
        let clips = LoadedClips.load(
            dataset,
            cache: try FeatureCache(
                folder: nil,
                frontEnd: settings.design.frontEnd,
                windowFrames: settings.design.windowFrames
            ),
            threads: 2
        )
        #expect(clips.problems == [])
        var recipe = TrainingRecipe()
        recipe.settings = settings
        let trainer = try TrainingJob(clips: clips, recipe: recipe).wholeTrainer()
        _ = trainer.step()
        return try ModelFolderWriter.write(
            TrainedModel(name: "trained", trainer: trainer, dataset: dataset),
            folder: "\(folder)/model"
        )
    }

    /// The scores of windows that stand alone.
    private func scores(
        of samples: [Float],
        by model: SoundModel,
        hopFrames: Int
    ) throws -> [[Float]] {
        let extractor = try FeatureExtractor(model.frontEnd)
        var frames: [Float] = []
        extractor.process(samples.span, appendingTo: &frames)
        extractor.finish(appendingTo: &frames)
        let normalizer = try PatchNormalizer(model.frontEnd)
        let session = try model.makeSession()
        let bands = model.frontEnd.bandCount
        let count = model.windowFrames * bands
        var rows: [[Float]] = []
        for start in stride(from: 0, through: frames.count - count, by: hopFrames * bands) {
            var input = [Float](repeating: 0, count: model.inputShape.reduce(1, *))
            var prepared = input.mutableSpan
            normalizer.prepare(Array(frames[start..<start + count]).span, into: &prepared)
            var row = [Float](repeating: 0, count: model.classes.count)
            var scores = row.mutableSpan
            try session.run(
                input.span,
                shape: model.inputShape,
                output: model.about.network.scores,
                into: &scores
            )
            rows.append(row)
        }
        return rows
    }

    @Test(arguments: Architecture.allCases)
    func exportedNetworkGivesTheSameScoresLiveAndInRecordings(
        architecture: Architecture
    ) throws {
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let model = try trainedModel(architecture)
        let rateHz = model.frontEnd.sampleRateHz
        let samples = Self.tones.flatMap { sound(hertz: $0, rateHz: rateHz, seconds: 1.7) }
        let path = "\(folder)/scene.wav"
        let writer = try RecordingWriter(path: path, format: .wavFloat, sampleRateHz: rateHz)
        try writer.write(samples.span)
        try writer.finish()

        var settings = try MonitorConfiguration().analysisSettings(for: model)
        settings.gate.openDBFS = -200
        settings.gate.closeDBFS = -250
        settings.gate.floorMarginDB = nil
        let reader = try RecordingReader(path: path)
        var read: [Float] = []
        while try reader.readMono(into: &read, upTo: 50_000) > 0 {}

        var offline: [ScoredHop] = []
        let analyzer = RecordingAnalyzer(model: model, settings: settings)
        _ = try analyzer.analyze(path: path, eachHop: { hop, _, _ in offline.append(hop) })

        let live = try SourceAnalysis(
            [ModelUse(model: model, settings: settings)],
            sampleRateHz: rateHz
        )
        var random = SeededNumbers(seed: 5)
        let heard = try live.findings(in: read) { Int.random(in: 1...7_000, using: &random) }
            .hops()
        #expect(heard == offline)
        #expect(heard.allSatisfy { $0.gate == .open })

        let framesPerSecond = Double(rateHz) / Double(model.frontEnd.hopLength)
        let hopFrames = Int((live.hopSeconds[0] * framesPerSecond).rounded())
        let expected = try scores(of: read, by: model, hopFrames: hopFrames)
        try #require(expected.count > 3)
        for (hop, row) in zip(heard, expected) {
            for (score, wanted) in zip(hop.scores, row) { #expect(abs(score - wanted) < 1e-4) }
        }
        #expect(Set(expected).count > 1)
    }
}
