/// What follows the warm-up, as settings name it.
package enum ScheduleName: String, CaseIterable, Sendable {
    /// Half a cosine down to zero.
    case cosine
    /// Falling by a factor again and again.
    case step
    /// Staying as it is.
    case constant
}
