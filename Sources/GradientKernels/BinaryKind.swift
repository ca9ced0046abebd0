internal import CGradientKernels

/// An operation on two numbers.
package enum BinaryKind: Sendable {
    case add
    case subtract
    case multiply
    case divide

    var code: gk_binary_kind {
        switch self {
        case .add: GK_ADD
        case .subtract: GK_SUBTRACT
        case .multiply: GK_MULTIPLY
        case .divide: GK_DIVIDE
        }
    }
}
