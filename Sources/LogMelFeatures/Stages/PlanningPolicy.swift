import CFFTW

/// How FFTW chooses among its algorithms.
package enum PlanningPolicy: Hashable, Sendable {
    /// By rule: the same plan on every run of one machine, hence the same bits.
    case estimate
    /// By timing: up to a fifth faster, but a rerun may choose another plan and round differently.
    case measure

    var flag: UInt32 {
        switch self {
        case .estimate: UInt32(FFTW_ESTIMATE)
        case .measure: UInt32(FFTW_MEASURE)
        }
    }
}
