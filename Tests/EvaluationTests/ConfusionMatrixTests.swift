import Evaluation
import Testing

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
