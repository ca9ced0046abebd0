import Detection
import Testing

@testable import Evaluation

@Suite struct ConfusionMatrixTests {
    @Test func countsAndRatesAgreeWithScikitLearn() throws {
        for (index, item) in try ReferenceResults.load().classification.enumerated() {
            let names = (0..<item.classCount).map { "class \($0)" }
            var matrix = ConfusionMatrix(classNames: names)
            for (actual, predicted) in zip(item.actual, item.predicted) {
                matrix.add(actual: actual, predicted: predicted)
            }
            #expect(matrix.counts == item.confusion)
            expectAgreement(matrix.accuracy, item.accuracy, "case \(index): accuracy")
            expectAgreement(
                matrix.balancedAccuracy,
                item.balancedAccuracy,
                "case \(index): balanced"
            )
            for name in names.indices {
                let tally = matrix.tally(ofClass: name)
                expectAgreement(tally.precision ?? 0, item.precision[name], "precision")
                expectAgreement(tally.recall ?? 0, item.recall[name], "recall")
                expectAgreement(tally.f1 ?? 0, item.f1[name], "F1")
            }
        }
    }

    @Test func anEmptyMatrixHasNoAccuracy() {
        let matrix = ConfusionMatrix(classNames: ["dog", "siren"])
        #expect(matrix.accuracy == nil)
        #expect(matrix.balancedAccuracy == nil)
    }
}

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

@Suite struct ExactIntervalTests {
    @Test func boundsAgreeWithSciPy() throws {
        for item in try ReferenceResults.load().intervals {
            let interval = ExactInterval.poisson(count: item.count, confidence: item.confidence)
            expectAgreement(interval.lowerBound, item.low, "\(item)")
            expectAgreement(interval.upperBound, item.high, "\(item)")
        }
    }

    @Test func nothingHeardStillLeavesThreeToExpect() {
        #expect(abs(ExactInterval.poisson(count: 0, confidence: 0.9).upperBound - 2.996) < 0.001)
    }

    /// Bounds by SciPy 1.17: `beta.ppf(a / 2, k, n - k + 1)` and `beta.ppf(1 - a / 2, k + 1, n - k)`.
    @Test(arguments: [
        (0, 10, 0.95, 0.0, 0.3084971078187607), (10, 10, 0.95, 0.6915028921812392, 1),
        (5, 12, 0.95, 0.15165222980843013, 0.7233303143178942),
        (11, 12, 0.95, 0.6152038348490559, 0.9978924067681397),
        (3, 400, 0.975, 0.0011875146623632957, 0.024143766938848475),
        (1, 1, 0.95, 0.025, 1), (0, 0, 0.95, 0, 1),
    ])
    func sharesAgreeWithSciPy(
        count: Int,
        total: Int,
        confidence: Double,
        low: Double,
        high: Double
    ) {
        let interval = ExactInterval.share(count: count, of: total, confidence: confidence)
        expectAgreement(interval.lowerBound, low, "\(count) of \(total)")
        expectAgreement(interval.upperBound, high, "\(count) of \(total)")
    }
}
