/// Convolution by plain loops, for what the kernels do not do: weights that are known only at run
/// time, and three spatial axes.
enum PlainConvolution {
    /// The step for a channels-last convolution.
    static func step(for convolution: ConvOperator, _ places: StepPlaces) -> Step {
        let input = places.input(0, Float.self)
        let output = places.output(0, Float.self)
        let bias = convolution.bias
        let activation = convolution.activation
        let loops = Loops(
            geometry: convolution.geometry,
            inputShape: input.shape,
            outputShape: output.shape,
            weightShape: convolution.weightShape,
            groups: convolution.groups
        )
        let weights: TypedView<Float>
        if let constant = convolution.weights {
            weights = TypedView(
                storage: FloatMemory(constant),
                range: 0..<constant.count,
                shape: convolution.weightShape
            )
        } else {
            weights = places.input(1, Float.self)
        }
        let runtimeBias = places.hasInput(2) ? places.input(2, Float.self) : nil
        let finish = ElementwiseSteps.apply(activation, output, output)
        let channels = output.shape[output.shape.count - 1]
        return {
            for index in 0..<output.count {
                output[index] =
                    bias?[index % channels] ?? runtimeBias?[index % channels] ?? 0
            }
            loops.add(input, weights, to: output)
            finish()
        }
    }

    /// The bounds of the loops, with three spatial axes.
    private struct Loops {
        let batch: Int
        let windows: [WindowAxis]
        let inputVolume: [Int]
        let outputVolume: [Int]
        let inputChannels: Int
        let outputChannels: Int
        let groups: Int
        let groupInputs: Int

        init(
            geometry: WindowGeometry,
            inputShape: [Int],
            outputShape: [Int],
            weightShape: [Int],
            groups: Int
        ) {
            let spatialIn = Array(inputShape[1..<inputShape.count - 1])
            let spatialOut = Array(outputShape[1..<outputShape.count - 1])
            let missing = 3 - spatialIn.count
            let trivial = WindowAxis(
                kernel: 1,
                stride: 1,
                dilation: 1,
                padBefore: 0,
                padAfter: 0
            )
            windows =
                [WindowAxis](repeating: trivial, count: missing)
                + geometry.resolved(for: spatialIn)
            inputVolume = [Int](repeating: 1, count: missing) + spatialIn
            outputVolume = [Int](repeating: 1, count: missing) + spatialOut
            batch = inputShape[0]
            inputChannels = inputShape[inputShape.count - 1]
            outputChannels = outputShape[outputShape.count - 1]
            self.groups = groups
            groupInputs = weightShape[1]
        }

        func add(_ x: TypedView<Float>, _ weights: TypedView<Float>, to y: TypedView<Float>) {
            var place = 0
            for image in 0..<batch {
                for d in 0..<outputVolume[0] {
                    for h in 0..<outputVolume[1] {
                        for w in 0..<outputVolume[2] {
                            addPlace(image, [d, h, w], x, weights, to: y, at: place)
                            place += outputChannels
                        }
                    }
                }
            }
        }

        private func addPlace(
            _ image: Int,
            _ outputPlace: [Int],
            _ x: TypedView<Float>,
            _ weights: TypedView<Float>,
            to y: TypedView<Float>,
            at start: Int
        ) {
            let taps = windows.map(\.kernel)
            let tapCount = taps[0] * taps[1] * taps[2]
            for tap in 0..<tapCount {
                let tapPlace = [tap / (taps[1] * taps[2]), tap / taps[2] % taps[1], tap % taps[2]]
                var source = image
                var isInside = true
                for axis in 0..<3 {
                    let window = windows[axis]
                    let index =
                        outputPlace[axis] * window.stride + tapPlace[axis] * window.dilation
                        - window.padBefore
                    isInside = isInside && index >= 0 && index < inputVolume[axis]
                    source = source * inputVolume[axis] + index
                }
                guard isInside else { continue }
                let groupOutputs = outputChannels / groups
                for channel in 0..<outputChannels {
                    let firstInput = source * inputChannels + channel / groupOutputs * groupInputs
                    var sum: Float = 0
                    for index in 0..<groupInputs {
                        sum +=
                            x[firstInput + index]
                            * weights[(channel * groupInputs + index) * tapCount + tap]
                    }
                    y[start + channel] += sum
                }
            }
        }
    }
}
