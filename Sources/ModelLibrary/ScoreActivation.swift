package import Detection
@preconcurrency import Glibc

/// What turns the network's output into probabilities.
package enum ScoreActivation: String, CaseIterable, Sendable {
    /// Nothing: the network gives probabilities.
    case none
    /// The logistic function of each output; the classes are independent.
    case sigmoid
    /// The softmax over all outputs; exactly one class is there.
    case softmax

    /// How far outside 0...1 rounding may take a probability.
    private static let tolerance: Float = 1e-3

    /// Turns a network's outputs for a window into probabilities.
    ///
    /// - Parameter outputs: One number a class, shape `[classCount]`.
    /// - Returns: A probability for each class, 0...1.
    /// - Throws: The first class whose score is not a probability, and what it is.
    package func probabilities(of outputs: [Float]) throws(InvalidScore) -> [Float] {
        let scores =
            switch self {
            case .none: outputs
            case .sigmoid: outputs.map { 1 / (1 + exp(-$0)) }
            case .softmax: Self.softmax(outputs)
            }
        for (index, score) in scores.enumerated()
        // False for NaN too.
        where !(score >= -Self.tolerance && score <= 1 + Self.tolerance) {
            throw InvalidScore(classIndex: index, score: score)
        }
        return scores.map { min(max($0, 0), 1) }
    }

    private static func softmax(_ outputs: [Float]) -> [Float] {
        let greatest = outputs.max() ?? 0
        let powers = outputs.map { exp($0 - greatest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }
}
