import Detection
import Foundation
import Messages
import ModelLibrary
import Settings
import Testing

@testable import Monitor

/// What became of peaks on a real scene.
@Suite struct NearMissAnalysisTests {
    private let model: SoundModel

    init() throws {
        model = try ShippedModel.load("household-1")
    }

    private func misses(
        verifier: Verifier? = nil,
        _ change: (inout DetectionSettings) -> Void = { _ in }
    ) throws -> (misses: [NearMiss], events: [DetectedEvent]) {
        var settings = try MonitorConfiguration().analysisSettings(for: model)
        change(&settings.detection)
        let use = ModelUse(model: model, settings: settings, verifier: verifier)
        let scene = Array(DemoSound.samples().prefix(16_000 * 30))
        let findings = try SourceAnalysis([use], sampleRateHz: 16_000)
            .findings(in: scene) { 4_096 }
        let misses = findings.compactMap { finding in
            if case .near(let miss, _) = finding { miss } else { nil }
        }
        return (misses, findings.endedEvents())
    }

    @Test func anEventThatAThresholdKeepsOutIsExplainedByIt() throws {
        let usual = try misses()
        let event = try #require(usual.events.first)
        let name = model.classes[event.classIndex].name
        let strict = try misses { settings in
            var rule = settings.rule(for: name)
            rule.on = min(1, event.peakScore.nextUp)
            settings.classes[name] = rule
        }
        let missed = strict.misses.first {
            $0.classIndex == event.classIndex && $0.time >= event.start
        }
        let miss = try #require(missed)
        #expect(miss.reason == .threshold)
        #expect(miss.peak <= event.peakScore)
        #expect(
            !usual.misses.contains { $0.classIndex == event.classIndex && $0.time == miss.time }
        )
    }

    @Test func aClassThatIsOffTellsOfEveryEventThatItWouldHave() throws {
        let usual = try misses()
        let event = try #require(usual.events.first)
        let off = try misses { settings in
            let name = model.classes[event.classIndex].name
            var rule = settings.rule(for: name)
            rule.isEnabled = false
            settings.classes[name] = rule
        }
        #expect(
            off.misses.contains { $0.classIndex == event.classIndex && $0.reason == .off }
        )
        #expect(!off.events.contains { $0.classIndex == event.classIndex })
    }

    @Test func whatASecondModelRefusesSaysWhatItGave() throws {
        let second = try ReferenceModel.load()
        var verify = VerifySettings()
        verify.threshold = 1
        let rules = try MonitorConfiguration().analysisSettings(for: second).detection
        let refused = try misses(verifier: Verifier(model: second, settings: verify, rules: rules))
        let reasons = refused.misses.compactMap { miss -> (Float, Float)? in
            if case .secondOpinion(let score, let needed) = miss.reason {
                (score, needed)
            } else {
                nil
            }
        }
        #expect(!reasons.isEmpty)
        #expect(reasons.allSatisfy { $0.0 < 1 && $0.1 == 1 })
    }

    @Test func smoothedScoresComeWithHopsOnlyIfTheyAreAskedFor() throws {
        let use = ModelUse(
            model: model,
            settings: try MonitorConfiguration().analysisSettings(for: model)
        )
        let scene = Array(DemoSound.samples().prefix(16_000 * 10))
        let quiet = try SourceAnalysis([use], sampleRateHz: 16_000)
        #expect(try quiet.findings(in: scene) { 4_096 }.hops().allSatisfy(\.smoothedScores.isEmpty))
        let followed = try SourceAnalysis([use], sampleRateHz: 16_000)
        followed.givesSmoothedScores = true
        let hops = try followed.findings(in: scene) { 4_096 }.hops()
        #expect(hops.allSatisfy { $0.smoothedScores.count == model.classes.count })
        #expect(hops.contains { $0.gate == .open && $0.smoothedScores.contains { $0 > 0.5 } })
    }

    @Test(
        arguments: [
            (NearMiss.Reason.threshold, 0.42, 0.42, "0.42, needs 0.50"),
            (.threshold, 0.4999, 0.4999, "0.49, needs 0.50"),
            (.threshold, 0.3, 0.9, "0.30 over several windows (0.90 in one), needs 0.50"),
            (
                .gate, 0.3, 0.9,
                "the gate closed, it was too quiet: 0.30 over several windows (0.90 in one), needs 0.50"
            ),
            (.off, 0.9, 0.9, "0.90, but the class is off"),
            (
                .confirmation(hits: 1, windows: 3, needed: 2), 0.6, 0.6,
                "0.60 in 1 of 3 windows, needs 2 of them"
            ),
            (
                .duration(seconds: 0.06, neededSeconds: 0.1), 0.6, 0.6,
                "lasted 0.06 s, needs 0.10 s"
            ),
            (.coolDown(seconds: 30), 0.6, 0.6, "within 30 s after the event before"),
            (.suppressed(by: 1), 0.6, 0.6, "0.60, but Shout was on"),
            (
                .secondOpinion(score: 0.125, needed: 0.5), 0.6, 0.6,
                "0.60, but the second model gave 0.12, needs 0.50"
            ),
        ] as [(NearMiss.Reason, Float, Float, String)]
    )
    func theReasonIsALineForPeople(
        reason: NearMiss.Reason,
        peak: Float,
        windowPeak: Float,
        expected: String
    ) {
        let miss = NearMiss(
            classIndex: 0,
            time: .zero,
            peak: peak,
            windowPeak: windowPeak,
            threshold: 0.5,
            reason: reason
        )
        #expect(NearMessage.explanation(of: miss) { ["Bark", "Shout"][$0] }.reason == expected)
    }
}
