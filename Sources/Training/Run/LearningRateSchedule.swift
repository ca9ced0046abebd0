import Foundation

/// How the learning rate changes from step to step.
package struct LearningRateSchedule: Equatable, Sendable {
    /// What follows the warm-up.
    package enum Shape: Equatable, Sendable {
        case constant
        /// Half a cosine down to zero at the last step.
        case cosine
        /// Multiplied by `factor` after every `interval` steps.
        case steps(interval: Int, factor: Float)
    }

    /// The rate after the warm-up.
    package var peak: Float
    /// Steps over which the rate rises from zero in a straight line.
    package var warmUpSteps: Int
    /// The number of steps of the whole training.
    package var totalSteps: Int
    /// What follows the warm-up.
    package var shape: Shape

    /// Creates a schedule.
    package init(peak: Float, warmUpSteps: Int, totalSteps: Int, shape: Shape) {
        self.peak = peak
        self.warmUpSteps = warmUpSteps
        self.totalSteps = totalSteps
        self.shape = shape
    }

    /// The rate of a step, counted from 0.
    package func rate(at step: Int) -> Float {
        if step < warmUpSteps { return peak * Float(step + 1) / Float(warmUpSteps) }
        switch shape {
        case .constant: return peak
        case .cosine:
            let rest = max(totalSteps - warmUpSteps, 1)
            let share = min(Float(step - warmUpSteps) / Float(rest), 1)
            return peak * 0.5 * (1 + cos(Float.pi * share))
        case .steps(let interval, let factor):
            return peak * pow(factor, Float((step - warmUpSteps) / max(interval, 1)))
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
