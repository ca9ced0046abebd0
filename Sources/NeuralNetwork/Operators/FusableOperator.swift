/// An operator that can carry out what follows it.
protocol FusableOperator: Operator {
    /// The operator that does this one's work and then `next`'s; nil when it cannot.
    ///
    /// `operand` is the other input of `next`, if it has one, and `type` the type of what is
    /// between the two.
    func absorbing(
        _ next: any Operator,
        operand: ConstantTensor?,
        type: TensorType
    ) -> (any Operator)?
}

extension ScalarFunction {
    /// The function that an operator applies to every float, when it is that and no more.
    static func of(_ operation: any Operator) -> ScalarFunction? {
        switch operation {
        case let unary as any UnaryOperator: unary.function
        case let numeric as any NumericUnaryOperator: numeric.function
        case let clip as ClipOperator: clip.function
        default: nil
        }
    }
}

extension ConstantTensor {
    /// One float for each place along an axis of a value of the given type, when the constant is
    /// the same along all other axes.
    func floats(along axis: Int, of type: TensorType) -> [Float]? {
        guard let floats, type.rank >= self.type.rank else { return nil }
        let length = type.shape[axis]
        if floats.count == 1 { return Array(repeating: floats[0], count: length) }
        let own = axis - (type.rank - self.type.rank)
        guard own >= 0, self.type.shape[own] == length, floats.count == length else { return nil }
        return floats
    }
}
