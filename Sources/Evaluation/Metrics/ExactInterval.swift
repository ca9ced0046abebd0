import Foundation

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

/// The incomplete gamma and beta functions, by which exact intervals are defined.
///
/// Series and continued fractions as in Abramowitz and Stegun 6.5.29, 6.5.31 and 26.5.8, the
/// fractions evaluated by Lentz's method; relative errors are below 1e-12 in the tests' range.
enum RegularizedFunctions {
    private static let tiny = 1e-300
    private static let smallestStep = 1e-16
    private static let mostSteps = 100_000

    /// P(a, x): the probability that a gamma variable of shape `a` is below `x`.
    static func lowerGamma(_ shape: Double, _ x: Double) -> Double {
        guard x > 0 else { return 0 }
        let scale = exp(shape * log(x) - x - lgamma(shape))
        guard x >= shape + 1 else {
            var term = 1 / shape
            var sum = term
            var step = 1.0
            while abs(term) > abs(sum) * smallestStep {
                term *= x / (shape + step)
                sum += term
                step += 1
            }
            return sum * scale
        }
        let fraction = continuedFraction(first: x + 1 - shape) { step in
            (-step * (step - shape), x + 1 - shape + 2 * step)
        }
        return 1 - scale / fraction
    }

    /// I_x(a, b): the probability that a beta variable of shapes `a` and `b` is below `x`.
    static func beta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        // The fraction converges quickly on this side; the other is its mirror image.
        return x <= (a + 1) / (a + b + 2)
            ? betaByFraction(x, a, b) : 1 - betaByFraction(1 - x, b, a)
    }

    private static func betaByFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let logarithm = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)
        let fraction = continuedFraction(first: 1) { step in
            let m = (step / 2).rounded(.down)
            let isEven = step == 2 * m
            let numerator =
                isEven
                ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            return (numerator, 1)
        }
        return exp(logarithm) / (a * fraction)
    }

    /// first + n1/(d1 + n2/(d2 + …)), by Lentz's method.
    private static func continuedFraction(
        first: Double,
        _ term: (Double) -> (numerator: Double, denominator: Double)
    ) -> Double {
        var value = first == 0 ? tiny : first
        var (upper, lower) = (value, 0.0)
        for step in 1...mostSteps {
            let (numerator, denominator) = term(Double(step))
            lower = denominator + numerator * lower
            lower = 1 / (lower == 0 ? tiny : lower)
            upper = denominator + numerator / upper
            upper = upper == 0 ? tiny : upper
            value *= upper * lower
            if abs(upper * lower - 1) < smallestStep * 4 { break }
        }
        return value
    }
}
