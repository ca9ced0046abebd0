/// ONNX's multidirectional broadcasting.
enum Broadcast {
    /// The shape that all shapes stretch to.
    static func shape(of shapes: [[Int]]) throws(Refusal) -> [Int] {
        let rank = shapes.map(\.count).max() ?? 0
        var result = [Int](repeating: 1, count: rank)
        for shape in shapes {
            for (index, length) in shape.enumerated() where length != 1 {
                let axis = rank - shape.count + index
                guard result[axis] == 1 || result[axis] == length else {
                    throw Refusal(
                        "shapes \(shapes.map { "\($0)" }.joined(separator: " and ")) do not fit "
                            + "together"
                    )
                }
                result[axis] = length
            }
        }
        guard TensorShape.elementCount(of: result) != nil else {
            throw Refusal("an output of shape \(result) is too large")
        }
        return result
    }

    /// How far an operand of shape `shape` advances along each axis of the shape it stretches to.
    static func strides(_ shape: [Int], to target: [Int]) -> [Int] {
        let own = LoopNest.rowMajorStrides(shape)
        let missing = target.count - shape.count
        return target.indices.map { axis in
            axis < missing || shape[axis - missing] == 1 ? 0 : own[axis - missing]
        }
    }

    /// The loops over operands that stretch to a common shape; the output is the last operand.
    static func loops(_ shapes: [[Int]], to target: [Int]) -> LoopNest {
        LoopNest(
            lengths: target,
            strides: shapes.map { strides($0, to: target) } + [LoopNest.rowMajorStrides(target)]
        )
    }
}
