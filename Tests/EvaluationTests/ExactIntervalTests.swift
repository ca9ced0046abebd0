import Evaluation
import Testing

@Suite struct ExactIntervalTests {
    @Test func boundsAgreeWithSciPy() throws {
        for item in try ReferenceResults.load().intervals {
            let interval =
                item.trials.map {
                    ExactInterval.binomial(
                        count: item.count,
                        of: $0,
                        confidence: item.confidence
                    )
                } ?? ExactInterval.poisson(count: item.count, confidence: item.confidence)
            expectAgreement(interval.lowerBound, item.low, "\(item)")
            expectAgreement(interval.upperBound, item.high, "\(item)")
        }
    }

    @Test func nothingHeardStillLeavesThreeToExpect() {
        #expect(abs(ExactInterval.poisson(count: 0, confidence: 0.9).upperBound - 2.996) < 0.001)
    }
}
