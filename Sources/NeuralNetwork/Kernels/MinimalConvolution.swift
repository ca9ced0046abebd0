import CKernels

/// A convolution with a 3-wide or 5-wide kernel by minimal filtering along the width: Winograd's
/// F(4, 3) and F(2, 5).
///
/// Neighbouring outputs of a row, four or two, cost six products where the definition needs twelve or
/// ten; kernel rows are added up as the definition says. So a row depends on its own input rows alone,
/// and rows computed a few at a time equal those of the whole image bit for bit. Compared with the
/// direct product the rounding error is about twice as large: 2e-6 of the root mean square of the
/// outputs with 512 channels.
///
/// Matrices: A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2015, for the
/// points 0, 1, −1, 2, −2, ∞.
final class MinimalConvolution: Sendable {
    private let channels: ConvolutionChannels
    private let geometry: ConvolutionGeometry
    private let weights: FloatMemory
    private let bias: FloatMemory

    /// Whether such a convolution can be done so, and is then faster than the direct product.
    ///
    /// Measured: from 16 channels on both sides and 3 columns of output on. Below, transforming
    /// costs more than it saves.
    static func suits(
        _ channels: ConvolutionChannels,
        _ geometry: ConvolutionGeometry,
        inputWidth: Int?
    ) -> Bool {
        isPossible(channels, geometry) && channels.outputPerGroup >= 16
            && inputWidth.map { geometry.outputWidth(for: $0) >= 3 } ?? true
    }

    static func isPossible(
        _ channels: ConvolutionChannels,
        _ geometry: ConvolutionGeometry
    ) -> Bool {
        (geometry.kernelWidth == 3 || geometry.kernelWidth == 5) && geometry.strideWidth == 1
            && geometry.dilationWidth == 1
            && channels.inputPerGroup >= 16
    }

    /// Transforms weights [output, input / groups, kernelHeight, kernelWidth] in double precision.
    init(
        weights: [Float],
        bias: [Float]?,
        channels: ConvolutionChannels,
        geometry: ConvolutionGeometry
    ) {
        precondition(Self.isPossible(channels, geometry), "\(geometry) is not for this method")
        self.channels = channels
        self.geometry = geometry
        self.bias = channels.pack(bias: bias)
        let points = TK_MINIMAL_POINTS
        let depth = geometry.kernelHeight * channels.inputPerGroup
        let size = points * depth * channels.paddedPerGroup
        self.weights = FloatMemory(count: channels.groups * size)
        let perGroup = channels.outputPerGroup
        let blockColumns = TK_MINIMAL_PANELS * TK_PANEL
        for point in 0..<points {
            let matrix = Self.transform(weights, channels, geometry, point)
            for group in 0..<channels.groups {
                for column in stride(from: 0, to: perGroup, by: blockColumns) {
                    let columns = min(blockColumns, perGroup - column)
                    let blockSize = depth * paddedToPanels(columns)
                    let first = (group * perGroup + column) * depth
                    let place = group * size + points * depth * column + point * blockSize
                    pack(
                        matrix[first..<first + columns * depth],
                        rowCount: depth,
                        columnCount: columns,
                        strides: (1, depth),
                        into: self.weights.slice(at: place, count: blockSize)
                    )
                }
            }
        }
    }

    func workspaceSize(inputHeight: Int, inputWidth: Int) -> Int {
        var convolution = unsafe tk_minimal()
        unsafe describe(&convolution, height: inputHeight, width: inputWidth)
        return unsafe tk_minimal_workspace(&convolution)
    }

    func run(_ image: ConvolutionImage) {
        let size = TK_MINIMAL_POINTS * geometry.kernelHeight * channels.inputPerGroup
        for group in 0..<channels.groups {
            let shift = group * channels.outputPerGroup
            var convolution = unsafe tk_minimal()
            unsafe describe(&convolution, height: image.height, width: image.width)
            unsafe convolution.input = image.input.base + group * channels.inputPerGroup
            unsafe convolution.weights =
                weights.readOnly.base + group * size * channels.paddedPerGroup
            unsafe convolution.bias = bias.readOnly.base + group * channels.paddedPerGroup
            unsafe convolution.output = image.output.base + shift
            unsafe convolution.addend = image.addend.map { unsafe $0.base + shift }
            unsafe convolution.low = image.bounds.low
            unsafe convolution.high = image.bounds.high
            unsafe convolution.workspace = image.workspace.base
            unsafe tk_convolve_minimal(image.level.code, &convolution)
        }
    }

    /// Fills in the sizes.
    private func describe(_ convolution: inout tk_minimal, height: Int, width: Int) {
        unsafe convolution.height = height
        unsafe convolution.width = width
        unsafe convolution.inputStride = channels.input
        unsafe convolution.channels = channels.inputPerGroup
        unsafe convolution.kernelHeight = geometry.kernelHeight
        unsafe convolution.kernelWidth = geometry.kernelWidth
        unsafe convolution.strideHeight = geometry.strideHeight
        unsafe convolution.dilationHeight = geometry.dilationHeight
        unsafe convolution.padTop = geometry.padTop
        unsafe convolution.padLeft = geometry.padLeft
        unsafe convolution.outputHeight = geometry.outputHeight(for: height)
        unsafe convolution.outputWidth = geometry.outputWidth(for: width)
        unsafe convolution.columnCount = channels.outputPerGroup
        unsafe convolution.outputStride = channels.output
    }

    /// [output, input, kernelHeight, kernelWidth] to one point's [output, kernelHeight, input].
    private static func transform(
        _ weights: [Float],
        _ channels: ConvolutionChannels,
        _ geometry: ConvolutionGeometry,
        _ point: Int
    ) -> [Float] {
        let width = geometry.kernelWidth
        let factors = Self.factors(point, width)
        let inputs = channels.inputPerGroup
        var result: [Float] = []
        result.reserveCapacity(channels.output * geometry.kernelHeight * inputs)
        for output in 0..<channels.output {
            for row in 0..<geometry.kernelHeight {
                for input in 0..<inputs {
                    let start =
                        ((output * inputs + input) * geometry.kernelHeight + row) * width
                    let sum = (0..<width).reduce(0.0) {
                        $0 + factors[$1] * Double(weights[start + $1])
                    }
                    result.append(Float(sum))
                }
            }
        }
        return result
    }

    /// The kernel as a polynomial at one point, over the product of the point's distances to the
    /// others; at infinity its last coefficient.
    private static func factors(_ point: Int, _ width: Int) -> [Double] {
        let points: [(place: Double, scale: Double)] = [
            (0, 1.0 / 4), (1, -1.0 / 6), (-1, -1.0 / 6), (2, 1.0 / 24), (-2, 1.0 / 24),
        ]
        guard point < points.count else {
            return (0..<width).map { $0 == width - 1 ? 1 : 0 }
        }
        var power = points[point].scale
        return (0..<width).map { _ in
            defer { power *= points[point].place }
            return power
        }
    }
}
