/// ONNX's `QuantizeLinear`: x / scale + zero point, rounded (halves to even) and kept in range.
struct QuantizeLinearOperator: NumericOperator {
    static let definition = OperatorDefinition(
        "QuantizeLinear",
        since: 10,
        inputs: 2...3,
        read: QuantizeLinearOperator.init
    )
    private let axis: QuantizedAxis
    private let target: ElementType

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        guard input.elementType == .float32 || input.elementType == .int32,
            try node.inputType(1).elementType == .float32
        else { throw Refusal("it cannot quantise \(input) with scale \(try node.inputType(1))") }
        axis = try QuantizedAxis(&node, shape: input.shape)
        _ = try node.flag("saturate", default: true)
        let number = try node.integer("output_dtype", default: 0)
        var target = number == 0 ? ElementType.uint8 : ElementType(rawValue: number)
        if node.hasInput(2) {
            let zero = try node.inputType(2)
            guard zero.elementCount == (try node.inputType(1)).elementCount else {
                throw Refusal("its zero point is \(zero); not supported")
            }
            target = zero.elementType
        }
        guard let target, [.int8, .uint8, .int16, .uint16].contains(target) else {
            throw Refusal("output type \(target?.name ?? String(number)) is not supported")
        }
        self.target = target
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(target, try inputs.required(0).shape)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        guard axis.isScalar, places.elementType == .float32 else {
            return makeStep(computingWith: target, places)
        }
        return switch target {
        case .int8: scalarStep(Int8.self, places)
        case .uint8: scalarStep(UInt8.self, places)
        case .int16: scalarStep(Int16.self, places)
        default: makeStep(computingWith: target, places)
        }
    }

    /// The step for one scale.
    @inline(__always)
    private func scalarStep<Number: TensorNumber & FixedWidthInteger>(
        _ type: Number.Type,
        _ places: StepPlaces
    ) -> Step where Number.Storage == Slot<Number> {
        let scale = places.input(1, Float.self)
        let zero = places.hasInput(2) ? places.input(2, type) : nil
        let (floats, output) = (places.floats(0), places.output(0, type))
        return {
            let conversion = IntegerConversion(
                scale: scale[0],
                zeroPoint: Float(zero?[0] ?? 0)
            )
            unsafe output.storage.overwrite(output.range) {
                unsafe conversion.fromFloats(floats, $0)
            }
        }
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let scale = places.input(1, Float.self)
        let zero = places.hasInput(2) ? places.input(2, type) : nil
        let output = places.output(0, type)
        let number = places.doubles(0)
        return { [axis] in
            for index in 0..<output.count {
                let place = axis.scaleIndex(of: index)
                let rounded = (Float(number(index)) / scale[place]).rounded(.toNearestOrEven)
                output[index] = .clamping(Double(rounded) + (zero?[place].asDouble ?? 0))
            }
        }
    }
}

/// ONNX's `DequantizeLinear`: (x − zero point) · scale.
struct DequantizeLinearOperator: NumericOperator {
    static let definition = OperatorDefinition(
        "DequantizeLinear",
        since: 10,
        inputs: 2...3,
        read: DequantizeLinearOperator.init
    )
    private let axis: QuantizedAxis

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        guard [.int8, .uint8, .int16, .uint16, .int32].contains(input.elementType),
            try node.inputType(1).elementType == .float32
        else { throw Refusal("it cannot dequantise \(input) with scale \(try node.inputType(1))") }
        axis = try QuantizedAxis(&node, shape: input.shape)
        if node.hasInput(2) {
            let zero = try node.inputType(2)
            guard zero.elementType == input.elementType,
                zero.elementCount == (try node.inputType(1)).elementCount
            else { throw Refusal("its zero point is \(zero); not supported") }
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(.float32, try inputs.required(0).shape)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        guard axis.isScalar else { return makeStep(computingWith: places.elementType, places) }
        return switch places.elementType {
        case .int8: scalarStep(Int8.self, places)
        case .uint8: scalarStep(UInt8.self, places)
        case .int16: scalarStep(Int16.self, places)
        default: makeStep(computingWith: places.elementType, places)
        }
    }

    /// The step for one scale.
    @inline(__always)
    private func scalarStep<Number: TensorNumber & FixedWidthInteger>(
        _ type: Number.Type,
        _ places: StepPlaces
    ) -> Step where Number.Storage == Slot<Number> {
        let scale = places.input(1, Float.self)
        let zero = places.hasInput(2) ? places.input(2, type) : nil
        let (input, floats) = (places.input(0, type), places.result(0))
        return {
            let conversion = IntegerConversion(
                scale: scale[0],
                zeroPoint: Float(zero?[0] ?? 0)
            )
            unsafe input.storage.read(input.range) { unsafe conversion.toFloats($0, floats) }
        }
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let scale = places.input(1, Float.self)
        let zero = places.hasInput(2) ? places.input(2, type) : nil
        let output = places.output(0, Float.self)
        return { [axis] in
            for index in 0..<output.count {
                let place = axis.scaleIndex(of: index)
                let difference = input[index].asDouble - (zero?[place].asDouble ?? 0)
                output[index] = Float(difference) * scale[place]
            }
        }
    }
}

/// Which scale and zero point belong to an element: one for all, one per place along an axis, or
/// one per block of places.
struct QuantizedAxis: Sendable {
    private let inner: Int
    private let length: Int
    private let block: Int
    private let scaleCount: Int
    /// Whether there is one for all.
    let isScalar: Bool

    /// Checks a scale against the tensor that it scales; input 1 of the node is the scale.
    init(_ node: inout NodeReader, shape: [Int]) throws(Refusal) {
        let scale = try node.inputType(1)
        let axis = try node.integer("axis", default: 1)
        let blockSize = try node.integer("block_size", default: 0)
        isScalar = scale.elementCount == 1 && scale.rank <= 1
        guard !isScalar else {
            (inner, length, block, scaleCount) = (1, 1, 1, 1)
            return
        }
        let resolved = try Axis.resolve(axis, rank: shape.count)
        inner = shape[(resolved + 1)...].reduce(1, *)
        length = shape[resolved]
        if blockSize == 0 {
            guard scale.shape == [length] else {
                throw Refusal(
                    "the shape of its scale is \(scale.shape); axis \(resolved) of \(shape) needs \([length])"
                )
            }
            (block, scaleCount) = (0, length)
            return
        }
        var expected = shape
        guard blockSize > 0 else { throw Refusal("its block_size is negative: \(blockSize)") }
        expected[resolved] = (length + blockSize - 1) / blockSize
        guard scale.shape == expected else {
            throw Refusal(
                "the shape of its scale is \(scale.shape); blocks of \(blockSize) of \(shape) need \(expected)"
            )
        }
        (block, scaleCount) = (blockSize, expected[resolved])
    }

    /// Where the scale of an element is.
    @inline(__always)
    func scaleIndex(of element: Int) -> Int {
        if isScalar { return 0 }
        let place = element / inner % length
        guard block > 0 else { return place }
        return (element / (inner * length) * scaleCount + place / block) * inner + element % inner
    }
}
