extension PlanGraph {
    /// Adds what a value is with its axes in another order.
    ///
    /// - Parameters:
    ///   - axes: Which axis of the value becomes the first, the second, and so on.
    ///   - value: The number of a value.
    /// - Returns: The number of the new value.
    mutating func moving(_ axes: [Int], of value: Int) -> Int {
        let stored = values[value]
        if let constant = stored.constant {
            return addConstant(stored.name, constant.transposed(axes))
        }
        let shape = axes.map { stored.type.shape[$0] }
        return TransposeOperator.keepsStorage(axes, of: stored.type.shape)
            ? reshaped(value, to: shape)
            : addNode("Transpose", TransposeOperator(order: axes), of: value, shape: shape)
    }

    /// Adds what a value is with another shape, and returns its number.
    mutating func reshaped(_ value: Int, to shape: [Int]) -> Int {
        let stored = values[value]
        if let constant = stored.constant {
            let reshaped = ConstantTensor(shape: shape, values: constant.values)
            return addConstant(stored.name, reshaped)
        }
        return addNode("Reshape", ReshapeOperator(shape: shape), of: value, shape: shape)
    }

    /// Adds a node that makes one value of another, and returns the number of what it makes.
    private mutating func addNode(
        _ operatorType: String,
        _ operation: any Operator,
        of value: Int,
        shape: [Int]
    ) -> Int {
        let stored = values[value]
        let made = addValue(stored.name, TensorType(stored.type.elementType, shape))
        nodes.append(
            PlanNode(
                name: stored.name,
                operatorType: operatorType,
                operation: operation,
                inputs: [value],
                outputs: [made]
            )
        )
        return made
    }
}

extension ConstantTensor {
    /// The constant with its axes in another order.
    fileprivate func transposed(_ order: [Int]) -> ConstantTensor {
        let outputType = TensorType(type.elementType, order.map { type.shape[$0] })
        return ConstantFolding.outputs(
            of: TransposeOperator(order: order),
            inputs: [self],
            [outputType]
        )?.first ?? self
    }
}
