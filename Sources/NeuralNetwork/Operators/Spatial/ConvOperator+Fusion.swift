extension ConvOperator: FusableOperator {
    /// The position of a value that is added to the output before the activation.
    static let addendIndex = 3

    /// Whether an addend can be taken over.
    var takesAddend: Bool {
        weights != nil && activation == .identity && !hasAddend && weightShape.count <= 4
            && groups < max(weightShape[0], 2)
    }

    func absorbing(
        _ next: any Operator,
        operand: ConstantTensor?,
        type: TensorType
    ) -> (any Operator)? {
        guard let weights, activation == .identity else { return nil }
        var merged = self
        if operand == nil, let function = ScalarFunction.of(next) {
            merged.activation = function
            return merged
        }
        guard !hasAddend else { return nil }
        let channels = weightShape[0]
        var factors = [Float](repeating: 1, count: channels)
        var addends = [Float](repeating: 0, count: channels)
        switch next {
        case let normalization as BatchNormalizationOperator:
            guard let constants = normalization.constants else { return nil }
            factors = constants.scale
            addends = constants.shift
        case is MulOperator:
            guard let floats = operand?.floats(along: 1, of: type) else { return nil }
            factors = floats
        case is AddOperator:
            guard let floats = operand?.floats(along: 1, of: type) else { return nil }
            addends = floats
        default: return nil
        }
        let perChannel = weights.count / channels
        merged.weights = weights.indices.map { weights[$0] * factors[$0 / perChannel] }
        merged.bias = (0..<channels).map { (bias?[$0] ?? 0) * factors[$0] + addends[$0] }
        return merged
    }

    /// The convolution that pads as much more as `pad` does; nil when that is not the same.
    func absorbing(_ pad: PadOperator) -> ConvOperator? {
        guard pad.mode == .constant, pad.constant.map({ $0.numbers == [0] }) ?? true,
            pad.before.prefix(2).allSatisfy({ $0 == 0 }),
            pad.after.prefix(2).allSatisfy({ $0 == 0 }),
            (pad.before + pad.after).allSatisfy({ (0...1 << 24).contains($0) }),
            geometry.padding == .explicit, weights != nil
        else { return nil }
        var widened = self
        for axis in geometry.axes.indices {
            widened.geometry.axes[axis].padBefore += pad.before[axis + 2]
            widened.geometry.axes[axis].padAfter += pad.after[axis + 2]
        }
        return widened
    }
}
