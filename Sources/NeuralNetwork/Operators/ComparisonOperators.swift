/// An operator that compares two numbers with broadcasting and gives a truth value.
struct ComparisonOperator: NumericOperator, ElementwiseOperator {
    private enum Comparison {
        case equal, greater, greaterOrEqual, less, lessOrEqual
    }

    private let comparison: Comparison

    static let definitions = [
        row("Equal", .equal),
        row("Greater", .greater),
        row("GreaterOrEqual", since: 12, .greaterOrEqual),
        row("Less", .less),
        row("LessOrEqual", since: 12, .lessOrEqual),
    ]

    private static func row(
        _ name: String,
        since introduced: Int = 1,
        _ comparison: Comparison
    ) -> OperatorDefinition {
        OperatorDefinition(name, since: introduced, inputs: 2...2) { _ in
            ComparisonOperator(comparison: comparison)
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let left = try inputs.required(0)
        let isTruth = left.elementType == .bool && comparison == .equal
        return [try inputs.truth { $0 == left.elementType && ($0.isNumber || isTruth) }]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        guard places.elementType == .bool else {
            return makeStep(computingWith: places.elementType, places)
        }
        return truthStep(Bool.self, places) { $0 == $1 }
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        switch comparison {
        case .equal: truthStep(type, places) { $0 == $1 }
        case .greater: truthStep(type, places) { $0 > $1 }
        case .greaterOrEqual: truthStep(type, places) { $0 >= $1 }
        case .less: truthStep(type, places) { $0 < $1 }
        case .lessOrEqual: truthStep(type, places) { $0 <= $1 }
        }
    }
}

/// An operator on two truth values with broadcasting.
struct LogicalOperator: ElementwiseOperator {
    private let combine: @Sendable (Bool, Bool) -> Bool

    static let definitions = [
        row("And") { $0 && $1 },
        row("Or") { $0 || $1 },
        row("Xor") { $0 != $1 },
    ]

    private static func row(
        _ name: String,
        _ combine: @escaping @Sendable (Bool, Bool) -> Bool
    ) -> OperatorDefinition {
        OperatorDefinition(name, inputs: 2...2) { _ in LogicalOperator(combine: combine) }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [try inputs.truth { $0 == .bool }]
    }

    func makeStep(_ places: StepPlaces) -> Step { truthStep(Bool.self, places, combine) }
}

/// ONNX's `Not`: the opposite of a truth value.
struct NotOperator: ElementwiseOperator {
    static let definition = OperatorDefinition("Not") { _ in NotOperator() }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        guard input.elementType == .bool else {
            throw Refusal("it supports bool, not \(input.elementType.name)")
        }
        return [input]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let input = places.input(0, Bool.self)
        let output = places.output(0, Bool.self)
        return { for index in 0..<input.count { output[index] = !input[index] } }
    }
}

/// ONNX's `Where`: the second input's element where the first is true, else the third's.
struct WhereOperator: AnyElementOperator, ElementwiseOperator {
    static let definition = OperatorDefinition("Where", since: 9, inputs: 3...3) { _ in
        WhereOperator()
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let condition = try inputs.required(0)
        let (first, second) = (try inputs.required(1), try inputs.required(2))
        guard condition.elementType == .bool, first.elementType == second.elementType else {
            throw Refusal("it does not support \(condition) with \(first) and \(second)")
        }
        let shape = try Broadcast.shape(of: [condition.shape, first.shape, second.shape])
        return [TensorType(first.elementType, shape)]
    }

    // The condition, input 0, is of another type.
    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(moving: places.outputType(0).elementType, places)
    }

    func makeStep<Element: TensorElement>(_ type: Element.Type, _ places: StepPlaces) -> Step {
        let condition = places.input(0, Bool.self)
        let (first, second) = (places.input(1, type), places.input(2, type))
        let output = places.output(0, type)
        let loops = Broadcast.loops(
            [condition.shape, first.shape, second.shape],
            to: output.shape
        )
        return {
            for index in 0..<output.count {
                output[index] =
                    condition[loops.offset(of: 0, round: index, innerCount: 0)]
                    ? first[loops.offset(of: 1, round: index, innerCount: 0)]
                    : second[loops.offset(of: 2, round: index, innerCount: 0)]
            }
        }
    }
}

extension [TensorType?] {
    /// The truth values that two inputs broadcast to, after a check of their types.
    fileprivate func truth(_ isSupported: (ElementType) -> Bool) throws(Refusal) -> TensorType {
        let left = try required(0)
        let right = try required(1)
        guard isSupported(left.elementType), isSupported(right.elementType) else {
            throw Refusal(
                "it does not support \(left.elementType.name) with \(right.elementType.name)"
            )
        }
        return TensorType(.bool, try Broadcast.shape(of: [left.shape, right.shape]))
    }
}

extension Operator {
    /// The step that gives the truth of a statement about two elements.
    fileprivate func truthStep<Element: TensorElement>(
        _ type: Element.Type,
        _ places: StepPlaces,
        _ isTrue: @escaping (Element, Element) -> Bool
    ) -> Step {
        Broadcast.step(
            places.input(0, type),
            places.input(1, type),
            places.output(0, Bool.self),
            by: isTrue
        )
    }
}
