/// Steps that apply a function to every element.
enum ElementwiseSteps {
    /// Applies a function to floats.
    static func apply(
        _ function: UnaryFunction,
        _ input: TypedView<Float>,
        _ output: TypedView<Float>
    ) -> Step {
        {
            input.read { x in
                output.write { y in
                    for index in x.indices { y[index] = Float(function(Double(x[index]))) }
                }
            }
        }
    }

    /// Applies a function to doubles.
    static func apply(
        _ function: UnaryFunction,
        _ input: TypedView<Double>,
        _ output: TypedView<Double>
    ) -> Step {
        {
            input.read { x in
                output.write { y in
                    for index in x.indices { y[index] = function(x[index]) }
                }
            }
        }
    }
}
