/// An operator that combines any number of inputs with broadcasting.
protocol VariadicOperator: NumericOperator, AxisFlexible, TimeLocal {
    /// The operation on floats.
    static var floatFunction: BinaryFunction { get }

    /// The operation for any type of number.
    func combine<Number: TensorNumber>(_ left: Number, _ right: Number) -> Number

    /// What is done to the combination of all inputs.
    func finish<Number: TensorNumber>(_ value: Number, inputCount: Int) -> Number
}

extension VariadicOperator {
    static var inputCounts: ClosedRange<Int> { 1...4096 }

    func finish<Number: TensorNumber>(_ value: Number, inputCount: Int) -> Number { value }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let first = try inputs.required(0)
        var shape = first.shape
        for index in inputs.indices {
            let input = try inputs.required(index)
            guard input.elementType == first.elementType, input.elementType.isNumber else {
                throw Refusal(
                    "it does not work on \(first.elementType.name) with \(input.elementType.name)"
                )
            }
            shape = try Broadcast.shape(of: [shape, input.shape])
        }
        return [TensorType(first.elementType, shape)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let type = places.outputType(0)
        if type.elementType == .float32, places.inputs.count == 2,
            let operation = BroadcastOperation(
                Self.floatFunction,
                left: places.inputType(0).shape,
                right: places.inputType(1).shape
            )
        {
            let (left, right) = (places.floats(0), places.floats(1))
            let output = places.output(0, Float.self)
            return {
                operation.run(left, right, into: output.mutableFloats)
                for index in 0..<output.count {
                    output[index] = finish(output[index], inputCount: 2)
                }
            }
        }
        return makeStep(computingWith: type.elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let output = places.output(0, type)
        let inputs = places.inputs.indices.map { places.input($0, type) }
        let loops = Broadcast.loops(inputs.map(\.shape), to: output.shape)
        return {
            for index in 0..<output.count {
                var value = inputs[0][loops.offset(of: 0, round: index, innerCount: 0)]
                for operand in 1..<max(1, inputs.count) {
                    value = combine(
                        value,
                        inputs[operand][loops.offset(of: operand, round: index, innerCount: 0)]
                    )
                }
                output[index] = finish(value, inputCount: inputs.count)
            }
        }
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        .elementwise(axes: axes, types: types)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        (self, order)
    }
}
