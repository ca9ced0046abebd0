/// Nested loops over several operands at once, with neighbouring axes joined where all operands
/// allow it.
struct LoopNest: Sendable {
    /// The length of each loop, outermost first; at least one.
    let lengths: [Int]
    /// For each operand, by how many elements it advances in each loop.
    let strides: [[Int]]

    /// Joins loops and drops those of length 1.
    ///
    /// - Parameters:
    ///   - lengths: The length of each loop, outermost first.
    ///   - strides: For each operand, by how many elements it advances in each loop.
    init(lengths: [Int], strides: [[Int]]) {
        var joinedLengths: [Int] = []
        var joinedStrides = [[Int]](repeating: [], count: strides.count)
        for (axis, length) in lengths.enumerated() where length != 1 {
            let last = joinedLengths.count - 1
            let joins =
                last >= 0
                && strides.indices.allSatisfy {
                    joinedStrides[$0][last] == strides[$0][axis] * length
                }
            if joins {
                joinedLengths[last] *= length
                for operand in strides.indices {
                    joinedStrides[operand][last] = strides[operand][axis]
                }
            } else {
                joinedLengths.append(length)
                for operand in strides.indices {
                    joinedStrides[operand].append(strides[operand][axis])
                }
            }
        }
        if joinedLengths.isEmpty {
            joinedLengths = [1]
            joinedStrides = joinedStrides.map { _ in [0] }
        }
        self.lengths = joinedLengths
        self.strides = joinedStrides
    }

    /// The number of rounds of all loops but the innermost `innerCount`.
    func outerRounds(innerCount: Int) -> Int {
        lengths.dropLast(innerCount).reduce(1, *)
    }

    /// Where an operand is at the start of a round of the outer loops.
    @inline(__always)
    func offset(of operand: Int, round: Int, innerCount: Int) -> Int {
        var remaining = round
        var offset = 0
        var axis = lengths.count - innerCount - 1
        while axis >= 0 {
            let (quotient, index) = remaining.quotientAndRemainder(dividingBy: lengths[axis])
            offset += index * strides[operand][axis]
            remaining = quotient
            axis -= 1
        }
        return offset
    }

    /// How far apart neighbours of each axis are in row-major storage.
    static func rowMajorStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        var stride = 1
        for axis in shape.indices.reversed() {
            strides[axis] = stride
            stride *= max(shape[axis], 1)
        }
        return strides
    }
}

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
                        "shapes \(shapes.map { "\($0)" }.joined(separator: " and ")) cannot be "
                            + "broadcast"
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

    /// The step that combines two operands element by element.
    static func step<Left: TensorElement, Right: TensorElement, Result: TensorElement>(
        _ left: TypedView<Left>,
        _ right: TypedView<Right>,
        _ output: TypedView<Result>,
        by function: @escaping (Left, Right) -> Result
    ) -> Step {
        guard output.count > 0 else { return {} }
        let loops = loops([left.shape, right.shape], to: output.shape)
        let rounds = loops.outerRounds(innerCount: 1)
        let inner = loops.lengths.count - 1
        let length = loops.lengths[inner]
        let leftStride = loops.strides[0][inner]
        let rightStride = loops.strides[1][inner]
        return {
            for round in 0..<rounds {
                var l = loops.offset(of: 0, round: round, innerCount: 1)
                var r = loops.offset(of: 1, round: round, innerCount: 1)
                let start = round * length
                for index in start..<start + length {
                    output[index] = function(left[l], right[r])
                    l += leftStride
                    r += rightStride
                }
            }
        }
    }
}
