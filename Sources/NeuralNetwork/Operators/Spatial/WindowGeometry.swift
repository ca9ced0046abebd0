/// The sliding windows of a convolution or pooling node, along every spatial axis.
struct WindowGeometry: Hashable, Sendable {
    /// How padding is decided.
    enum Padding: Hashable, Sendable {
        case explicit
        /// As much as makes the output as long as the input divided by the stride.
        case same(extraAtEnd: Bool)
    }

    /// One window an axis; with ``Padding/same(extraAtEnd:)`` the pads are set by ``resolved(for:)``.
    var axes: [WindowAxis]
    var padding: Padding
    /// Whether a last window that is only partly inside counts.
    var roundsUp: Bool

    /// The most numbers of one image with its padding.
    private static let largestPaddedImage = 1 << 28

    /// The largest kernel, stride, dilation or pad that is believed.
    private static let largest = 1 << 24

    /// Reads the attributes that convolutions and pools share.
    ///
    /// - Parameters:
    ///   - node: The node.
    ///   - kernel: The shape of the weights along the spatial axes; nil when only the node knows.
    ///   - spatialRank: The number of spatial axes.
    /// - Throws: ``Refusal`` when an attribute is missing, contradicts another or is out of range.
    init(
        _ node: inout NodeReader,
        kernel: [Int]?,
        spatialRank: Int
    ) throws(Refusal) {
        let declared = try node.integers("kernel_shape")
        guard let kernel = kernel ?? declared else { throw Refusal("it lacks 'kernel_shape'") }
        guard declared == nil || declared == kernel else {
            throw Refusal(
                "its kernel_shape \(declared ?? []) is not that of its weights, \(kernel)"
            )
        }
        let ones = [Int](repeating: 1, count: spatialRank)
        let strides = try node.integers("strides") ?? ones
        let dilations = try node.integers("dilations") ?? ones
        let pads =
            try node.integers("pads") ?? [Int](repeating: 0, count: 2 * spatialRank)
        guard kernel.count == spatialRank, strides.count == spatialRank,
            dilations.count == spatialRank, pads.count == 2 * spatialRank
        else {
            throw Refusal(
                "its kernel_shape, strides, dilations and pads are not for \(spatialRank) axes"
            )
        }
        guard (kernel + strides + dilations).allSatisfy({ (1...Self.largest).contains($0) }),
            pads.allSatisfy({ (0...Self.largest).contains($0) }),
            zip(kernel, dilations).allSatisfy({ $0 * $1 <= Self.largest })
        else {
            throw Refusal(
                "kernel_shape \(kernel), strides \(strides), dilations \(dilations) or pads \(pads)"
                    + " is out of range"
            )
        }
        switch try node.string("auto_pad", default: "NOTSET") {
        case "NOTSET": padding = .explicit
        case "VALID": padding = .explicit
        case "SAME_UPPER": padding = .same(extraAtEnd: true)
        case "SAME_LOWER": padding = .same(extraAtEnd: false)
        case let other: throw Refusal("its auto_pad is '\(other)'")
        }
        axes = (0..<spatialRank).map { axis in
            WindowAxis(
                kernel: kernel[axis],
                stride: strides[axis],
                dilation: dilations[axis],
                padBefore: pads[axis],
                padAfter: pads[spatialRank + axis]
            )
        }
        roundsUp = false
    }

    /// The windows for an input of the given spatial shape, every pad decided.
    func resolved(for inputLengths: [Int]) -> [WindowAxis] {
        guard case .same(let extraAtEnd) = padding else { return axes }
        return zip(axes, inputLengths).map { window, length in
            var window = window
            let outputLength = (length + window.stride - 1) / window.stride
            let total = max(0, (outputLength - 1) * window.stride + window.extent - length)
            window.padBefore = extraAtEnd ? total / 2 : total - total / 2
            window.padAfter = total - window.padBefore
            return window
        }
    }

    /// The spatial shape of the output for an input of the given spatial shape.
    func outputLengths(for inputLengths: [Int]) throws(Refusal) -> [Int] {
        var lengths: [Int] = []
        for (window, length) in zip(resolved(for: inputLengths), inputLengths) {
            let outputLength = window.outputLength(
                for: length,
                roundingUp: roundsUp && padding == .explicit
            )
            guard let outputLength else {
                throw Refusal(
                    "a window of \(window.extent) does not fit into \(length) with padding "
                        + "\(window.padBefore) and \(window.padAfter)"
                )
            }
            lengths.append(outputLength)
        }
        return lengths
    }

    /// Refuses padding that makes an image of `channels` channels larger than anything sensible.
    func checkPaddedSize(_ inputLengths: [Int], channels: Int) throws(Refusal) {
        let lengths = zip(resolved(for: inputLengths), inputLengths).map {
            $0.padBefore + $1 + $0.padAfter
        }
        guard let count = TensorShape.elementCount(of: lengths + [channels]),
            count <= Self.largestPaddedImage
        else { throw Refusal("\(channels) channels of \(lengths) with padding are too large") }
    }

    /// The window along one spatial axis; nil where it does not move in equal steps to the end.
    func timeWindow(axis: Int, inputLengths: [Int]) -> WindowAxis? {
        let window = resolved(for: inputLengths)[axis]
        let span = inputLengths[axis] + window.padBefore + window.padAfter - window.extent
        guard !roundsUp || span % window.stride == 0 else { return nil }
        return window
    }

    /// The geometry for inputs of the given spatial shape, with other pads along one axis.
    func padded(axis: Int, inputLengths: [Int], before: Int, after: Int) -> WindowGeometry {
        var copy = self
        copy.axes = resolved(for: inputLengths)
        copy.padding = .explicit
        copy.axes[axis].padBefore = before
        copy.axes[axis].padAfter = after
        return copy
    }
}
