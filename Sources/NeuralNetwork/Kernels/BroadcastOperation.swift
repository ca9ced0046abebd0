import CKernels
import Glibc

/// A binary function of two tensors whose shapes broadcast as ONNX (and NumPy) say.
///
/// The shapes are worked out once: axes that both operands step through alike become one, so that
/// the inner loop is long.
package struct BroadcastOperation: Sendable {
    package let function: BinaryFunction
    package let outputShape: [Int]
    private let axes: [Axis]
    private let leftCount: Int
    private let rightCount: Int

    /// One axis, or several joined: its size and how far each operand steps along it.
    private struct Axis {
        var size: Int
        var leftStep: Int
        var rightStep: Int
    }

    /// Nil if the shapes do not broadcast.
    package init?(_ function: BinaryFunction, left: [Int], right: [Int]) {
        let rank = max(left.count, right.count)
        let leftShape = Array(repeating: 1, count: rank - left.count) + left
        let rightShape = Array(repeating: 1, count: rank - right.count) + right
        var shape: [Int] = []
        var axes: [Axis] = []
        var leftStride = 1
        var rightStride = 1
        for (l, r) in zip(leftShape, rightShape).reversed() {
            guard l == r || l == 1 || r == 1 else { return nil }
            let size = l == 1 ? r : l
            shape.append(size)
            let axis = Axis(
                size: size,
                leftStep: l == 1 ? 0 : leftStride,
                rightStep: r == 1 ? 0 : rightStride
            )
            leftStride *= l
            rightStride *= r
            if size == 1 { continue }
            if let last = axes.last, Self.joins(last, axis) {
                axes[axes.count - 1].size *= size
            } else {
                axes.append(axis)
            }
        }
        self.function = function
        outputShape = shape.reversed()
        leftCount = leftStride
        rightCount = rightStride
        self.axes = axes
    }

    package var outputCount: Int { outputShape.reduce(1, *) }

    /// Whether the output may lie where the left operand lies: then no element is read after it was
    /// overwritten.
    package var canOverwriteLeft: Bool { leftCount == outputCount }

    /// Whether the output may lie where the right operand lies.
    package var canOverwriteRight: Bool { rightCount == outputCount }

    package func run(
        _ left: FloatSlice,
        _ right: FloatSlice,
        into output: MutableFloatSlice,
        level: InstructionLevel = .best
    ) {
        left.require(leftCount, "left operand")
        right.require(rightCount, "right operand")
        output.require(outputCount, "output")
        guard outputCount > 0 else { return }
        run(axes.count - 1, left, 0, right, 0, output, 0, level)
    }

    /// The innermost two axes go to the kernel together; those outside are walked through here.
    private func run(
        _ axis: Int,
        _ left: FloatSlice,
        _ leftStart: Int,
        _ right: FloatSlice,
        _ rightStart: Int,
        _ output: MutableFloatSlice,
        _ outputStart: Int,
        _ level: InstructionLevel
    ) {
        if axis < 2 {
            runInner(left, leftStart, right, rightStart, output, outputStart, level)
            return
        }
        let current = axes[axis]
        let outputStep = axes[0..<axis].reduce(1) { $0 * $1.size }
        for index in 0..<current.size {
            run(
                axis - 1,
                left,
                leftStart + index * current.leftStep,
                right,
                rightStart + index * current.rightStep,
                output,
                outputStart + index * outputStep,
                level
            )
        }
    }

    private func runInner(
        _ left: FloatSlice,
        _ leftStart: Int,
        _ right: FloatSlice,
        _ rightStart: Int,
        _ output: MutableFloatSlice,
        _ outputStart: Int,
        _ level: InstructionLevel
    ) {
        let inner = axes.first ?? Axis(size: 1, leftStep: 0, rightStep: 0)
        let outer = axes.count > 1 ? axes[1] : Axis(size: 1, leftStep: 0, rightStep: 0)
        if let kind = function.kind {
            unsafe tk_binary(
                level.code,
                kind,
                outer.size,
                inner.size,
                left.base + leftStart,
                outer.leftStep,
                inner.leftStep,
                right.base + rightStart,
                outer.rightStep,
                inner.rightStep,
                output.base + outputStart
            )
            return
        }
        for row in 0..<outer.size {
            for column in 0..<inner.size {
                let base = left[leftStart + row * outer.leftStep + column * inner.leftStep]
                let exponent = right[rightStart + row * outer.rightStep + column * inner.rightStep]
                output[outputStart + row * inner.size + column] = Self.power(base, exponent)
            }
        }
    }

    private static func power(_ base: Float, _ exponent: Float) -> Float {
        switch exponent {
        case 2: base * base
        case 1: base
        default: powf(base, exponent)
        }
    }

    /// Whether stepping past the end of `inner` lands where a step of `outer` does.
    private static func joins(_ inner: Axis, _ outer: Axis) -> Bool {
        outer.leftStep == inner.leftStep * inner.size
            && outer.rightStep == inner.rightStep * inner.size
    }
}

/// target[i] += values[i].
func addInPlace(_ values: FloatSlice, to target: MutableFloatSlice, level: InstructionLevel) {
    target.require(values.count, "target")
    unsafe tk_binary(
        level.code,
        TK_ADD,
        1,
        values.count,
        values.base,
        0,
        1,
        target.base,
        0,
        1,
        target.base
    )
}
