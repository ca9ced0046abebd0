internal import CKernels
package import NeuralNetwork

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
