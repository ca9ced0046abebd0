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

/// How the learning rate changes from step to step.
struct LearningRateSchedule: Equatable, Sendable {
    /// The rate after the warm-up.
    var peak: Float
    /// Steps over which the rate rises from zero in a straight line.
    var warmUpSteps: Int
    /// The number of steps of the whole training.
    var totalSteps: Int
    /// What follows the warm-up.
    var name: ScheduleName
    /// After how many steps the rate of schedule `step` falls, and the factor on it.
    var stepInterval = 1
    var stepFactor: Float = 1

    /// The rate of a step, counted from 0.
    func rate(at step: Int) -> Float {
        if step < warmUpSteps { return peak * Float(step + 1) / Float(warmUpSteps) }
        switch name {
        case .constant: return peak
        case .cosine:
            let rest = max(totalSteps - warmUpSteps, 1)
            let share = min(Float(step - warmUpSteps) / Float(rest), 1)
            return peak * 0.5 * (1 + cos(Float.pi * share))
        case .step:
            return peak * pow(stepFactor, Float((step - warmUpSteps) / max(stepInterval, 1)))
        }
    }
}

/// What follows the warm-up, as settings name it.
package enum ScheduleName: String, CaseIterable, Sendable {
    /// Half a cosine down to zero.
    case cosine
    /// Falling by a factor again and again.
    case step
    /// Staying as it is.
    case constant
}
