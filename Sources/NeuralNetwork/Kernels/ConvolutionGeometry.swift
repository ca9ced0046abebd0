/// Sizes of a 2-D convolution or pooling over images [height = time, width = frequency, channels].
///
/// A 1-D one has height 1 or width 1.
package struct ConvolutionGeometry: Hashable, Sendable {
    package var kernelHeight: Int
    package var kernelWidth: Int
    package var strideHeight = 1
    package var strideWidth = 1
    package var dilationHeight = 1
    package var dilationWidth = 1
    package var padTop = 0
    package var padLeft = 0
    package var padBottom = 0
    package var padRight = 0

    package init(
        kernelHeight: Int,
        kernelWidth: Int,
        strideHeight: Int = 1,
        strideWidth: Int = 1,
        dilationHeight: Int = 1,
        dilationWidth: Int = 1,
        padTop: Int = 0,
        padLeft: Int = 0,
        padBottom: Int = 0,
        padRight: Int = 0
    ) {
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        self.strideHeight = strideHeight
        self.strideWidth = strideWidth
        self.dilationHeight = dilationHeight
        self.dilationWidth = dilationWidth
        self.padTop = padTop
        self.padLeft = padLeft
        self.padBottom = padBottom
        self.padRight = padRight
    }

    /// Rows that the dilated kernel spans.
    package var spanHeight: Int { (kernelHeight - 1) * dilationHeight + 1 }

    /// Columns that the dilated kernel spans.
    package var spanWidth: Int { (kernelWidth - 1) * dilationWidth + 1 }

    /// Output rows for `inputHeight` rows; 0 if the kernel does not fit.
    ///
    /// With `roundingUp` (ceil mode) a window may begin inside the image or its leading padding and
    /// end past the trailing padding; one that would begin in the trailing padding is left out.
    package func outputHeight(for inputHeight: Int, roundingUp: Bool = false) -> Int {
        Self.outputSize(
            inputHeight,
            spanHeight,
            strideHeight,
            padTop,
            padBottom,
            roundingUp: roundingUp
        )
    }

    /// Output columns for `inputWidth` columns, as `outputHeight(for:roundingUp:)`.
    package func outputWidth(for inputWidth: Int, roundingUp: Bool = false) -> Int {
        Self.outputSize(
            inputWidth,
            spanWidth,
            strideWidth,
            padLeft,
            padRight,
            roundingUp: roundingUp
        )
    }

    /// Stops if a size is one no layer can have; the loader refuses such models before.
    func require() {
        precondition(
            kernelHeight > 0 && kernelWidth > 0 && strideHeight > 0 && strideWidth > 0
                && dilationHeight > 0 && dilationWidth > 0,
            "kernel, stride or dilation below 1"
        )
        precondition(
            padTop >= 0 && padLeft >= 0 && padBottom >= 0 && padRight >= 0,
            "negative padding"
        )
    }

    private static func outputSize(
        _ size: Int,
        _ span: Int,
        _ stride: Int,
        _ before: Int,
        _ after: Int,
        roundingUp: Bool
    ) -> Int {
        let room = size + before + after - span
        guard room >= 0 else { return 0 }
        var count = room / stride + 1
        if roundingUp && room % stride != 0 && count * stride < size + before {
            count += 1
        }
        return count
    }
}
