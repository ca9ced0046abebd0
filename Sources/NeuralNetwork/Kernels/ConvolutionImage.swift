/// One image to convolve: where it is and how large, and where the result goes.
struct ConvolutionImage {
    let input: FloatSlice
    let height: Int
    let width: Int
    /// Of the output's shape.
    let addend: FloatSlice?
    let workspace: MutableFloatSlice
    let output: MutableFloatSlice
    /// Limits of the output.
    let bounds: (low: Float, high: Float)
    let level: InstructionLevel
}
