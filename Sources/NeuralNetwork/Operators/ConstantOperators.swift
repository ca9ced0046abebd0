/// ONNX's `Constant`: numbers that stand in the node itself.
struct ConstantOperator: Operator {
    static let definition = OperatorDefinition(
        "Constant",
        inputs: 0...0,
        read: ConstantOperator.init
    )
    private let value: Tensor

    init(_ node: inout NodeReader) throws(Refusal) {
        if let tensor = try node.tensor("value") {
            value = tensor
        } else if let float = try node.float("value_float") {
            value = Tensor(shape: [], values: .float32([float]))
        } else if let floats = try node.floats("value_floats") {
            value = Tensor(shape: [floats.count], values: .float32(floats))
        } else if let integer = try node.integer("value_int") {
            value = Tensor(shape: [], values: .int64([Int64(integer)]))
        } else if let integers = try node.integers("value_ints") {
            value = Tensor(
                shape: [integers.count],
                values: .int64(integers.map(Int64.init))
            )
        } else {
            throw Refusal("it has no value of a supported kind")
        }
        guard value.type.elementType.isSupported else {
            throw Refusal("values of type \(value.type.elementType.name) are not supported")
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] { [value.type] }

    func constantOutputs(for inputs: [TensorType?]) -> [Tensor]? { [value] }

    func makeStep(_ places: StepPlaces) -> Step { {} }
}

/// ONNX's `ConstantOfShape`: one number everywhere in a tensor of a given shape.
struct ConstantOfShapeOperator: AnyElementOperator {
    static let definition = OperatorDefinition(
        "ConstantOfShape",
        since: 9,
        read: ConstantOfShapeOperator.init
    )
    private let shape: [Int]
    private let value: Tensor

    init(_ node: inout NodeReader) throws(Refusal) {
        shape = try node.requiredShape(0)
        value = try node.tensor("value") ?? Tensor(shape: [1], floats: [0])
        guard value.type.elementCount == 1, value.type.elementType.isSupported else {
            throw Refusal("its value is \(value.type)")
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(value.type.elementType, shape)]
    }

    func makeStep<Element: TensorElement>(_ type: Element.Type, _ places: StepPlaces) -> Step {
        let output = places.output(0, type)
        let element = Element.elements(of: value.values)?.first ?? .filler
        return { for index in 0..<output.count { output[index] = element } }
    }
}

/// ONNX's `Range`: numbers from a start up to a limit in equal steps.
struct RangeOperator: NumericOperator {
    static let definition = OperatorDefinition(
        "Range",
        since: 11,
        inputs: 3...3,
        read: RangeOperator.init
    )
    private let values: [Tensor]
    private let count: Int

    init(_ node: inout NodeReader) throws(Refusal) {
        var values: [Tensor] = []
        for (index, purpose) in ["start", "limit", "step"].enumerated() {
            guard let constant = node.constant(index) else {
                throw Refusal(
                    "its \(purpose) (input \(index)) is not a constant"
                )
            }
            guard constant.type.elementCount == 1, constant.type.elementType.isNumber,
                constant.type.elementType == values.first?.type.elementType
                    ?? constant.type.elementType
            else { throw Refusal("its \(purpose) is \(constant.type)") }
            values.append(constant)
        }
        self.values = values
        let numbers = values.map(\.firstNumber)
        let steps = ((numbers[1] - numbers[0]) / numbers[2]).rounded(.up)
        guard steps.isFinite, steps <= Double(1 << 31) else {
            throw Refusal(
                "a range from \(numbers[0]) to \(numbers[1]) in steps of \(numbers[2]) is not possible"
            )
        }
        count = max(0, Int(steps))
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(values[0].type.elementType, [count])]
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let output = places.output(0, type)
        let start = Number.elements(of: values[0].values)?.first ?? .filler
        let step = Number.elements(of: values[2].values)?.first ?? .filler
        return {
            for index in 0..<output.count {
                output[index] = .adding(start, .multiplying(.clamping(Double(index)), step))
            }
        }
    }
}

/// ONNX's `Shape`: the lengths of the input's axes, known when the model is loaded.
struct ShapeOperator: Operator {
    static let definition = OperatorDefinition("Shape", read: ShapeOperator.init)
    private let start: Int
    private let end: Int?

    init(_ node: inout NodeReader) throws(Refusal) {
        start = try node.integer("start", default: 0)
        end = try node.integer("end")
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(.int64, [axes(of: try inputs.required(0)).count])]
    }

    func constantOutputs(for inputs: [TensorType?]) -> [Tensor]? {
        inputs.optional(0).map { input in
            let lengths = input.shape[axes(of: input)].map(Int64.init)
            return [Tensor(shape: [lengths.count], values: .int64(lengths))]
        }
    }

    func makeStep(_ places: StepPlaces) -> Step { {} }

    private func axes(of type: TensorType) -> Range<Int> {
        func place(_ axis: Int) -> Int {
            min(max(axis < 0 ? axis + type.rank : axis, 0), type.rank)
        }
        let first = place(start)
        return first..<max(first, place(end ?? type.rank))
    }
}

/// ONNX's `Size`: the number of elements of the input, known when the model is loaded.
struct SizeOperator: Operator {
    static let definition = OperatorDefinition("Size") { _ in SizeOperator() }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(.int64, [])]
    }

    func constantOutputs(for inputs: [TensorType?]) -> [Tensor]? {
        inputs.optional(0).map {
            [Tensor(shape: [], values: .int64([Int64($0.elementCount)]))]
        }
    }

    func makeStep(_ places: StepPlaces) -> Step { {} }
}
