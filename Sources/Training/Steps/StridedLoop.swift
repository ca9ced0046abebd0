import CKernels
package import NeuralNetwork

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

/// Arithmetic, copies and maxima over any axes, with their gradients.
///
/// Negative strides are allowed for the first operand of ``copy``; its slice then begins at the
/// element that the first step reads, inside a memory that holds the others.
package enum StridedKernels {
    /// output = a ∘ b; the output has the loop's shape, without gaps.
    package static func binary(
        _ kind: BinaryKind,
        _ loop: StridedLoop,
        _ a: FloatSlice,
        _ b: FloatSlice,
        into output: MutableFloatSlice
    ) {
        require(loop, a, b, output.readOnly)
        var description = loop.description
        unsafe gk_binary(kind.code, &description, a.base, b.base, output.base)
    }

    /// Adds to `da` the gradient with respect to the first operand.
    package static func leftGradient(
        _ kind: BinaryKind,
        _ loop: StridedLoop,
        a: FloatSlice,
        b: FloatSlice,
        gradient: FloatSlice,
        addingTo da: MutableFloatSlice
    ) {
        require(loop, a, b, gradient)
        da.require(loop.firstReach, "gradient")
        var description = loop.description
        unsafe gk_binary_left(
            kind.code,
            &description,
            a.base,
            b.base,
            gradient.base,
            da.base
        )
    }

    /// Adds to `db` the gradient with respect to the second operand.
    package static func rightGradient(
        _ kind: BinaryKind,
        _ loop: StridedLoop,
        a: FloatSlice,
        b: FloatSlice,
        gradient: FloatSlice,
        addingTo db: MutableFloatSlice
    ) {
        require(loop, a, b, gradient)
        db.require(loop.secondReach, "gradient")
        var description = loop.description
        unsafe gk_binary_right(
            kind.code,
            &description,
            a.base,
            b.base,
            gradient.base,
            db.base
        )
    }

    /// target = scale · source, or target += scale · source.
    package static func copy(
        _ loop: StridedLoop,
        scale: Float = 1,
        adds: Bool,
        from source: FloatSlice,
        to target: MutableFloatSlice
    ) {
        source.require(loop.firstReach, "source")
        target.require(loop.secondReach, "target")
        var description = loop.description
        unsafe gk_copy(&description, scale, adds ? 1 : 0, source.base, target.base)
    }

    /// The maximum of all that goes to an element of `target`; `places` remember which it was.
    package static func maximum(
        _ loop: StridedLoop,
        of source: FloatSlice,
        into target: MutableFloatSlice,
        places: PlaceBuffer,
        firstPlace: Int
    ) {
        source.require(loop.firstReach, "source")
        target.require(loop.secondReach, "target")
        places.forget(at: firstPlace, count: loop.secondReach)
        let origins = unsafe places.pointer(at: firstPlace, count: loop.secondReach)
        var description = loop.description
        unsafe gk_maximum(&description, source.base, target.base, origins)
    }

    /// Adds each maximum's gradient to the element that was the maximum.
    package static func maximumGradient(
        _ loop: StridedLoop,
        gradient: FloatSlice,
        places: PlaceBuffer,
        firstPlace: Int,
        addingTo source: MutableFloatSlice
    ) {
        source.require(loop.firstReach, "source")
        gradient.require(loop.secondReach, "gradient")
        let origins = unsafe places.pointer(at: firstPlace, count: loop.secondReach)
        var description = loop.description
        unsafe gk_maximum_gradient(&description, gradient.base, origins, source.base)
    }

    private static func require(
        _ loop: StridedLoop,
        _ a: FloatSlice,
        _ b: FloatSlice,
        _ output: FloatSlice
    ) {
        a.require(loop.firstReach, "first operand")
        b.require(loop.secondReach, "second operand")
        output.require(loop.count, "result")
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
