import Detection
import ModelLibrary
import Settings
import TestSupport
import Testing

@testable import Monitor

/// Events of one model that open only if another agrees.
@Suite struct SecondOpinionTests {
    private let small: SoundModel
    private let large: SoundModel

    init() throws {
        small = try ShippedModel.load("household-1")
        large = try ReferenceModel.load()
    }

    private func use(
        verifiedBy model: SoundModel?,
        threshold: Float? = nil,
        classes: [String: String] = [:]
    ) throws -> ModelUse {
        let settings = try MonitorConfiguration().analysisSettings(for: small)
        var verify = VerifySettings()
        (verify.threshold, verify.classes) = (threshold, classes)
        let verifier = try model.map {
            Verifier(
                model: $0,
                settings: verify,
                rules: try MonitorConfiguration().analysisSettings(for: $0).detection
            )
        }
        return ModelUse(model: small, settings: settings, verifier: verifier)
    }

    private func findings(
        _ use: ModelUse,
        rateHz: Int = 16_000,
        pieces: () -> Int = { 4_096 }
    ) throws -> [AnalysisFinding] {
        let scene = Array(DemoSound.samples(rateHz: rateHz).prefix(rateHz * 30))
        return try SourceAnalysis([use], sampleRateHz: rateHz).findings(in: scene, pieces: pieces)
    }

    private func isShared(_ event: DetectedEvent) -> Bool {
        let name = small.soundClass(of: event).name
        return large.classes.contains { $0.name == name }
    }

    @Test func aModelThatAlwaysAgreesChangesNothingButLeavesItsScore() throws {
        let alone = try findings(use(verifiedBy: nil)).endedEvents()
        let verified = try findings(use(verifiedBy: large, threshold: 0)).endedEvents()
        #expect(alone.contains(where: isShared))
        #expect(verified.map(\.start) == alone.map(\.start))
        #expect(verified.map(\.end) == alone.map(\.end))
        for event in verified { #expect((event.secondScore != nil) == isShared(event)) }
        #expect(alone.allSatisfy { $0.secondScore == nil })
    }

    @Test func aModelThatNeverAgreesLetsNoEventOpenThatItKnows() throws {
        let findings = try findings(use(verifiedBy: large, threshold: 1))
        #expect(!findings.endedEvents().contains(where: isShared))
        for case .began(let event, _, _, _) in findings { #expect(!isShared(event)) }
    }

    @Test func everyEventThatOpensHasAScoreThatIsEnough() throws {
        let verified = try findings(use(verifiedBy: large, threshold: 0.5)).endedEvents()
        #expect(verified.contains(where: isShared))
        for event in verified.filter(isShared) { #expect((event.secondScore ?? 0) >= 0.5) }
    }

    @Test(arguments: [16_000, 44_100])
    func theAnswersDoNotDependOnThePiecesThatTheSoundComesIn(rateHz: Int) throws {
        let use = try use(verifiedBy: large, threshold: 0.5)
        let whole = try findings(use, rateHz: rateHz) { rateHz * 30 }
        var random = SeededNumbers(seed: 5)
        let pieces = try findings(use, rateHz: rateHz) { Int.random(in: 1...9_000, using: &random) }
        #expect(!whole.endedEvents().isEmpty)
        #expect(whole == pieces)
    }

    @Test func aClassMayBeCalledOtherwiseInTheSecondModel() throws {
        // No sound of the demo is the sea to it.
        let misled = try use(
            verifiedBy: large,
            threshold: 0.99,
            classes: Dictionary(small.classes.map { ($0.name, "sea_waves") }) { first, _ in first }
        )
        #expect(try findings(misled).endedEvents().isEmpty)
    }

    @Test func aModelIsNotAskedAboutItself() throws {
        let own = try findings(use(verifiedBy: small, threshold: 1)).endedEvents()
        #expect(own == (try findings(use(verifiedBy: nil)).endedEvents()))
        #expect(!own.isEmpty)
    }
}
