/// Steps that pool floats by a kernel.
enum PoolingSteps {
    /// The step for a channels-last value with one or two spatial axes; nil for anything else.
    static func step(
        _ kind: Pooling.Kind,
        _ geometry: WindowGeometry,
        _ places: StepPlaces
    ) -> Step? {
        let type = places.inputType(0)
        guard type.elementType == .float32, (3...4).contains(type.rank) else { return nil }
        let lengths = Array(type.shape[1..<type.rank - 1])
        let windows = geometry.resolved(for: lengths)
        let pooling = Pooling(
            kind,
            geometry: ConvolutionGeometry(windows),
            roundsUp: geometry.roundsUp && geometry.padding == .explicit
        )
        let height = lengths.count == 2 ? lengths[0] : 1
        let width = lengths[lengths.count - 1]
        let channels = type.shape[type.rank - 1]
        let batch = type.shape[0]
        let (input, output) = (places.floats(0), places.result(0))
        return {
            pooling.run(
                input,
                inputHeight: height,
                inputWidth: width,
                channels: channels,
                batch: batch,
                into: output
            )
        }
    }
}
