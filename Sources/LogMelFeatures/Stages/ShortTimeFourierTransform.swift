import CFFTW
import Foundation
import Synchronization

/// Windows a frame, zero pads it and takes its power spectrum.
///
/// The window is put at the start of the transform's buffer whatever the front end's placement:
/// moving it changes the phase only. A real transform of N samples is a complex one of N / 2
/// (even samples real, odd imaginary) and a step that untangles it (Press et al., "Numerical
/// Recipes", 12.3): with FFTW this takes two thirds of the time of its real transform.
/// One instance belongs to one thread.
final class ShortTimeFourierTransform {
    let windowLength: Int
    let binCount: Int
    private let plan: FourierPlan
    /// Half the window, since untangling gives twice the spectrum.
    private let halfWindow: AlignedFloats
    private let windowed: AlignedFloats
    /// The complex transform, and its first number once more at the end.
    private let tangled: AlignedFloats
    private let cosines: AlignedFloats
    private let sines: AlignedFloats

    /// `window` holds the samples' factors, no more than the even `fftLength` samples of a
    /// transform.
    init(window: [Float], fftLength: Int, policy: PlanningPolicy) {
        precondition(fftLength.isMultiple(of: 2), "the length of the transform is odd")
        precondition(window.count <= fftLength, "the window is longer than the transform")
        windowLength = window.count
        binCount = fftLength / 2 + 1
        plan = FourierPlan.plan(length: fftLength / 2, policy: policy)
        halfWindow = AlignedFloats(window.map { $0 / 2 })
        windowed = AlignedFloats(count: fftLength)
        tangled = AlignedFloats(count: fftLength + 2)
        let angles = (0..<binCount).map { 2 * Double.pi * Double($0) / Double(fftLength) }
        cosines = AlignedFloats(angles.map { Float(cos($0)) })
        sines = AlignedFloats(angles.map { Float(sin($0)) })
    }

    /// Computes |X[k]|² of one frame, unscaled.
    /// - Parameters:
    ///   - frame: `windowLength` samples.
    ///   - power: Receives `binCount` values.
    func powerSpectrum(of frame: UnsafePointer<Float>, into power: AlignedFloats) {
        precondition(power.count >= binCount, "too little room for the power spectrum")
        unsafe multiply(frame, halfWindow.pointer, into: windowed.pointer, count: windowLength)
        plan.transform(windowed, into: tangled)
        unsafe untangle(into: power.pointer)
    }

    /// Power of the real transform: of bin k and of its mirror M − k at once, M being N / 2.
    ///
    /// With Z the complex transform, E = Z[k] + Z[M − k]* and O = −i·(Z[k] − Z[M − k]*) are twice
    /// the transforms of the even and the odd samples; X[k] = E + W·O and X[M − k]* = E − W·O
    /// with W = exp(−2πi·k / N), all of it halved by the window.
    private func untangle(into power: UnsafeMutablePointer<Float>) {
        let half = binCount - 1
        let tangled = unsafe tangled.pointer
        unsafe tangled[2 * half] = tangled[0]
        unsafe tangled[2 * half + 1] = tangled[1]
        let cosines = unsafe cosines.pointer
        let sines = unsafe sines.pointer
        var bin = 0
        while bin &+ 3 <= half / 2 {
            let mirror = half &- bin &- 3
            let numbers = unsafe load(tangled, 2 &* bin)
            let mirrored = unsafe load(tangled, 2 &* mirror)
            let powers = untangledPowers(
                numbers.evenHalf,
                numbers.oddHalf,
                reversed(mirrored.evenHalf),
                reversed(mirrored.oddHalf),
                unsafe loadFour(cosines, bin),
                unsafe loadFour(sines, bin)
            )
            unsafe storeFour(powers.bin, power, bin)
            unsafe storeFour(reversed(powers.mirror), power, mirror)
            bin &+= 4
        }
        while bin <= half / 2 {
            let mirror = half &- bin
            let powers = unsafe untangledPowers(
                SIMD4(repeating: tangled[2 &* bin]),
                SIMD4(repeating: tangled[2 &* bin &+ 1]),
                SIMD4(repeating: tangled[2 &* mirror]),
                SIMD4(repeating: tangled[2 &* mirror &+ 1]),
                SIMD4(repeating: cosines[bin]),
                SIMD4(repeating: sines[bin])
            )
            unsafe power[bin] = powers.bin[0]
            unsafe power[mirror] = powers.mirror[0]
            bin &+= 1
        }
    }

    @inline(__always)
    private func untangledPowers(
        _ real: SIMD4<Float>,
        _ imaginary: SIMD4<Float>,
        _ mirrorReal: SIMD4<Float>,
        _ mirrorImaginary: SIMD4<Float>,
        _ cosine: SIMD4<Float>,
        _ sine: SIMD4<Float>
    ) -> (bin: SIMD4<Float>, mirror: SIMD4<Float>) {
        let evenReal = real + mirrorReal
        let evenImaginary = imaginary - mirrorImaginary
        let oddReal = imaginary + mirrorImaginary
        let oddImaginary = mirrorReal - real
        let turnedReal = oddReal * cosine + oddImaginary * sine
        let turnedImaginary = oddImaginary * cosine - oddReal * sine
        let sumReal = evenReal + turnedReal
        let sumImaginary = evenImaginary + turnedImaginary
        let differenceReal = evenReal - turnedReal
        let differenceImaginary = evenImaginary - turnedImaginary
        return (
            sumReal * sumReal + sumImaginary * sumImaginary,
            differenceReal * differenceReal + differenceImaginary * differenceImaginary
        )
    }
}

/// FFTW's recipe for complex transforms of one length, made once per process and shared.
///
/// Sendable because `handle` is written before the plan is published and never after, and FFTW's
/// execution functions may run on many threads with one plan.
@safe final class FourierPlan: @unchecked Sendable {
    private struct Key: Hashable {
        let length: Int
        let policy: PlanningPolicy
    }

    /// What was planned so far.
    private static let plans = Mutex<[Key: FourierPlan]>([:])

    /// FFTW's planner keeps global state, which NeuralNetwork uses too: it locks it itself.
    private static let makesPlannerThreadSafe: Void = fftwf_make_planner_thread_safe()

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
        _ = Self.makesPlannerThreadSafe
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
