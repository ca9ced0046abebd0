/// The product of rows with a constant matrix, plus a bias, through an activation.
struct DenseProduct: Sendable {
    /// `[depth, columns]`.
    let weights: [Float]
    let depth: Int
    let columns: Int
    /// One number a column.
    let bias: [Float]?
    let activation: UnaryFunction

    /// The step for `rows` rows of `depth` numbers.
    func step(_ input: TypedView<Float>, _ output: TypedView<Float>, rows: Int) -> Step {
        { [self] in
            input.read { x in
                output.write { y in
                    for row in 0..<rows {
                        for column in 0..<columns {
                            var sum: Float = 0
                            for k in 0..<depth {
                                sum += x[row * depth + k] * weights[k * columns + column]
                            }
                            sum += bias.map { $0[column] } ?? 0
                            y[row * columns + column] =
                                activation == .identity ? sum : Float(activation(Double(sum)))
                        }
                    }
                }
            }
        }
    }
}
