import Detection
import Foundation
import SoundDatasets
import TestSupport
import Testing

@testable import Evaluation

@Suite struct CalibrationTests {
    /// What scikit-learn and SciPy say of random logits.
    private struct Reference: Decodable {
        let logits: [Double]
        let heard: [Bool]
        let slope: Double
        let offset: Double
        let temperature: Double
        let error: Double

        var samples: [CalibrationSample] {
            zip(logits, heard).map { CalibrationSample(logit: $0, isHeard: $1, half: 0) }
        }
    }

    private func references() throws -> [Reference] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/calibration-references.json")
        return try JSONDecoder().decode([Reference].self, from: Data(contentsOf: file))
    }

    @Test func plattsScalingAgreesWithScikitLearn() throws {
        for reference in try references() {
            let fit = try #require(CalibrationFit.platt(of: reference.samples))
            #expect(abs(Double(fit.slope) - reference.slope) < 2e-3)
            #expect(abs(Double(fit.offset) - reference.offset) < 2e-3)
        }
    }

    @Test func theTemperatureAgreesWithSciPy() throws {
        for reference in try references() {
            let temperature = Double(CalibrationFit.temperature(of: reference.samples))
            #expect(abs(temperature / reference.temperature - 1) < 1e-3)
        }
    }

    @Test func theExpectedCalibrationErrorAgreesWithItsDefinition() throws {
        for reference in try references() {
            let scores = zip(reference.logits, reference.heard).map { logit, isHeard in
                (score: 1 / (1 + exp(-logit)), isHeard: isHeard)
            }
            let error = try #require(CalibrationError.expected(scores))
            #expect(abs(error - reference.error) < 1e-9)
        }
    }

    @Test func tooFewWindowsOfAKindGiveNoScaling() {
        let few = (0..<60).map {
            CalibrationSample(logit: Double($0), isHeard: $0 < 19, half: 0)
        }
        #expect(CalibrationFit.platt(of: few) == nil)
        #expect(CalibrationFit.platt(of: []) == nil)
        #expect(CalibrationFit.temperature(of: []) == 1)
    }

    @Test func aClassThatIsHeardAtLowerLogitsGetsNoScaling() {
        let inverted = (0..<100).map {
            CalibrationSample(logit: Double($0) / 10 - 5, isHeard: $0 < 50, half: 0)
        }
        #expect(CalibrationFit.platt(of: inverted) == nil)
    }

    @Test func calibrationOfOverconfidentScoresLowersTheErrorOnTheOtherHalf() {
        var numbers = SeededNumbers(seed: 1)
        let samples = (0..<4_000).map { index in
            let logit = Double.random(in: -6..<6, using: &numbers)
            let isHeard = Double.random(in: 0..<1, using: &numbers) < 1 / (1 + exp(-logit / 3))
            return CalibrationSample(logit: logit, isHeard: isHeard, half: index % 2)
        }
        for method in CalibrationMethod.allCases {
            let report = CalibrationReport(
                modelName: "m",
                dataSetPath: "d",
                classNames: ["dog"],
                samples: [samples],
                method: method
            )
            let before: Double = report.errorBefore ?? 0
            let after: Double = report.errorAfter ?? 1
            #expect(before > 0.1 && after < before / 3)
        }
    }

    @Test func soundsAreHeardInWindowsThatTheyHalfFillOrThatHoldHalfOfThem() {
        let recording = ScoredRecording(
            path: "a",
            sampleRateHz: 1_000,
            durationSeconds: 10,
            reference: [
                LabelledSound(onsetSeconds: 2, offsetSeconds: 6, label: "dog"),
                LabelledSound(onsetSeconds: 8, offsetSeconds: 8.2, label: "cat"),
            ],
            hops: []
        )
        func labels(_ start: Int64, _ end: Int64) -> [Bool?] {
            let window = SampleTime(start)..<SampleTime(end)
            let hop = ScoredHop(
                window: window,
                hop: window,
                gate: .open,
                scores: [0, 0],
                levelDBFS: -20,
                envelope: []
            )
            return WindowLabels(of: hop, in: recording, classNames: ["dog", "cat"]).classes
        }
        #expect(labels(0, 1_000) == [false, false])
        #expect(labels(1_600, 2_600) == [true, false])
        #expect(labels(1_400, 2_400) == [nil, false])
        #expect(labels(7_500, 8_500) == [false, true])
        #expect(labels(7_050, 8_050) == [false, nil])
    }

    @Test func familiarityIsFittedToKeepTheShareOfKnownWindowsAskedFor() throws {
        var recording = ScoredRecording(
            path: "a",
            sampleRateHz: 1_000,
            durationSeconds: 200,
            reference: [LabelledSound(onsetSeconds: 0, offsetSeconds: 100, label: "dog")],
            hops: []
        )
        recording.hops = (0..<200).map { index in
            let window = SampleTime(Int64(index) * 1_000)..<SampleTime(Int64(index + 1) * 1_000)
            return ScoredHop(
                window: window,
                hop: window,
                gate: .open,
                scores: [0.5],
                familiarity: index < 100 ? Float(index) : Float(index) - 190,
                levelDBFS: -20,
                envelope: []
            )
        }
        let fit = try #require(
            OpenSetFit.fit(.energy, to: [recording], classNames: ["dog"], keeping: 0.9)
        )
        #expect(fit.threshold == 10)
        #expect(fit.keptShare == 0.9)
        #expect(fit.rejectedShare == 1)
        #expect(fit.rankingAccuracy > 0.98)
    }

    @Test func aCalibrationIsWrittenIntoTheTextAndNothingElseIsTouched() {
        var file = ModelFileText(
            """
            name: m
            # The classes.
            classes:
              - name: dog
                label: Dog
                calibration:
                  slope: 2
                  offset: 1
                rule: {on: 0.5}
              - name: cat  # purrs
                label: Cat
            """
        )
        file.setTemperature(1.5)
        file.setOpenSet(score: "energy", threshold: 0.25)
        let isDogSet = file.setScaling("dog", slope: 0.5, offset: -1)
        let isCatSet = file.setScaling("cat", slope: 1, offset: 0)
        let isCowSet = file.setScaling("cow", slope: 1, offset: 0)
        #expect(isDogSet && isCatSet && !isCowSet)
        file.setTemperature(2)
        #expect(
            file.text == """
                name: m
                calibration: {temperature: 2}

                open_set: {score: energy, threshold: 0.25}

                # The classes.
                classes:
                  - name: dog
                    label: Dog
                    calibration: {slope: 0.5, offset: -1}
                    rule: {on: 0.5}
                  - name: cat  # purrs
                    calibration: {slope: 1, offset: 0}
                    label: Cat
                """
        )
    }
}
