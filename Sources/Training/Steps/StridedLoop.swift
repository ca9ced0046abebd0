import CKernels
import NeuralNetwork

/// A loop over axes with two operands whose strides may be anything.
///
/// A stride of 0 reads an element again and again, or sums into it. Negative strides are allowed for
/// the first operand of ``copy(scale:adds:from:to:)``; its slice then begins at the element that the
/// first step reads, inside a memory that holds the others.
struct StridedLoop: Hashable, Sendable {
    /// The length of each axis.
    var shape: [Int]
    /// Floats from step to step of the first operand, for each axis.
    let first: [Int]
    /// The same for the second operand.
    let second: [Int]

    /// The most axes that a loop may have.
    static let maximumRank = Int(GK_MAX_RANK)

    /// Creates a loop; one over a single element has no axes.
    init(shape: [Int], first: [Int], second: [Int]) {
        precondition(
            shape.count == first.count && shape.count == second.count
                && shape.count <= Self.maximumRank,
            "a loop has one stride per axis and at most \(Self.maximumRank) axes"
        )
        self.shape = shape
        self.first = first
        self.second = second
    }

    /// The number of steps.
    var count: Int { shape.reduce(1, *) }

    /// Floats that the first operand reaches over.
    var firstReach: Int { reach(first) }

    /// Floats that the second operand reaches over.
    var secondReach: Int { reach(second) }

    /// The loop with its operands exchanged.
    var reversed: StridedLoop { StridedLoop(shape: shape, first: second, second: first) }

    /// The part of the loop that covers some steps of the first axis.
    func part(_ range: Range<Int>) -> StridedLoop {
        var part = self
        part.shape[0] = range.count
        return part
    }

    /// target = scale · source, or target += scale · source.
    func copy(
        scale: Float = 1,
        adds: Bool,
        from source: FloatSlice,
        to target: MutableFloatSlice
    ) {
        source.require(firstReach, "source")
        target.require(secondReach, "target")
        var loop = kernelLoop
        unsafe gk_copy(&loop, scale, adds ? 1 : 0, source.base, target.base)
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

    /// The loop as the kernels read it.
    var kernelLoop: gk_loop {
        let joined = joined
        var loop = gk_loop()
        loop.rank = max(joined.shape.count, 1)
        Self.fill(&loop.shape, with: joined.shape, filler: 1)
        Self.fill(&loop.a, with: joined.first, filler: 0)
        Self.fill(&loop.b, with: joined.second, filler: 0)
        return loop
    }

    private static func fill<Axes>(_ axes: inout Axes, with values: [Int], filler: Int) {
        unsafe withUnsafeMutableBytes(of: &axes) { bytes in
            let room = unsafe bytes.bindMemory(to: Int.self)
            for index in room.indices {
                unsafe room[index] = index < values.count ? values[index] : filler
            }
        }
    }
}

/// Strides of tensors without gaps.
enum RowMajor {
    /// Elements from step to step along each axis.
    static func strides(of shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] * shape[axis + 1]
        }
        return strides
    }

    /// The strides of a tensor that is repeated to fill `target`, or nil if it does not fit.
    static func broadcastStrides(of shape: [Int], to target: [Int]) -> [Int]? {
        guard shape.count <= target.count else { return nil }
        let missing = target.count - shape.count
        let own = strides(of: shape)
        var result = [Int](repeating: 0, count: target.count)
        for axis in shape.indices where shape[axis] != 1 {
            guard shape[axis] == target[missing + axis] else { return nil }
            result[missing + axis] = own[axis]
        }
        return result
    }
}
