import Evaluation
import SoundDatasets
import Testing

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
