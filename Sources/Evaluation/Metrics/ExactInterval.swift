import Foundation

/// Confidence intervals that hold at any count, however small.
package enum ExactInterval {
    /// The 95 % interval of a rate, from a count in some length of time.
    package static func rate(count: Int, in length: Double) -> ClosedRange<Double> {
        let interval = poisson(count: count)
        return interval.lowerBound / length...interval.upperBound / length
    }

    /// The interval of a Poisson count's expectation (Garwood 1936).
    ///
    /// - Parameters:
    ///   - count: What was counted, 0 or more.
    ///   - confidence: The probability that the interval holds the expectation, 0..<1.
    /// - Returns: Bounds in counts; the lower one is 0 where nothing was counted.
    static func poisson(count: Int, confidence: Double = 0.95) -> ClosedRange<Double> {
        precondition(count >= 0 && confidence > 0 && confidence < 1, "No such interval")
        let tail = (1 - confidence) / 2
        let bound = Double(count) * 2 + 50
        let lower =
            count == 0 ? 0 : expectation(atMost: bound) { probability(below: count, $0) > 1 - tail }
        let upper = expectation(atMost: bound * 2) { probability(below: count + 1, $0) > tail }
        return lower...upper
    }

    /// The probability that a Poisson variable of some expectation is below a count.
    private static func probability(below count: Int, _ expectation: Double) -> Double {
        (0..<count).reduce(0) { sum, index in
            let index = Double(index)
            return sum + exp(index * log(expectation) - expectation - lgamma(index + 1))
        }
    }

    /// Where a condition that holds for small expectations ends to hold, to the last digit.
    private static func expectation(
        atMost bound: Double,
        _ isBelow: (Double) -> Bool
    ) -> Double {
        var (low, high) = (0.0, bound)
        while case let middle = (low + high) / 2, middle > low, middle < high {
            if isBelow(middle) { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
