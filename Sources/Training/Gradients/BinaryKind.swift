internal import CKernels

/// An operation on two numbers with its derivatives.
///
/// Not `BinaryFunction` of inference: that one's power is of any numbers, and it has no ``sloped``.
package enum BinaryKind: Sendable {
    case add
    case subtract
    case multiply
    case divide
    case maximum
    case minimum
    /// Of numbers above 0.
    case power
    /// The first number, times the second where it is below 0.
    case sloped

    var code: gk_binary_kind {
        switch self {
        case .add: GK_ADD
        case .subtract: GK_SUBTRACT
        case .multiply: GK_MULTIPLY
        case .divide: GK_DIVIDE
        case .maximum: GK_MAXIMUM
        case .minimum: GK_MINIMUM
        case .power: GK_POWER
        case .sloped: GK_SLOPED
        }
    }
}
