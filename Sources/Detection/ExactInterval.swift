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
    package static func poisson(count: Int, confidence: Double = 0.95) -> ClosedRange<Double> {
        precondition(count >= 0 && confidence > 0 && confidence < 1, "No such interval")
        let tail = (1 - confidence) / 2
        let bound = Double(count) * 2 + 50
        let lower =
            count == 0 ? 0 : end(atMost: bound) { probability(below: count, $0) > 1 - tail }
        let upper = end(atMost: bound * 2) { probability(below: count + 1, $0) > tail }
        return lower...upper
    }

    /// The interval of a share (Clopper and Pearson 1934).
    ///
    /// The bounds are the shares at which as many hits, or more, and as many, or fewer, would come
    /// with a probability of (1 − confidence) / 2 each.
    ///
    /// - Parameters:
    ///   - count: How many are hits, 0 or more.
    ///   - total: Of how many, not less than `count`.
    ///   - confidence: The probability that the interval holds the share, 0..<1.
    /// - Returns: Bounds, 0...1; of nothing, both ends of that.
    package static func share(
        count: Int,
        of total: Int,
        confidence: Double = 0.95
    ) -> ClosedRange<Double> {
        precondition(
            count >= 0 && count <= total && confidence > 0 && confidence < 1,
            "No such interval"
        )
        let tail = (1 - confidence) / 2
        let lower =
            count == 0
            ? 0 : end(atMost: 1) { probability(below: count, of: total, $0) > 1 - tail }
        let upper =
            count == total
            ? 1 : end(atMost: 1) { probability(below: count + 1, of: total, $0) > tail }
        return lower...upper
    }

    /// The probability that a Poisson variable of some expectation is below a count.
    private static func probability(below count: Int, _ expectation: Double) -> Double {
        (0..<count).reduce(0) { sum, index in
            let index = Double(index)
            return sum + exp(index * log(expectation) - expectation - lgamma(index + 1))
        }
    }

    /// The probability that there are fewer hits than a count among some, each a hit by a share.
    private static func probability(below count: Int, of total: Int, _ share: Double) -> Double {
        let total = Double(total)
        return (0..<count).reduce(0) { sum, index in
            let index = Double(index)
            let ways = lgamma(total + 1) - lgamma(index + 1) - lgamma(total - index + 1)
            return sum + exp(ways + index * log(share) + (total - index) * log1p(-share))
        }
    }

    /// Where a condition that holds for small numbers ends to hold, to the last digit.
    private static func end(atMost bound: Double, _ isBelow: (Double) -> Bool) -> Double {
        var (low, high) = (0.0, bound)
        while case let middle = (low + high) / 2, middle > low, middle < high {
            if isBelow(middle) { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
