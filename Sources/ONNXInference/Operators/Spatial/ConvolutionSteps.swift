/// Chooses how a convolution is carried out.
enum ConvolutionSteps {
    /// The step for a channels-last convolution.
    static func step(for convolution: ConvOperator, _ places: StepPlaces) -> Step {
        PlainConvolution.step(for: convolution, places)
    }
}
