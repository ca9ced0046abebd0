import CKernels

/// A convolution as a product of the image in place with packed weights.
///
/// A pixel's window is one run of floats for each kernel row (for each tap, if dilated in width or
/// grouped). Only where there is padding are the rows that are worked on copied between zeros. Each
/// output is summed in the order kernel row, kernel column, input channel, from the bias on.
final class DirectConvolution: Sendable {
    private let channels: ConvolutionChannels
    private let geometry: ConvolutionGeometry
    private let weights: PackedWeights
    private let bias: FloatMemory

    /// Packs weights [output, input / groups, kernelHeight, kernelWidth].
    init(
        weights: Weights,
        bias: [Float]?,
        channels: ConvolutionChannels,
        geometry: ConvolutionGeometry
    ) {
        self.channels = channels
        self.geometry = geometry
        self.bias = channels.pack(bias: bias)
        let taps = geometry.kernelHeight * geometry.kernelWidth
        let inputs = channels.inputPerGroup
        // [O, I, taps] to [O, taps, I]: the order in which an image's window lies in memory.
        let reordered =
            taps == 1
            ? weights
            : weights.reordered { index in
                let (output, place) = (index / (taps * inputs), index % (taps * inputs))
                return (output * inputs + place % inputs) * taps + place / inputs
            }
        self.weights = PackedWeights(
            reordered,
            rowCount: taps * inputs,
            columnCount: channels.outputPerGroup,
            products: channels.groups
        )
    }

    func workspaceSize(inputHeight: Int, inputWidth: Int) -> Int {
        guard isPadded else { return 0 }
        let rows = geometry.outputHeight(for: inputHeight)
        return inputRows(rowsAtOnce(rows, inputWidth)) * paddedRowLength(inputWidth)
    }

    func run(_ image: ConvolutionImage) {
        let height = geometry.outputHeight(for: image.height)
        guard isPadded else {
            multiply(image.input, image.width, image, 0, height)
            return
        }
        let step = rowsAtOnce(height, image.width)
        for first in stride(from: 0, to: height, by: step) {
            let rows = min(step, height - first)
            unsafe tk_copy_padded(
                image.input.base,
                image.height,
                image.width * channels.input,
                first * geometry.strideHeight - geometry.padTop,
                inputRows(rows),
                geometry.padLeft * channels.input,
                geometry.padRight * channels.input,
                image.workspace.base
            )
            multiply(
                image.workspace.readOnly,
                geometry.padLeft + image.width + geometry.padRight,
                image,
                first,
                rows
            )
        }
    }

    /// Output rows `first` and on, whose input begins at `source` and needs no padding.
    private func multiply(
        _ source: FloatSlice,
        _ sourceWidth: Int,
        _ image: ConvolutionImage,
        _ first: Int,
        _ rows: Int
    ) {
        let width = (sourceWidth - geometry.spanWidth) / geometry.strideWidth + 1
        let joined = channels.groups == 1 && geometry.dilationWidth == 1
        let perGroup = channels.inputPerGroup
        let start = first * width * channels.output
        for group in 0..<channels.groups {
            let shift = start + group * channels.outputPerGroup
            var product = unsafe tk_product(
                input: source.base + group * perGroup,
                pixelStride: geometry.strideWidth * channels.input,
                rowStride: geometry.strideHeight * sourceWidth * channels.input,
                rowWidth: width,
                pixelCount: rows * width,
                tapRows: geometry.kernelHeight,
                tapColumns: joined ? 1 : geometry.kernelWidth,
                runLength: joined ? geometry.kernelWidth * perGroup : perGroup,
                tapRowStep: geometry.dilationHeight * sourceWidth * channels.input,
                tapColumnStep: geometry.dilationWidth * channels.input,
                weights: weights.panels(of: group),
                scales: weights.scales(of: group),
                bias: bias.readOnly.base + group * channels.paddedPerGroup,
                columnCount: channels.outputPerGroup,
                output: image.output.base + shift,
                outputStride: channels.output,
                addend: image.addend.map { unsafe $0.base + shift },
                addendStride: channels.output,
                low: image.bounds.low,
                high: image.bounds.high
            )
            unsafe tk_multiply(image.level.code, &product)
        }
    }

    private var isPadded: Bool {
        geometry.padTop > 0 || geometry.padBottom > 0 || geometry.padLeft > 0
            || geometry.padRight > 0
    }

    private func paddedRowLength(_ inputWidth: Int) -> Int {
        (geometry.padLeft + inputWidth + geometry.padRight) * channels.input
    }

    /// Input rows under `outputRows` rows of the output.
    private func inputRows(_ outputRows: Int) -> Int {
        max(0, (outputRows - 1) * geometry.strideHeight + geometry.spanHeight)
    }

    /// Output rows computed from one padded copy: as many as keep it within the cache.
    private func rowsAtOnce(_ outputRows: Int, _ inputWidth: Int) -> Int {
        let copyFloats = 64 * 1024
        let fitting = copyFloats / max(1, paddedRowLength(inputWidth)) - geometry.spanHeight
        return max(1, min(outputRows, max(4, fitting / geometry.strideHeight)))
    }
}
