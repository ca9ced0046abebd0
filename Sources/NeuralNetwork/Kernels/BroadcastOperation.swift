import CKernels
import Glibc

/// A binary function of two tensors whose shapes broadcast as ONNX (and NumPy) say.
///
/// The output may lie where an operand of the output's shape lies.
package struct BroadcastOperation: Sendable {
    package let function: BinaryFunction
    package let outputShape: [Int]
    package let outputCount: Int
    /// Axes that both operands step through alike are one, so that the inner loop is long.
    private let loops: LoopNest
    private let leftCount: Int
    private let rightCount: Int

    /// Nil if the shapes do not broadcast.
    package init?(_ function: BinaryFunction, left: [Int], right: [Int]) {
        guard let shape = try? Broadcast.shape(of: [left, right]) else { return nil }
        self.function = function
        outputShape = shape
        outputCount = shape.reduce(1, *)
        loops = Broadcast.loops([left, right], to: shape)
        leftCount = left.reduce(1, *)
        rightCount = right.reduce(1, *)
    }

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
        // The innermost two axes go to the kernel together.
        let inner = loops.lengths.count - 1
        let innerCount = min(2, inner + 1)
        let columns = loops.lengths[inner]
        let rows = innerCount == 2 ? loops.lengths[inner - 1] : 1
        for round in 0..<loops.outerRounds(innerCount: innerCount) {
            let l = loops.offset(of: 0, round: round, innerCount: innerCount)
            let r = loops.offset(of: 1, round: round, innerCount: innerCount)
            let target = round * rows * columns
            let (leftRow, rightRow) =
                innerCount == 2
                ? (loops.strides[0][inner - 1], loops.strides[1][inner - 1]) : (0, 0)
            let (leftColumn, rightColumn) = (loops.strides[0][inner], loops.strides[1][inner])
            if let kind = function.kind {
                unsafe tk_binary(
                    level.code,
                    kind,
                    rows,
                    columns,
                    left.base + l,
                    leftRow,
                    leftColumn,
                    right.base + r,
                    rightRow,
                    rightColumn,
                    output.base + target
                )
                continue
            }
            for row in 0..<rows {
                for column in 0..<columns {
                    output[target + row * columns + column] = Self.power(
                        left[l + row * leftRow + column * leftColumn],
                        right[r + row * rightRow + column * rightColumn]
                    )
                }
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

/// A function of two numbers, for `BroadcastOperation`.
package enum BinaryFunction: CaseIterable, Sendable {
    case add, subtract, multiply, divide, minimum, maximum
    /// a to the power b, as C's `powf`; squares and roots are done without it.
    case power

    var kind: tk_binary_kind? {
        switch self {
        case .add: TK_ADD
        case .subtract: TK_SUBTRACT
        case .multiply: TK_MULTIPLY
        case .divide: TK_DIVIDE
        case .minimum: TK_MINIMUM
        case .maximum: TK_MAXIMUM
        case .power: nil
        }
    }
}
