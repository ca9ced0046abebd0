import CFFTW
import Synchronization

/// FFTW's recipe for complex transforms of one length, made once per process and shared.
///
/// Sendable because `handle` is written before the plan is published and never after, and FFTW's
/// execution functions may run on many threads with one plan.
@safe final class FourierPlan: @unchecked Sendable {
    private struct Key: Hashable {
        let length: Int
        let policy: PlanningPolicy
    }

    /// FFTW's planner keeps global state: one lock for every use of it and for what it made.
    private static let plans = Mutex<[Key: FourierPlan]>([:])

    let length: Int
    private let handle: fftwf_plan

    /// The plan for a length, made now if no one asked for it before.
    static func plan(length: Int, policy: PlanningPolicy) -> FourierPlan {
        plans.withLock { plans in
            let key = Key(length: length, policy: policy)
            if let plan = plans[key] { return plan }
            let plan = FourierPlan(length: length, policy: policy)
            plans[key] = plan
            return plan
        }
    }

    private init(length: Int, policy: PlanningPolicy) {
        self.length = length
        let input = AlignedFloats(count: 2 * length)
        let output = AlignedFloats(count: 2 * length)
        let plan = unsafe fftwf_plan_dft_1d(
            Int32(length),
            Self.pairs(input),
            Self.pairs(output),
            FFTW_FORWARD,
            policy.flag | UInt32(FFTW_PRESERVE_INPUT)
        )
        guard let plan = unsafe plan else {
            preconditionFailure("FFTW made no plan of length \(length)")
        }
        unsafe handle = plan
    }

    /// Transforms `length` complex numbers, each two floats; the input keeps its values.
    func transform(_ input: AlignedFloats, into output: AlignedFloats) {
        precondition(input.count >= 2 * length, "too few numbers for the transform")
        precondition(output.count >= 2 * length, "too little room for the transform")
        unsafe fftwf_execute_dft(handle, Self.pairs(input), Self.pairs(output))
    }

    /// The floats as FFTW's complex numbers, which have the same layout.
    private static func pairs(_ floats: AlignedFloats) -> UnsafeMutablePointer<fftwf_complex> {
        unsafe UnsafeMutableRawPointer(floats.pointer).assumingMemoryBound(to: fftwf_complex.self)
    }
}
