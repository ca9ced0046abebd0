private import Glibc

/// ONNX's `Expand`: the input stretched to a shape by broadcasting.
struct ExpandOperator: AnyElementOperator {
    static let definition = OperatorDefinition("Expand", inputs: 2...2, read: ExpandOperator.init)
    private let target: [Int]

    init(_ node: inout NodeReader) throws(Refusal) {
        target = try node.requiredShape(1)
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        return [TensorType(input.elementType, try Broadcast.shape(of: [input.shape, target]))]
    }

    func makeStep<Element: TensorElement>(_ type: Element.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        return StridedCopy(
            lengths: output.shape,
            inputStrides: Broadcast.strides(input.shape, to: output.shape)
        ).step(from: input, to: output)
    }
}

/// ONNX's `Tile`: the input repeated along each axis.
struct TileOperator: AnyElementOperator {
    static let definition = OperatorDefinition(
        "Tile",
        since: 6,
        inputs: 2...2,
        read: TileOperator.init
    )
    private let repeats: [Int]

    init(_ node: inout NodeReader) throws(Refusal) {
        let rank = try node.inputType(0).rank
        repeats = try node.requiredIntegers(1, "the repeats")
        guard repeats.count == rank, repeats.allSatisfy({ $0 >= 0 }) else {
            throw Refusal("repeats \(repeats) do not fit \(rank) axes")
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        let shape = zip(input.shape, repeats).map { $0.multipliedReportingOverflow(by: $1) }
        guard !shape.contains(where: \.overflow),
            TensorShape.elementCount(of: shape.map(\.partialValue)) != nil
        else { throw Refusal("repeats of \(repeats) make \(input.shape) too large") }
        return [TensorType(input.elementType, shape.map(\.partialValue))]
    }

    func makeStep<Element: TensorElement>(_ type: Element.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        guard output.count > 0 else { return {} }
        let strides = LoopNest.rowMajorStrides(input.shape)
        let lengths = zip(repeats, input.shape).flatMap { [$0, $1] }
        return StridedCopy(lengths: lengths, inputStrides: strides.flatMap { [0, $0] })
            .step(from: input, to: output)
    }
}

/// ONNX's `Transpose`: the axes in another order.
struct TransposeOperator: AnyElementOperator, TimeLocal {
    static let definition = OperatorDefinition("Transpose", read: TransposeOperator.init)

    /// Output axis `j` is input axis `order[j]`.
    let order: [Int]

    init(_ node: inout NodeReader) throws(Refusal) {
        let rank = try node.inputType(0).rank
        let axes = try node.integers("perm") ?? Array((0..<rank).reversed())
        order = try Axis.resolve(axes, rank: rank)
        guard order.count == rank else {
            throw Refusal("its perm \(axes) does not name all \(rank) axes")
        }
    }

    /// Creates the operator that brings axes into an order.
    init(order: [Int]) {
        self.order = order
    }

    /// Whether only axes of length 1 change places, so that storage stays as it is.
    static func keepsStorage(_ order: [Int], of shape: [Int]) -> Bool {
        let longAxes = order.filter { shape[$0] != 1 }
        return longAxes == longAxes.sorted()
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        return [TensorType(input.elementType, order.map { input.shape[$0] })]
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        axes[0].flatMap { order.firstIndex(of: $0) }.map { .sameTime(axis: $0) }
    }

    func makeStep<Element: TensorElement>(
        _ type: Element.Type,
        _ places: StepPlaces
    ) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        let strides = LoopNest.rowMajorStrides(input.shape)
        return StridedCopy(lengths: output.shape, inputStrides: order.map { strides[$0] })
            .step(from: input, to: output)
    }
}

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
