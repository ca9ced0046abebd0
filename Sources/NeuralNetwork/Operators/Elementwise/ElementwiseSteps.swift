/// Steps that apply a function to every element.
enum ElementwiseSteps {
    /// Applies a function to floats.
    static func apply(
        _ function: ScalarFunction,
        _ input: TypedView<Float>,
        _ output: TypedView<Float>
    ) -> Step {
        let (input, output) = (input.floats, output.mutableFloats)
        return { function.apply(input, into: output) }
    }

    /// Applies a function to doubles.
    static func apply(
        _ function: ScalarFunction,
        _ input: TypedView<Double>,
        _ output: TypedView<Double>
    ) -> Step {
        { for index in 0..<input.count { output[index] = function(input[index]) } }
    }
}
