import CKernels
import NeuralNetwork

/// How the windows of a convolution or pooling lie on an image [channels, height, width].
///
/// Channels come first here, as columns for matrix products need them; inference has them last.
struct ImageWindow: Hashable, Sendable {
    var channels: Int
    let height: Int
    let width: Int
    let geometry: ConvolutionGeometry
    let outputHeight: Int
    let outputWidth: Int

    /// Floats of the image.
    var imageCount: Int { channels * height * width }
    /// Windows on a channel.
    var outputPlane: Int { outputHeight * outputWidth }
    /// Taps of a window in all channels.
    var tapCount: Int { channels * geometry.kernelHeight * geometry.kernelWidth }

    /// Whether the windows are the pixels themselves, so that an image is its own columns.
    var isPointwise: Bool {
        geometry.kernelHeight == 1 && geometry.kernelWidth == 1
            && geometry.strideHeight == 1 && geometry.strideWidth == 1
            && geometry.padTop == 0 && geometry.padLeft == 0
            && outputHeight == height && outputWidth == width
    }

    /// The windows as the kernels read them.
    var kernelWindow: gk_window {
        gk_window(
            channels: channels,
            height: height,
            width: width,
            kernelHeight: geometry.kernelHeight,
            kernelWidth: geometry.kernelWidth,
            strideHeight: geometry.strideHeight,
            strideWidth: geometry.strideWidth,
            dilationHeight: geometry.dilationHeight,
            dilationWidth: geometry.dilationWidth,
            padTop: geometry.padTop,
            padLeft: geometry.padLeft,
            outputHeight: outputHeight,
            outputWidth: outputWidth
        )
    }
}

extension StepContext {
    /// The windows of a convolution or pooling over [batch, channels, width] or
    /// [batch, channels, height, width].
    ///
    /// - Parameters:
    ///   - shape: The input's shape.
    ///   - kernel: The kernel's axes.
    ///   - roundsUp: Whether windows may reach over the trailing padding (`ceil_mode`).
    /// - Returns: The windows on one image.
    /// - Throws: What of the node cannot be trained.
    func window(
        over shape: [Int],
        kernel: [Int],
        roundsUp: Bool = false
    ) throws(TrainingError) -> ImageWindow {
        let axes = kernel.count
        guard axes == 1 || axes == 2, shape.count == axes + 2 else {
            throw refusal("a kernel with \(axes) axes over \(shape); one or two are supported")
        }
        let strides = integers("strides") ?? [Int](repeating: 1, count: axes)
        let dilations = integers("dilations") ?? [Int](repeating: 1, count: axes)
        var pads = integers("pads") ?? [Int](repeating: 0, count: 2 * axes)
        guard strides.count == axes, dilations.count == axes, pads.count == 2 * axes,
            (strides + dilations + kernel).allSatisfy({ $0 > 0 }), pads.allSatisfy({ $0 >= 0 })
        else { throw refusal("strides \(strides), dilations \(dilations), pads \(pads)") }
        let sizes = Array(shape.dropFirst(2))
        try pad(&pads, sizes: sizes, kernel: kernel, strides: strides, dilations: dilations)
        /// Of the rows and of the columns; an image of one axis is a single row.
        func pair(_ values: [Int], _ filler: Int) -> (Int, Int) {
            values.count == 1 ? (filler, values[0]) : (values[0], values[1])
        }
        let (size, taps) = (pair(sizes, 1), pair(kernel, 1))
        var geometry = ConvolutionGeometry(kernelHeight: taps.0, kernelWidth: taps.1)
        (geometry.strideHeight, geometry.strideWidth) = pair(strides, 1)
        (geometry.dilationHeight, geometry.dilationWidth) = pair(dilations, 1)
        (geometry.padTop, geometry.padLeft) = pair(Array(pads[..<axes]), 0)
        (geometry.padBottom, geometry.padRight) = pair(Array(pads[axes...]), 0)
        let window = ImageWindow(
            channels: shape[1],
            height: size.0,
            width: size.1,
            geometry: geometry,
            outputHeight: geometry.outputHeight(for: size.0, roundingUp: roundsUp),
            outputWidth: geometry.outputWidth(for: size.1, roundingUp: roundsUp)
        )
        guard window.outputHeight > 0, window.outputWidth > 0 else {
            throw refusal("its kernel \(kernel) does not fit on \(shape)")
        }
        return window
    }

    /// Replaces the padding where the node leaves it to be computed.
    private func pad(
        _ pads: inout [Int],
        sizes: [Int],
        kernel: [Int],
        strides: [Int],
        dilations: [Int]
    ) throws(TrainingError) {
        let rule = string("auto_pad") ?? "NOTSET"
        switch rule {
        case "NOTSET": return
        case "VALID": pads = [Int](repeating: 0, count: pads.count)
        case "SAME_UPPER", "SAME_LOWER":
            for axis in sizes.indices {
                let count = (sizes[axis] + strides[axis] - 1) / strides[axis]
                let span = (kernel[axis] - 1) * dilations[axis] + 1
                let total = max(0, (count - 1) * strides[axis] + span - sizes[axis])
                let small = total / 2
                pads[axis] = rule == "SAME_UPPER" ? small : total - small
                pads[axis + sizes.count] = total - pads[axis]
            }
        default: throw refusal("auto_pad '\(rule)'")
        }
    }
}

extension ImageWindow {
    /// The shape of what the windows give, with as many axes as the input has.
    func outputShape(like input: [Int], channels: Int) -> [Int] {
        let places = input.count == 3 ? [outputWidth] : [outputHeight, outputWidth]
        return [input[0], channels] + places
    }
}
