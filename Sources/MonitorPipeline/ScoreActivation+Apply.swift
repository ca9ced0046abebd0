@preconcurrency import Glibc
import ModelLibrary

extension ScoreActivation {
    /// Turns a network's outputs into probabilities.
    ///
    /// - Parameter scores: One number a class, shape `[classCount]`; afterwards 0...1.
    func apply(to scores: inout [Float]) {
        switch self {
        case .none:
            break
        case .sigmoid:
            for index in scores.indices {
                scores[index] = 1 / (1 + exp(-scores[index]))
            }
        case .softmax:
            let greatest = scores.max() ?? 0
            for index in scores.indices {
                scores[index] = exp(scores[index] - greatest)
            }
            let sum = scores.reduce(0, +)
            for index in scores.indices {
                scores[index] /= sum
            }
        }
    }
}
