import SoundDatasets
import Testing

@testable import Evaluation

@Suite struct SoundEventScoresTests {
    @Test func eventBasedScoresAgreeWithSedEval() throws {
        for (index, item) in try ReferenceResults.load().sed.enumerated() {
            for wanted in item.event {
                var rule = EventMatchRule()
                rule.edges = try #require(EventMatchRule.Edges(rawValue: wanted.edges))
                rule.collarSeconds = wanted.collarSeconds
                rule.offsetLengthShare = wanted.offsetLengthShare
                let scores = EventBasedScores.evaluate(
                    item.recordings.map { $0.compared(with: $0.detected ?? []) },
                    classNames: item.classNames,
                    rule: rule
                )
                expect(scores, wanted.results, "case \(index), \(wanted.edges)")
            }
        }
    }

    @Test func segmentBasedScoresAgreeWithSedEval() throws {
        for (index, item) in try ReferenceResults.load().sed.enumerated() {
            for wanted in item.segment {
                let scores = SegmentBasedScores.evaluate(
                    item.recordings.map { $0.compared(with: $0.detected ?? []) },
                    classNames: item.classNames,
                    segmentSeconds: wanted.segmentSeconds
                )
                expect(scores, wanted.results, "case \(index), \(wanted.segmentSeconds) s")
            }
        }
    }

    @Test func aClassThatIsNeverDetectedLowersTheMean() throws {
        let recording = ComparedRecording(
            name: "a",
            durationSeconds: 10,
            reference: [sound(1, 2, "dog"), sound(3, 4, "siren")],
            detected: [sound(1, 2, "dog")]
        )
        let scores = EventBasedScores.evaluate(
            [recording],
            classNames: ["dog", "siren", "glass"],
            rule: EventMatchRule()
        )
        #expect(scores.macroF1 == 0.5)
        #expect(scores.byClass["siren"]?.precision == nil)
        #expect(scores.byClass["glass"]?.f1 == nil)
    }

    private func sound(_ onset: Double, _ offset: Double, _ label: String) -> LabelledSound {
        LabelledSound(onsetSeconds: onset, offsetSeconds: offset, label: label)
    }

    private func expect(
        _ scores: DetectionScores,
        _ wanted: ReferenceResults.Results,
        _ what: String
    ) {
        expect(scores.overall, wanted.overall, what)
        for (name, tally) in scores.byClass {
            guard let counts = wanted.counts[name], let rates = wanted.byClass[name] else {
                Issue.record("\(what): no reference for \(name)")
                continue
            }
            #expect(tally.referenceCount == counts.reference, "\(what), \(name)")
            #expect(tally.detectedCount == counts.detected, "\(what), \(name)")
            #expect(tally.correctCount == counts.correct, "\(what), \(name)")
            expect(tally, rates, "\(what), \(name)")
        }
    }

    private func expect(
        _ tally: DetectionTally,
        _ wanted: ReferenceResults.Tally,
        _ what: String
    ) {
        expectAgreement(tally.f1, wanted.f1, "\(what): F1")
        expectAgreement(tally.recall, wanted.recall, "\(what): recall")
        // sed_eval is asked to give an empty output the precision 0.
        expectAgreement(tally.precision ?? 0, wanted.precision ?? 0, "\(what): precision")
        expectAgreement(tally.errorRate, wanted.errorRate, "\(what): error rate")
        let size = Double(tally.referenceCount)
        expectAgreement(
            Double(tally.substitutionCount) / size,
            wanted.substitutionRate,
            "\(what): substitutions"
        )
        expectAgreement(
            Double(tally.deletionCount) / size,
            wanted.deletionRate,
            "\(what): deletions"
        )
        expectAgreement(
            Double(tally.insertionCount) / size,
            wanted.insertionRate,
            "\(what): insertions"
        )
    }
}

@Suite struct PSDScoreTests {
    @Test func scoresAgreeWithPsdsEval() throws {
        for (index, item) in try ReferenceResults.load().psds.enumerated() {
            let points = item.operatingPoints.map { point in
                zip(item.recordings, point).map { $0.compared(with: $1) }
            }
            for wanted in item.scores {
                let settings = PSDSettings(
                    detectionTolerance: wanted.detectionTolerance,
                    referenceIntersection: wanted.referenceIntersection,
                    crossTriggerTolerance: wanted.crossTriggerTolerance,
                    crossTriggerWeight: wanted.crossTriggerWeight,
                    instabilityWeight: wanted.instabilityWeight,
                    maximumRatePerHour: wanted.maximumRatePerHour
                )
                let score = PSDScore.evaluate(
                    operatingPoints: points,
                    classNames: item.classNames,
                    settings: settings
                )
                expectAgreement(score?.value, wanted.value, "case \(index), \(settings)")
            }
        }
    }

    @Test func whatIsFoundExactlyScoresOne() throws {
        let sounds = [
            LabelledSound(onsetSeconds: 1, offsetSeconds: 2, label: "dog"),
            LabelledSound(onsetSeconds: 3, offsetSeconds: 5, label: "siren"),
        ]
        let recording = ComparedRecording(
            name: "a",
            durationSeconds: 60,
            reference: sounds,
            detected: sounds
        )
        for settings in [PSDSettings.scenario1, .scenario2] {
            let score = PSDScore.evaluate(
                operatingPoints: [[recording]],
                classNames: ["dog", "siren"],
                settings: settings
            )
            #expect(score?.value == 1)
        }
    }

    @Test func aReferenceWithoutSoundsHasNoScore() {
        let recording = ComparedRecording(
            name: "a",
            durationSeconds: 60,
            reference: [],
            detected: []
        )
        let score = PSDScore.evaluate(
            operatingPoints: [[recording]],
            classNames: ["dog"],
            settings: .scenario1
        )
        #expect(score == nil)
    }
}
