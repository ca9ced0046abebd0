import AudioFiles
import Detection
import Foundation
import ModelLibrary
import NeuralNetwork
import Settings
import Testing

@testable import Monitor

/// A network that gives NaN for some windows, on the path of a source.
@Suite struct InvalidScoreTests {
    private static let rateHz = 16_000

    /// The model `bootstrap` with scores of NaN where a feature exceeds a limit.
    private func failing(
        above limit: Float,
        _ changes: [String: String] = [:]
    ) throws -> VariantModel {
        let changes = changes.merging(["scores: probs": "scores: changed"]) { $1 }
        return try VariantModel(name: "failing", changes) { original in
            var network = original
            network.graph.nodes += [
                Node("ReduceMax", inputs: ["logmel"], outputs: ["loudest"]),
                Node("Sub", inputs: ["limit", "loudest"], outputs: ["room"]),
                Node("Sqrt", inputs: ["room"], outputs: ["root"]),
                Node("Mul", inputs: ["root", "nothing"], outputs: ["poison"]),
                Node("Squeeze", inputs: ["poison"], outputs: ["poisonOrZero"]),
                Node("Add", inputs: ["probs", "poisonOrZero"], outputs: ["changed"]),
            ]
            network.graph.initializers += [
                Tensor(name: "limit", shape: [1], floats: [limit]),
                Tensor(name: "nothing", shape: [1], floats: [0]),
            ]
            let scores = network.graph.outputs.firstIndex { $0.name == "probs" } ?? 0
            network.graph.outputs[scores].name = "changed"
            return network
        }
    }

    /// The hops and transitions of each model over the demo recording.
    private func listen(
        _ models: [SoundModel]
    ) throws -> (hops: [[ScoredHop]], transitions: [[EventTransition]]) {
        let uses = try models.map {
            ModelUse(model: $0, settings: try MonitorConfiguration().analysisSettings(for: $0))
        }
        let analysis = try SourceAnalysis(uses, sampleRateHz: Self.rateHz)
        var findings: [AnalysisFinding] = []
        try analysis.process(
            DemoSound.samples(rateHz: Self.rateHz).span,
            appendingTo: &findings
        )
        try analysis.finish(appendingTo: &findings)
        let slots = models.indices.map { ModelSlot($0) }
        return (
            slots.map { findings.hops(of: $0) }, slots.map { findings.transitions(of: $0) }
        )
    }

    @Test func windowsOfNaNAreLeftOutAndNothingElseChanges() throws {
        let bootstrap = try ReferenceModel.load()
        let alone = try listen([bootstrap])
        let limit: Float = 1
        let failing = try failing(above: limit)
        let both = try listen([bootstrap, failing.model])
        #expect(both.hops[0] == alone.hops[0])
        #expect(both.transitions[0] == alone.transitions[0])

        let (healthy, hops) = (both.hops[0], both.hops[1])
        let invalid = hops.filter { $0.invalidScore != nil }
        let valid = zip(hops, healthy).filter { !$0.0.scores.isEmpty }
        #expect(invalid.count > 10 && valid.count > 10, "\(invalid.count), \(valid.count)")
        #expect(invalid.allSatisfy { $0.scores.isEmpty && $0.gate == .open })
        // What a window of NaN leaves behind spoils none after it.
        for (hop, reference) in valid {
            for (score, expected) in zip(hop.scores, reference.scores) {
                #expect(abs(score - expected) < 1e-5)
            }
        }
        // Nothing is dated into what was not listened to.
        let unheard = invalid.map(\.hop)
        for case .ended(let event) in both.transitions[1] {
            #expect(event.peakScore.isFinite && event.meanScore.isFinite)
            #expect(!unheard.contains { $0.contains(event.start) }, "\(event)")
        }
    }

    @Test func aRecordingSaysWhereAModelFailedFirst() throws {
        let failing = try failing(above: -1_000)
        #expect(failing.model.trialFault?.contains("'dog_bark' a score of NaN") == true)
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "scene.wav").path
        let writer = try RecordingWriter(path: path, format: .wavFloat, sampleRateHz: Self.rateHz)
        let scene = DemoSound.samples(rateHz: Self.rateHz)
        try writer.write(scene.span.extracting(first: 20 * Self.rateHz))
        try writer.finish()
        let settings = try MonitorConfiguration().analysisSettings(for: failing.model)
        let analysis = try RecordingAnalyzer(model: failing.model, settings: settings)
            .analyze(path: path)
        #expect(analysis.findings.isEmpty)
        let fault = try #require(analysis.scoreFaults.first)
        let form =
            /(.+) for '(.+)' at [0-9.]+ s \(([0-9]+) of ([0-9]+) windows\)\. Export the network .+/
        let match = try #require(fault.wholeMatch(of: form), "\(fault)")
        #expect(match.1 == "The model 'failing' gives 'dog_bark' a score of NaN")
        #expect(match.2 == path)
        #expect(match.3 == match.4)
    }

    /// A float recording may hold numbers whose squares are infinite, and without a logarithm so are
    /// the features.
    @Test func soundFarBeyondFullScaleIsNotTheModelsFault() throws {
        let failing = try failing(
            above: 1e30,
            ["compression: {kind: ln_offset, offset: 1.0e-6}": "compression: {kind: none}"]
        )
        let uses = [
            ModelUse(
                model: failing.model,
                settings: try MonitorConfiguration().analysisSettings(for: failing.model)
            )
        ]
        let analysis = try SourceAnalysis(uses, sampleRateHz: Self.rateHz)
        var findings: [AnalysisFinding] = []
        let samples = (0..<3 * Self.rateHz).map { 1e25 * sin(Float($0)) }
        try analysis.process(samples.span, appendingTo: &findings)
        let invalid = findings.hops().compactMap(\.invalidScore)
        let score = try #require(invalid.first)
        #expect(!score.isOfFiniteFeatures)
        #expect(failing.model.explanation(of: score).contains("may be far above full scale"))
    }

    private func hop(_ scores: [Float], invalid: Float? = nil) -> ScoredHop {
        let time = SampleTime(0)..<SampleTime(1)
        return ScoredHop(
            window: time,
            hop: time,
            gate: .open,
            scores: scores,
            invalidScore: invalid.map { InvalidScore(classIndex: 0, score: $0) },
            levelDBFS: -30,
            envelope: []
        )
    }

    @Test func aFaultIsOverOnlyWhenScoresHaveBeenValidForSomeTime() throws {
        var health = ScoreHealth(try ReferenceModel.load())
        #expect(health.fault == nil)
        #expect(health.update(hop([0.5]), seconds: 1) == .none)
        #expect(health.update(hop([], invalid: 7), seconds: 1) == .failed)
        #expect(health.update(hop([], invalid: 8), seconds: 1) == .none)
        #expect(health.fault?.score == 8)
        for _ in 0..<9 { #expect(health.update(hop([0.5]), seconds: 1) == .none) }
        // Neither a closed gate nor another failure counts towards it.
        for _ in 0..<20 { #expect(health.update(hop([]), seconds: 1) == .none) }
        #expect(health.update(hop([], invalid: 9), seconds: 1) == .none)
        for _ in 0..<9 { #expect(health.update(hop([0.5]), seconds: 1) == .none) }
        #expect(health.update(hop([0.5]), seconds: 1) == .recovered)
        #expect(health.fault == nil)
    }
}
