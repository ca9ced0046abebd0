internal import CKernels

/// A loop over axes with two operands whose strides may be anything.
///
/// A stride of 0 reads an element again and again, or sums into it.
package struct StridedLoop: Hashable, Sendable {
    /// The length of each axis.
    package var shape: [Int]
    /// Floats from step to step of the first operand, for each axis.
    package var first: [Int]
    /// The same for the second operand.
    package var second: [Int]

    /// The most axes that a loop may have.
    package static let maximumRank = Int(GK_MAX_RANK)

    /// Creates a loop; one over a single element has no axes.
    package init(shape: [Int], first: [Int], second: [Int]) {
        precondition(
            shape.count == first.count && shape.count == second.count
                && shape.count <= Self.maximumRank,
            "a loop has one stride an axis, \(Self.maximumRank) axes at most"
        )
        self.shape = shape
        self.first = first
        self.second = second
    }

    /// The number of steps.
    package var count: Int { shape.reduce(1, *) }

    /// Floats that the first operand reaches over.
    package var firstReach: Int { reach(first) }

    /// Floats that the second operand reaches over.
    package var secondReach: Int { reach(second) }

    /// The loop with its first axis cut down to one step.
    package var inner: StridedLoop {
        StridedLoop(
            shape: Array(shape.dropFirst()),
            first: Array(first.dropFirst()),
            second: Array(second.dropFirst())
        )
    }

    private func reach(_ strides: [Int]) -> Int {
        guard count > 0 else { return 0 }
        return 1 + zip(shape, strides).reduce(0) { $0 + ($1.0 - 1) * max($1.1, 0) }
    }

    /// The same steps in the same order over as few axes as possible.
    private var joined: StridedLoop {
        var (shape, first, second): ([Int], [Int], [Int]) = ([], [], [])
        for axis in self.shape.indices.reversed() where self.shape[axis] != 1 {
            if let length = shape.last, let a = first.last, let b = second.last,
                self.first[axis] == length * a, self.second[axis] == length * b
            {
                shape[shape.count - 1] *= self.shape[axis]
            } else {
                shape.append(self.shape[axis])
                first.append(self.first[axis])
                second.append(self.second[axis])
            }
        }
        return StridedLoop(
            shape: shape.reversed(),
            first: first.reversed(),
            second: second.reversed()
        )
    }

    var description: gk_loop {
        joined.ownDescription
    }

    private var ownDescription: gk_loop {
        var loop = gk_loop()
        loop.rank = max(shape.count, 1)
        unsafe withUnsafeMutableBytes(of: &loop.shape) { room in
            unsafe fill(room.bindMemory(to: Int.self), with: shape, filler: 1)
        }
        unsafe withUnsafeMutableBytes(of: &loop.a) { room in
            unsafe fill(room.bindMemory(to: Int.self), with: first, filler: 0)
        }
        unsafe withUnsafeMutableBytes(of: &loop.b) { room in
            unsafe fill(room.bindMemory(to: Int.self), with: second, filler: 0)
        }
        return loop
    }

    private func fill(_ room: UnsafeMutableBufferPointer<Int>, with values: [Int], filler: Int) {
        for index in room.indices {
            unsafe room[index] = index < values.count ? values[index] : filler
        }
    }
}
