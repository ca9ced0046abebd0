import CKernels

/// A function of two numbers, for `BroadcastOperation`.
package enum BinaryFunction: CaseIterable, Sendable {
    case add, subtract, multiply, divide, minimum, maximum
    /// a to the power b, as C's `powf`; squares and roots are done without it.
    case power

    var kind: tk_binary_kind? {
        switch self {
        case .add: TK_ADD
        case .subtract: TK_SUBTRACT
        case .multiply: TK_MULTIPLY
        case .divide: TK_DIVIDE
        case .minimum: TK_MINIMUM
        case .maximum: TK_MAXIMUM
        case .power: nil
        }
    }
}
