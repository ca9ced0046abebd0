import Detection
import Settings
import Testing

@testable import Monitor

@Suite struct AnalysisPoolTests {
    private let use: ModelUse
    private let scene = DemoSound.samples(rateHz: 44_100)

    init() throws {
        let model = try ShippedModel.load("bootstrap")
        use = ModelUse(
            model: model,
            settings: try MonitorConfiguration().analysisSettings(for: model)
        )
    }

    /// What an analysis says of some seconds of the scene.
    private func hops(_ analysis: SourceAnalysis, of seconds: Range<Int>) throws -> [ScoredHop] {
        var hops: [ScoredHop] = []
        let samples = Array(scene[seconds.lowerBound * 44_100..<seconds.upperBound * 44_100])
        try analysis.process(samples.span) { hops.append($0.hop) }
        _ = try analysis.finish { hops.append($0.hop) }
        return hops
    }

    @Test func anAnalysisThatWasUsedBeforeSaysWhatANewOneSays() throws {
        let pool = AnalysisPool([use])
        let analyses = try [3..<9, 0..<2, 12..<25, 3..<9].map { seconds in
            try pool.withAnalysis(rateHz: 44_100) { analysis in
                let alone = try SourceAnalysis([use], sampleRateHz: 44_100)
                #expect(try hops(analysis, of: seconds) == (try hops(alone, of: seconds)))
                return ObjectIdentifier(analysis)
            }
        }
        #expect(Set(analyses).count == 1)
    }

    @Test func anAnalysisOfAnotherRateIsAnotherOne() throws {
        let pool = AnalysisPool([use])
        let rates = try [44_100, 16_000, 44_100].map { rateHz in
            try pool.withAnalysis(rateHz: rateHz) { $0.sampleRateHz }
        }
        #expect(rates == [44_100, 16_000, 44_100])
    }

    @Test func anAnalysisThatFailedIsNotUsedAgain() throws {
        struct Failure: Error {}
        let pool = AnalysisPool([use])
        var failed: SourceAnalysis?
        #expect(throws: Failure.self) {
            try pool.withAnalysis(rateHz: 44_100) { analysis in
                failed = analysis
                throw Failure()
            }
        }
        try pool.withAnalysis(rateHz: 44_100) { #expect($0 !== failed) }
    }
}
