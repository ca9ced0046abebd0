import Testing

@testable import Detection

@Suite struct ScoreCalibrationTests {
    @Test func temperatureMakesScoresModestAndKeepsTheirOrder() {
        let logits: [Float] = [-6, -1, 0, 2, 5]
        let scores = ScoreCalibration(temperature: 2).scores(ofLogits: logits)
        #expect(scores == scores.sorted())
        #expect(scores[2] == 0.5)
        #expect(scores[4] < Logit.probability(of: 5))
        #expect(scores[0] > Logit.probability(of: -6))
    }

    @Test func aClassScalingComesAfterTheTemperature() {
        let calibration = ScoreCalibration(
            temperature: 2,
            classes: [LogisticCalibration(slope: 3, offset: -1), nil]
        )
        let scores = calibration.scores(ofLogits: [4, 4])
        #expect(abs(scores[0] - Logit.probability(of: 5)) < 1e-6)
        #expect(abs(scores[1] - Logit.probability(of: 2)) < 1e-6)
    }

    @Test func withoutNumbersNothingIsChanged() {
        #expect(ScoreCalibration().isIdentity)
        #expect(ScoreCalibration(classes: [nil, nil]).isIdentity)
        #expect(!ScoreCalibration(temperature: 1.1).isIdentity)
    }

    @Test(arguments: [0.001, 0.3, 0.5, 0.9, 0.9999] as [Float])
    func logitAndProbabilityAreInverse(_ probability: Float) {
        let back = Logit.probability(of: Logit.of(probability: probability))
        #expect(abs(back - probability) < 1e-6)
    }

    @Test func certaintyHasTheLargestLogit() {
        #expect(Logit.of(probability: 1) == Logit.limit)
        #expect(Logit.of(probability: 0) == -Logit.limit)
        #expect(Logit.of(probability: .leastNonzeroMagnitude) == -Logit.limit)
    }

    @Test func energyIsTheSumOverKnownClasses() {
        let value = FamiliarityScore.energy.value(
            ofLogits: [0, 0, 16],
            known: [true, true, false]
        )
        #expect(abs(value - 2 * 0.693_147_2) < 1e-6)
    }

    @Test func energyOfCertaintyIsFinite() {
        let value = FamiliarityScore.energy.value(ofLogits: [16, -16], known: [true, true])
        #expect(abs(value - 16) < 1e-4)
    }

    @Test func marginIsThatOfTheBestKnownClassOverAllOthers() {
        let logits: [Float] = [1, 3, 5]
        #expect(FamiliarityScore.margin.value(ofLogits: logits, known: [true, true, true]) == 2)
        #expect(FamiliarityScore.margin.value(ofLogits: logits, known: [true, true, false]) == -2)
        #expect(FamiliarityScore.margin.value(ofLogits: [2], known: [true]) == 18)
    }
}
