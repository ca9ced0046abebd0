/// ONNX's `Resize` by nearest neighbour or linear interpolation along any axes.
struct ResizeOperator: NumericOperator, AxisFlexible {
    static let definition = OperatorDefinition(
        "Resize",
        since: 11,
        inputs: 1...4,
        read: ResizeOperator.init
    )
    /// The longest axis of an output.
    private static let longestAxis = 1 << 20
    private var axes: [ResizeAxis]
    /// What stands for numbers outside the input.
    private let outside: Float

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        guard input.elementType.isNumber, input.shape.allSatisfy({ $0 > 0 }) else {
            throw Refusal("input \(input) is not supported")
        }
        let modeName = try node.string("mode", default: "nearest")
        guard modeName == "nearest" || modeName == "linear" else {
            throw Refusal("its mode is '\(modeName)'; not supported")
        }
        let coordinateName = try node.string(
            "coordinate_transformation_mode",
            default: "half_pixel"
        )
        let roundingName = try node.string("nearest_mode", default: "round_prefer_floor")
        guard let coordinates = ResizeAxis.Coordinates(rawValue: coordinateName),
            let rounding = ResizeAxis.Rounding(rawValue: roundingName)
        else { throw Refusal("its modes are '\(coordinateName)' and '\(roundingName)'") }
        outside = try node.float("extrapolation_value", default: 0)
        _ = try node.float("cubic_coeff_a")
        _ = try node.flag("exclude_outside", default: false)
        guard try !node.flag("antialias", default: false) else {
            throw Refusal("its attribute 'antialias' is set")
        }
        let policy = try node.string("keep_aspect_ratio_policy", default: "stretch")
        let resized = try Axis.resolve(
            try node.integers("axes") ?? Array(0..<input.rank),
            rank: input.rank
        )
        let crop = try Self.crop(&node, count: resized.count)
        let target = try Self.target(&node, input.shape, resized, policy)
        guard target.lengths.allSatisfy({ $0 <= Self.longestAxis }) else {
            throw Refusal("an output of shape \(target.lengths) is too large")
        }
        axes = input.shape.enumerated().map { axis, length in
            let place = resized.firstIndex(of: axis)
            return ResizeAxis(
                inputLength: length,
                outputLength: target.lengths[axis],
                scale: target.scales[axis],
                coordinates: coordinates,
                rounding: modeName == "nearest" ? rounding : nil,
                crop: place.map { (crop[$0], crop[resized.count + $0]) } ?? (0, 1)
            )
        }
    }

    /// The part of each resized axis that is looked at, starts before ends.
    private static func crop(_ node: inout NodeReader, count: Int) throws(Refusal) -> [Double] {
        let whole = [Double](repeating: 0, count: count) + [Double](repeating: 1, count: count)
        guard node.hasInput(1) else { return whole }
        guard let numbers = node.constant(1)?.numbers else {
            throw Refusal("its roi (input 1) is not a constant")
        }
        return numbers.count == whole.count ? numbers : whole
    }

    /// The lengths and scales of all axes.
    private static func target(
        _ node: inout NodeReader,
        _ shape: [Int],
        _ resized: [Int],
        _ policy: String
    ) throws(Refusal) -> (lengths: [Int], scales: [Double]) {
        var lengths = shape
        var scales = [Double](repeating: 1, count: shape.count)
        if node.hasInput(2), try node.inputType(2).elementCount > 0 {
            guard let given = node.constant(2)?.numbers else {
                throw Refusal("its scales (input 2) are not constant")
            }
            guard given.count == resized.count, given.allSatisfy({ $0 > 0 && $0 < 1e6 }) else {
                throw Refusal("scales of \(given) for \(resized.count) axes")
            }
            for (axis, scale) in zip(resized, given) {
                scales[axis] = scale
                lengths[axis] = Int((Double(shape[axis]) * scale).rounded(.down))
            }
            return (lengths, scales)
        }
        _ = node.constant(2)
        guard let given = try node.constantIntegers(3, "the sizes") else {
            throw Refusal("it has neither scales nor sizes")
        }
        guard given.count == resized.count, given.allSatisfy({ $0 >= 0 }) else {
            throw Refusal("sizes of \(given) for \(resized.count) axes")
        }
        let ratios = zip(resized, given).map { Double($1) / Double(shape[$0]) }
        let common: Double?
        switch policy {
        case "stretch": common = nil
        case "not_larger": common = ratios.min()
        case "not_smaller": common = ratios.max()
        default: throw Refusal("its keep_aspect_ratio_policy is '\(policy)'; not supported")
        }
        for (index, axis) in resized.enumerated() {
            scales[axis] = common ?? ratios[index]
            lengths[axis] =
                common.map { Int((Double(shape[axis]) * $0).rounded()) } ?? given[index]
        }
        return (lengths, scales)
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let elementType = try inputs.required(0).elementType
        return [try TensorType(elementType, axes.map(\.taps.count)).checked()]
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        let inputStrides = LoopNest.rowMajorStrides(input.shape)
        let outputStrides = LoopNest.rowMajorStrides(output.shape)
        let moving = axes.indices.filter { !axes[$0].isIdentity }
        let still = axes.indices.filter { axes[$0].isIdentity }
        return { [axes, outside] in
            for index in 0..<output.count {
                var base = 0
                for axis in still {
                    base += index / outputStrides[axis] % output.shape[axis] * inputStrides[axis]
                }
                var sum = 0.0
                var isOutside = false
                for corner in 0..<(1 << moving.count) {
                    var place = base
                    var share = 1.0
                    for (bit, axis) in moving.enumerated() {
                        let tap = axes[axis].taps[
                            index / outputStrides[axis] % output.shape[axis]
                        ]
                        isOutside = isOutside || tap.isOutside
                        let isSecond = corner >> bit & 1 == 1
                        share *= Double(isSecond ? tap.share : 1 - tap.share)
                        place += (isSecond ? tap.second : tap.first) * inputStrides[axis]
                    }
                    if share != 0 { sum += share * input[place].asDouble }
                }
                output[index] = .clamping(isOutside ? Double(outside) : sum)
            }
        }
    }

    func work(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        outputs[0].elementCount << axes.count { !$0.isIdentity }
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        var copy = self
        copy.axes = order.stored(axes)
        return (copy, order)
    }
}
