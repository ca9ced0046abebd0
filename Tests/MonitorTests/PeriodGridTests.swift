import Detection
import LogMelFeatures
import ModelLibrary
import Settings
import TestSupport
import Testing

@testable import AudioCapture
@testable import Monitor

/// The periods of a device that are best for the windows of the models that hear it.
@Suite struct PeriodGridTests {
    private let model: SoundModel

    init() throws {
        model = try ReferenceModel.load()
    }

    private func use(_ model: SoundModel, hopSeconds: Double) throws -> ModelUse {
        var settings = try MonitorConfiguration().analysisSettings(for: model)
        settings.detection.hopSeconds = hopSeconds
        return ModelUse(model: model, settings: settings)
    }

    @Test(arguments: [(0.48, 0.48), (0.96, 0.48), (0.72, 0.36), (0.24, 0.24)])
    func aPeriodIsAHopOrAnEqualPartOfALongOne(hop: Double, period: Double) throws {
        let grid = try #require([use(model, hopSeconds: hop)].periodGrid)
        #expect(abs(grid.seconds - period) < 1e-9)
        #expect(abs(grid.windowSeconds - Double(model.windowSamples) / 16_000) < 1e-9)
        #expect(grid.modelRateHz == 16_000)
    }

    @Test func hopsThatFollowFasterThanPeriodsHaveNoGrid() throws {
        #expect(try [use(model, hopSeconds: 0.05)].periodGrid == nil)
    }

    @Test func modelsWhoseWindowsEndTogetherShareAGridAndOthersHaveNone() throws {
        let other = try VariantModel(name: "other").model
        let together = try [use(model, hopSeconds: 0.48), use(other, hopSeconds: 0.96)]
        #expect(together.periodGrid?.seconds == 0.48)
        let apart = try [use(model, hopSeconds: 0.48), use(other, hopSeconds: 0.7)]
        #expect(apart.periodGrid == nil)
    }

    /// An event is not known later than with short periods, although the threads sleep for longer.
    @Test(arguments: [16_000, 22_050, 32_000, 44_100, 48_000, 96_000])
    func everyWindowIsAnalysedWithinATenthOfASecondOfItsLastSample(rateHz: Int) throws {
        let uses = [try use(model, hopSeconds: 0.48)]
        let grid = try #require(uses.periodGrid)
        let frames = try #require(grid.frames(atHz: rateHz))
        let analysis = try SourceAnalysis(uses, sampleRateHz: rateHz)
        var random = SeededNumbers(seed: 5)
        let noise = (0..<frames.first + 12 * frames.period).map { _ in
            Float.random(in: -0.1...0.1, using: &random)
        }
        var findings: [AnalysisFinding] = []
        var end = frames.first
        var start = 0
        while end <= noise.count {
            try analysis.process(noise.span.extracting(start..<end), appendingTo: &findings)
            for case .hop(let hop, _) in findings {
                let waited = Double(Int64(end) - hop.window.upperBound.index) / Double(rateHz)
                #expect((0...0.1001).contains(waited), "\(waited) s")
            }
            // From the first window on each period completes one.
            #expect(findings.hops().count == (Double(end) < 0.97 * Double(rateHz) ? 0 : 1))
            findings = []
            (start, end) = (end, end + frames.period)
        }
    }
}
