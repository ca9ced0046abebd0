/// Confidence intervals that hold at any count, however small.
package enum ExactInterval {
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
            count == 0
            ? 0
            : rootOfRising(in: 0...bound) {
                RegularizedFunctions.lowerGamma(Double(count), $0) - tail
            }
        let upper = rootOfRising(in: 0...bound * 2) {
            RegularizedFunctions.lowerGamma(Double(count) + 1, $0) - (1 - tail)
        }
        return lower...upper
    }

    /// The interval of a share (Clopper and Pearson 1934).
    ///
    /// - Parameters:
    ///   - count: How many of the trials succeeded.
    ///   - trials: The number of trials, above 0.
    ///   - confidence: The probability that the interval holds the share, 0..<1.
    /// - Returns: Bounds within 0...1.
    package static func binomial(
        count: Int,
        of trials: Int,
        confidence: Double = 0.95
    ) -> ClosedRange<Double> {
        precondition(trials > 0 && (0...trials).contains(count), "No such share")
        precondition(confidence > 0 && confidence < 1, "No such interval")
        let tail = (1 - confidence) / 2
        let (hits, misses) = (Double(count), Double(trials - count))
        let lower =
            count == 0
            ? 0
            : rootOfRising(in: 0...1) {
                RegularizedFunctions.beta($0, hits, misses + 1) - tail
            }
        let upper =
            count == trials
            ? 1
            : rootOfRising(in: 0...1) {
                RegularizedFunctions.beta($0, hits + 1, misses) - (1 - tail)
            }
        return lower...upper
    }

    /// Halves the range until nothing lies between its ends.
    private static func rootOfRising(
        in range: ClosedRange<Double>,
        _ function: (Double) -> Double
    ) -> Double {
        var (low, high) = (range.lowerBound, range.upperBound)
        while case let middle = (low + high) / 2, middle > low, middle < high {
            if function(middle) < 0 { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
