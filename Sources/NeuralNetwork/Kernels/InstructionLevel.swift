import CKernels

/// Which copy of the kernels runs.
///
/// Each is compiled from the same source for other instructions. Kernels take a level and default
/// to the best one; tests pass every supported one.
package enum InstructionLevel: Int, CaseIterable, Comparable, Sendable {
    /// SSE2 on x86-64, NEON on aarch64.
    case baseline = 0
    /// AVX2 with FMA.
    case avx2 = 1
    /// AVX-512 F, VL, DQ and BW.
    case avx512 = 2

    /// The highest level this processor has; looked up once.
    package static let best: InstructionLevel = allCases.last(where: \.isSupported) ?? .baseline

    /// The levels this processor has, lowest first.
    package static var supported: [InstructionLevel] { allCases.filter(\.isSupported) }

    package var isSupported: Bool { tk_level_is_supported(Int32(rawValue)) != 0 }

    var code: Int32 { Int32(rawValue) }

    package static func < (left: InstructionLevel, right: InstructionLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}
