import Foundation

/// What training makes small.
enum TrainingLoss: Equatable, Sendable {
    /// Cross-entropy of the softmax: one class is there, or a mixture whose shares sum to 1.
    case softmaxCrossEntropy(labelSmoothing: Float)
    /// Binary cross-entropy of a sigmoid for each class: any number of them is there.
    case binaryCrossEntropy(labelSmoothing: Float)

    /// The target of a class that may or may not be present; it has no gradient.
    static let unknown: Float = -1

    /// Computes the mean loss of a batch and its gradient with respect to the logits.
    ///
    /// - Parameters:
    ///   - logits: [rows, classes].
    ///   - targets: The share of each class, [rows, classes], 0 to 1; ``unknown`` where binary.
    ///   - classCount: The number of classes.
    ///   - gradient: Receives [rows, classes].
    /// - Returns: The loss in nats, the mean over rows (and over classes where they are binary).
    func evaluate(
        logits: [Float],
        targets: [Float],
        classCount: Int,
        gradient: inout [Float]
    ) -> Double {
        precondition(
            logits.count == targets.count && gradient.count == logits.count,
            "one target and one gradient a logit"
        )
        return switch self {
        case .softmaxCrossEntropy(let smoothing):
            softmax(logits, targets, classCount, smoothing, &gradient)
        case .binaryCrossEntropy(let smoothing):
            binary(logits, targets, smoothing, &gradient)
        }
    }

    private func softmax(
        _ logits: [Float],
        _ targets: [Float],
        _ classCount: Int,
        _ smoothing: Float,
        _ gradient: inout [Float]
    ) -> Double {
        let rows = logits.count / max(classCount, 1)
        var total = 0.0
        for row in 0..<rows {
            let range = row * classCount..<(row + 1) * classCount
            let largest = logits[range].reduce(-Float.infinity, max)
            let sum = logits[range].reduce(Float(0)) { $0 + exp($1 - largest) }
            let logSum = largest + log(sum)
            let mass = targets[range].reduce(0, +)
            for index in range {
                let target =
                    targets[index] * (1 - smoothing) + smoothing * mass / Float(classCount)
                let logShare = logits[index] - logSum
                total -= Double(target * logShare)
                gradient[index] = (exp(logShare) * mass - target) / Float(rows)
            }
        }
        return total / Double(max(rows, 1))
    }

    private func binary(
        _ logits: [Float],
        _ targets: [Float],
        _ smoothing: Float,
        _ gradient: inout [Float]
    ) -> Double {
        var total = 0.0
        for index in logits.indices {
            guard targets[index] >= 0 else {
                gradient[index] = 0
                continue
            }
            let logit = logits[index]
            let target = targets[index] * (1 - smoothing) + smoothing / 2
            let loss = max(logit, 0) - logit * target + log1p(exp(-abs(logit)))
            total += Double(loss)
            gradient[index] = (1 / (1 + exp(-logit)) - target) / Float(logits.count)
        }
        return total / Double(max(logits.count, 1))
    }
}
