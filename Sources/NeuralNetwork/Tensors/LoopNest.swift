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
