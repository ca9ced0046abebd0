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

    /// The largest kernel, stride, dilation or pad that is accepted.
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
        guard let kernel = kernel ?? declared else {
            throw Refusal("attribute 'kernel_shape' is missing")
        }
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
                "its kernel_shape, strides, dilations and pads do not fit \(spatialRank) axes"
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
        case let other: throw Refusal("its auto_pad is '\(other)'; not supported")
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

/// A window that slides along one axis.
struct WindowAxis: Hashable, Sendable {
    /// Taps of the window.
    var kernel: Int
    /// How far the window moves from one output to the next.
    var stride: Int
    /// The distance between taps.
    var dilation: Int
    /// Places that are added before and after the input.
    var padBefore: Int
    var padAfter: Int

    /// A window of one tap that moves by one.
    static let trivial = WindowAxis(kernel: 1, stride: 1, dilation: 1, padBefore: 0, padAfter: 0)

    /// The length of axis that one window covers.
    var extent: Int { (kernel - 1) * dilation + 1 }

    /// The taps of a window beginning at `start` that lie before `end`, if it had any number; not
    /// above 0 when there are none.
    func taps(from start: Int, before end: Int) -> Int { (end - start + dilation - 1) / dilation }

    /// The number of windows in an input of the given length, or nil when not even one fits.
    func outputLength(for inputLength: Int, roundingUp: Bool = false) -> Int? {
        let span = inputLength + padBefore + padAfter - extent
        guard span >= 0 else { return nil }
        guard roundingUp else { return span / stride + 1 }
        let length = (span + stride - 1) / stride + 1
        // A last window that begins in the padding after the input is left out.
        return (length - 1) * stride >= inputLength + padBefore ? length - 1 : length
    }
}

/// An operator that slides windows over the spatial axes of an image; one of these may be time.
protocol WindowOperator: ChannelsLastOperator, TimeLocal {
    /// The sliding windows.
    var geometry: WindowGeometry { get set }
}

extension WindowOperator {
    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        guard isChannelsLast, let time = axes[0], let shape = types[0]?.shape, time >= 1,
            time < shape.count - 1, !axes.dropFirst().contains(where: { $0 != nil }),
            let window = geometry.timeWindow(
                axis: time - 1,
                inputLengths: Array(shape[1..<shape.count - 1])
            )
        else { return nil }
        return TimeDependence(outputAxis: time, window: window)
    }

    func padded(timeAxis: Int, types: [TensorType?], before: Int, after: Int) -> any Operator {
        guard let shape = types[0]?.shape else { return self }
        var copy = self
        copy.geometry = geometry.padded(
            axis: timeAxis - 1,
            inputLengths: Array(shape[1..<shape.count - 1]),
            before: before,
            after: after
        )
        return copy
    }
}

/// The parts of the shape of a batch of images or sequences with channels.
struct ImageShape: Hashable, Sendable {
    var batch: Int
    var channels: Int
    /// The lengths of the spatial axes, outermost first.
    var spatial: [Int]

    /// Takes a shape apart, whichever way round it is.
    init(_ shape: [Int], isChannelsLast: Bool) throws(Refusal) {
        guard shape.count >= 3 else {
            throw Refusal("its input of shape \(shape) has no batch, channel and spatial axes")
        }
        batch = shape[0]
        channels = isChannelsLast ? shape[shape.count - 1] : shape[1]
        spatial = isChannelsLast ? Array(shape[1..<shape.count - 1]) : Array(shape[2...])
    }

    /// The shape put together again.
    func shape(isChannelsLast: Bool) -> [Int] {
        isChannelsLast ? [batch] + spatial + [channels] : [batch, channels] + spatial
    }
}
