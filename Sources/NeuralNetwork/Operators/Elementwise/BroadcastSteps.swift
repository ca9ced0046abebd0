/// Steps that combine operands element by element with broadcasting.
enum BroadcastSteps {
    /// Combines two operands by a function.
    static func combine<Left: TensorElement, Right: TensorElement, Result: TensorElement>(
        _ left: TypedView<Left>,
        _ right: TypedView<Right>,
        _ output: TypedView<Result>,
        by function: @escaping (Left, Right) -> Result
    ) -> Step {
        guard output.count > 0 else { return {} }
        let loops = Broadcast.loops([left.shape, right.shape], to: output.shape)
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
