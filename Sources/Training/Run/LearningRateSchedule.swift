import Foundation

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
