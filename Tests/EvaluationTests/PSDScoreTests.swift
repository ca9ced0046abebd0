import Evaluation
import SoundDatasets
import Testing

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
