/// Visits the windows of a pooling node by plain loops over three spatial axes.
struct PlainPooling {
    private let batch: Int
    private let channels: Int
    private let windows: [WindowAxis]
    private let inputVolume: [Int]
    private let outputVolume: [Int]

    /// Prepares to visit channels-last values.
    init(geometry: WindowGeometry, inputShape: [Int], outputShape: [Int]) {
        let spatialIn = Array(inputShape[1..<inputShape.count - 1])
        let spatialOut = Array(outputShape[1..<outputShape.count - 1])
        let missing = 3 - spatialIn.count
        let trivial = WindowAxis(kernel: 1, stride: 1, dilation: 1, padBefore: 0, padAfter: 0)
        windows =
            [WindowAxis](repeating: trivial, count: missing) + geometry.resolved(for: spatialIn)
        inputVolume = [Int](repeating: 1, count: missing) + spatialIn
        outputVolume = [Int](repeating: 1, count: missing) + spatialOut
        batch = inputShape[0]
        channels = inputShape[inputShape.count - 1]
    }

    /// Calls `body` for every window with the place of its output and the inside places it covers.
    ///
    /// - Parameter body: Gets the image, the output place inside the image, and the first, the
    ///   count and the distance of the inside taps along each axis.
    func forEachWindow(
        _ body: (
            _ image: Int, _ place: Int, _ first: (Int, Int, Int), _ count: (Int, Int, Int)
        ) -> Void
    ) {
        for image in 0..<batch {
            var place = 0
            for d in 0..<outputVolume[0] {
                let (firstD, countD) = taps(0, d)
                for h in 0..<outputVolume[1] {
                    let (firstH, countH) = taps(1, h)
                    for w in 0..<outputVolume[2] {
                        let (firstW, countW) = taps(2, w)
                        body(image, place, (firstD, firstH, firstW), (countD, countH, countW))
                        place += 1
                    }
                }
            }
        }
    }

    /// The first inside tap's place along an axis, and how many taps are inside.
    private func taps(_ axis: Int, _ output: Int) -> (Int, Int) {
        let window = windows[axis]
        let start = output * window.stride - window.padBefore
        let skipped = start < 0 ? (-start + window.dilation - 1) / window.dilation : 0
        let first = start + skipped * window.dilation
        let fitting =
            first >= inputVolume[axis]
            ? 0 : (inputVolume[axis] - first + window.dilation - 1) / window.dilation
        return (first, max(0, min(window.kernel - skipped, fitting)))
    }

    /// The number of taps of a window that lie in the input or its explicit padding.
    func paddedTapCount(at place: Int) -> Int {
        var remaining = place
        var count = 1
        for axis in [2, 1, 0] {
            let window = windows[axis]
            let output = remaining % outputVolume[axis]
            remaining /= outputVolume[axis]
            let start = output * window.stride - window.padBefore
            let end = inputVolume[axis] + window.padAfter
            count *= min(window.kernel, (end - start + window.dilation - 1) / window.dilation)
        }
        return count
    }

    /// Calls `body` with the element of channel 0 of every inside place of a window.
    func forEachPlace(
        _ image: Int,
        _ first: (Int, Int, Int),
        _ count: (Int, Int, Int),
        _ body: (Int) -> Void
    ) {
        for d in 0..<count.0 {
            let depth = image * inputVolume[0] + first.0 + d * windows[0].dilation
            for h in 0..<count.1 {
                let row = depth * inputVolume[1] + first.1 + h * windows[1].dilation
                for w in 0..<count.2 {
                    body(
                        (row * inputVolume[2] + first.2 + w * windows[2].dilation) * channels
                    )
                }
            }
        }
    }

    /// The number of channels.
    var channelCount: Int { channels }
    /// The number of windows of one image.
    var placeCount: Int { outputVolume.reduce(1, *) }
    /// The number of places of one input image.
    var inputPlaceCount: Int { inputVolume.reduce(1, *) }
    /// The lengths of the input's spatial axes, three of them.
    var inputLengths: [Int] { inputVolume }
}
