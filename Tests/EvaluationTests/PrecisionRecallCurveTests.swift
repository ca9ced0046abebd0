import Evaluation
import Testing

@Suite struct PrecisionRecallCurveTests {
    @Test func averagePrecisionAgreesWithScikitLearn() throws {
        for (index, item) in try ReferenceResults.load().classification.enumerated() {
            for name in 0..<item.classCount {
                let curve = PrecisionRecallCurve(
                    scores: item.scores.map { $0[name] },
                    isPositive: item.actual.map { $0 == name }
                )
                expectAgreement(
                    curve.averagePrecision,
                    item.averagePrecision[name],
                    "case \(index), class \(name)"
                )
            }
        }
    }

    @Test func equalScoresAreTakenTogether() {
        let curve = PrecisionRecallCurve(scores: [0.5, 0.5], isPositive: [true, false])
        #expect(curve.points.map(\.threshold) == [0.5])
        #expect(curve.points.map(\.precision) == [0.5])
        #expect(curve.points.map(\.recall) == [1])
    }
}
