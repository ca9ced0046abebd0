private import Glibc

/// Where each output place of one resized axis takes its numbers from.
struct ResizeAxis: Sendable {
    /// Which coordinate of the input an output place stands for.
    enum Coordinates: String, Sendable {
        case halfPixel = "half_pixel"
        case halfPixelSymmetric = "half_pixel_symmetric"
        case pytorchHalfPixel = "pytorch_half_pixel"
        case alignCorners = "align_corners"
        case asymmetric
        case cropAndResize = "tf_crop_and_resize"
    }

    /// Which neighbour is the nearest.
    enum Rounding: String, Sendable {
        case preferFloor = "round_prefer_floor"
        case preferCeil = "round_prefer_ceil"
        case floor
        case ceil
    }

    /// The two input places that are mixed, the share of the second, and whether the place lies
    /// outside the input.
    struct Tap: Sendable {
        var first: Int
        var second: Int
        var share: Float
        var isOutside = false
    }

    let inputLength: Int
    let taps: [Tap]

    /// Whether every output place is the same input place.
    var isIdentity: Bool {
        taps.count == inputLength
            && taps.enumerated().allSatisfy { index, tap in
                !tap.isOutside && tap.first == index && tap.share == 0
            }
    }

    /// Works out the places.
    ///
    /// `rounding` is nil for linear interpolation; `crop` is the part of the axis that is resized,
    /// from 0 to 1, for ``Coordinates/cropAndResize``.
    init(
        inputLength: Int,
        outputLength: Int,
        scale: Double,
        coordinates: Coordinates,
        rounding: Rounding?,
        crop: (start: Double, end: Double)
    ) {
        self.inputLength = inputLength
        let last = Double(inputLength - 1)
        taps = (0..<outputLength).map { place in
            let x = Double(place)
            let coordinate: Double
            switch coordinates {
            case .halfPixel: coordinate = (x + 0.5) / scale - 0.5
            case .halfPixelSymmetric:
                let adjustment = Double(outputLength) / (scale * Double(inputLength))
                let centre = Double(inputLength) / 2
                coordinate = centre * (1 - adjustment) + (x + 0.5) / scale - 0.5
            case .pytorchHalfPixel: coordinate = outputLength > 1 ? (x + 0.5) / scale - 0.5 : 0
            case .alignCorners:
                // ONNX takes the output's length before it is rounded to a whole number.
                let span = scale * Double(inputLength) - 1
                coordinate = outputLength > 1 ? x * last / span : 0
            case .asymmetric: coordinate = x / scale
            case .cropAndResize:
                coordinate =
                    outputLength > 1
                    ? crop.start * last + x * (crop.end - crop.start) * last
                        / Double(outputLength - 1) : 0.5 * (crop.start + crop.end) * last
            }
            var tap = Self.tap(at: coordinate, last: last, rounding: rounding)
            if coordinates == .cropAndResize {
                tap.isOutside = coordinate < 0 || coordinate > last
            }
            return tap
        }
    }

    private static func tap(at coordinate: Double, last: Double, rounding: Rounding?) -> Tap {
        let bounded = coordinate.isNaN ? 0 : min(max(coordinate, 0), last)
        guard let rounding else {
            let lower = bounded.rounded(.down)
            let first = Int(lower)
            return Tap(
                first: first,
                second: min(first + 1, Int(last)),
                share: Float(bounded - lower)
            )
        }
        let nearest: Double
        switch rounding {
        case .preferFloor: nearest = Glibc.ceil(bounded - 0.5)
        case .preferCeil: nearest = Glibc.floor(bounded + 0.5)
        case .floor: nearest = Glibc.floor(bounded)
        case .ceil: nearest = Glibc.ceil(bounded)
        }
        let place = Int(min(max(nearest, 0), last))
        return Tap(first: place, second: place, share: 0)
    }
}
