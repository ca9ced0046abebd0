/// Visits the windows of a convolution or pool by plain loops over three spatial axes.
///
/// Values are channels-last; where there are fewer spatial axes, leading ones of length 1 are added.
struct PlainWindows {
    /// One place of the output and the taps of its window that lie inside the input.
    struct Window {
        /// The number of the place among those of all images.
        let index: Int
        let image: Int
        /// Where the first tap along each axis would lie.
        fileprivate let start: (Int, Int, Int)
        fileprivate let taps: (Range<Int>, Range<Int>, Range<Int>)

        /// The number of taps inside.
        var tapCount: Int { taps.0.count * taps.1.count * taps.2.count }
    }

    /// The lengths of the input's spatial axes, three of them.
    let inputVolume: [Int]
    let channels: Int
    private let batch: Int
    private let windows: [WindowAxis]
    private let outputVolume: [Int]

    /// Prepares to visit the windows of an input.
    init(geometry: WindowGeometry, inputShape: [Int], outputShape: [Int]) {
        let spatialIn = Array(inputShape[1..<inputShape.count - 1])
        let spatialOut = Array(outputShape[1..<outputShape.count - 1])
        let missing = 3 - spatialIn.count
        windows =
            [WindowAxis](repeating: .trivial, count: missing) + geometry.resolved(for: spatialIn)
        inputVolume = [Int](repeating: 1, count: missing) + spatialIn
        outputVolume = [Int](repeating: 1, count: missing) + spatialOut
        batch = inputShape[0]
        channels = inputShape[inputShape.count - 1]
    }

    /// Calls `body` for every window of every image, in the order of the output.
    func forEach(_ body: (Window) -> Void) {
        var index = 0
        for image in 0..<batch {
            for d in 0..<outputVolume[0] {
                let (startD, tapsD) = taps(0, d)
                for h in 0..<outputVolume[1] {
                    let (startH, tapsH) = taps(1, h)
                    for w in 0..<outputVolume[2] {
                        let (startW, tapsW) = taps(2, w)
                        body(
                            Window(
                                index: index,
                                image: image,
                                start: (startD, startH, startW),
                                taps: (tapsD, tapsH, tapsW)
                            )
                        )
                        index += 1
                    }
                }
            }
        }
    }

    /// Where a window's first tap along an axis would lie, and which of its taps lie inside.
    private func taps(_ axis: Int, _ output: Int) -> (Int, Range<Int>) {
        let window = windows[axis]
        let start = output * window.stride - window.padBefore
        let first = start < 0 ? (-start + window.dilation - 1) / window.dilation : 0
        let end = min(window.kernel, window.taps(from: start, before: inputVolume[axis]))
        return (start, min(first, max(end, 0))..<max(end, 0))
    }

    /// The number of taps of a window that lie in the input or its explicit padding.
    func paddedTapCount(_ window: Window) -> Int {
        zip([window.start.0, window.start.1, window.start.2], windows.indices)
            .reduce(1) { count, place in
                let axis = windows[place.1]
                let end = inputVolume[place.1] + axis.padAfter
                return count * min(axis.kernel, axis.taps(from: place.0, before: end))
            }
    }

    /// Calls `body` with the number of every inside tap of a window, and with the element of
    /// channel 0 under it.
    func forEachTap(_ window: Window, _ body: (_ tap: Int, _ element: Int) -> Void) {
        for d in window.taps.0 {
            let depth = window.image * inputVolume[0] + window.start.0 + d * windows[0].dilation
            for h in window.taps.1 {
                let row = depth * inputVolume[1] + window.start.1 + h * windows[1].dilation
                for w in window.taps.2 {
                    let place = row * inputVolume[2] + window.start.2 + w * windows[2].dilation
                    body((d * windows[1].kernel + h) * windows[2].kernel + w, place * channels)
                }
            }
        }
    }
}

extension ConvOperator {
    /// The step by plain loops, for what the kernels do not do: weights that are known only at run
    /// time, and three spatial axes.
    func plainStep(_ places: StepPlaces) -> Step {
        let (input, output) = (places.input(0, Float.self), places.output(0, Float.self))
        let windows = PlainWindows(
            geometry: geometry,
            inputShape: input.shape,
            outputShape: output.shape
        )
        let weights = self.weights.map { FloatMemory($0.floats).readOnly } ?? places.floats(1)
        let runtimeBias = places.hasInput(2) ? places.floats(2) : nil
        let channels = output.shape[output.shape.count - 1]
        let (groupInputs, groupOutputs) = (weightShape[1], channels / groups)
        let tapCount = weightShape[2...].reduce(1, *)
        let result = output.mutableFloats
        return { [bias, activation] in
            windows.forEach { window in
                let target = window.index * channels
                for channel in 0..<channels {
                    output[target + channel] = bias?[channel] ?? runtimeBias?[channel] ?? 0
                }
                windows.forEachTap(window) { tap, element in
                    for channel in 0..<channels {
                        let source = element + channel / groupOutputs * groupInputs
                        var sum: Float = 0
                        for index in 0..<groupInputs {
                            sum +=
                                input[source + index]
                                * weights[(channel * groupInputs + index) * tapCount + tap]
                        }
                        output[target + channel] += sum
                    }
                }
            }
            activation.apply(result.readOnly, into: result)
        }
    }
}
