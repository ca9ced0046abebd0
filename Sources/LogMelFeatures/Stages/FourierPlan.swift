import CFFTW
import Synchronization

/// FFTW's recipe for one length of real transform, made once per process and shared.
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
        let input = AlignedFloats(count: length)
        let output = AlignedFloats(count: 2 * (length / 2 + 1))
        let plan = unsafe output.pointer.withMemoryRebound(
            to: fftwf_complex.self,
            capacity: length / 2 + 1
        ) { spectrum in
            unsafe fftwf_plan_dft_r2c_1d(
                Int32(length),
                input.pointer,
                spectrum,
                policy.flag | UInt32(FFTW_PRESERVE_INPUT)
            )
        }
        guard let plan = unsafe plan else {
            preconditionFailure("FFTW made no plan of length \(length)")
        }
        unsafe handle = plan
    }

    /// Transforms `length` samples; the input keeps its values.
    /// - Parameters:
    ///   - samples: `length` floats.
    ///   - spectrum: Receives `length / 2 + 1` pairs of real and imaginary part.
    func transform(_ samples: AlignedFloats, into spectrum: AlignedFloats) {
        precondition(samples.count >= length, "too few samples for the transform")
        precondition(spectrum.count >= 2 * (length / 2 + 1), "too little room for the spectrum")
        unsafe spectrum.pointer.withMemoryRebound(
            to: fftwf_complex.self,
            capacity: length / 2 + 1
        ) { pairs in
            unsafe fftwf_execute_dft_r2c(handle, samples.pointer, pairs)
        }
    }
}
