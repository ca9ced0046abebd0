/// An operator whose step is the same for every element type, as when it only moves elements.
protocol AnyElementOperator: Operator {
    /// The step for one element type.
    func makeStep<Element: TensorElement>(
        _ type: Element.Type,
        _ places: StepPlaces
    ) -> Step
}

extension AnyElementOperator {
    /// The step for the element type given at run time.
    func makeStep(moving elementType: ElementType, _ places: StepPlaces) -> Step {
        switch elementType {
        case .float32: makeStep(Float.self, places)
        case .float64: makeStep(Double.self, places)
        case .int8: makeStep(Int8.self, places)
        case .int16: makeStep(Int16.self, places)
        case .int32: makeStep(Int32.self, places)
        case .int64: makeStep(Int64.self, places)
        case .uint8: makeStep(UInt8.self, places)
        case .uint16: makeStep(UInt16.self, places)
        case .uint32: makeStep(UInt32.self, places)
        case .uint64: makeStep(UInt64.self, places)
        case .bool: makeStep(Bool.self, places)
        default: preconditionFailure("values of a plan have a type that operators compute with")
        }
    }
}

/// An operator whose step is the same for every type of number.
protocol NumericOperator: Operator {
    /// The step for one type of number.
    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step
}

extension NumericOperator {
    /// The step for the type of number given at run time.
    func makeStep(computingWith elementType: ElementType, _ places: StepPlaces) -> Step {
        switch elementType {
        case .float32: makeStep(Float.self, places)
        case .float64: makeStep(Double.self, places)
        case .int8: makeStep(Int8.self, places)
        case .int16: makeStep(Int16.self, places)
        case .int32: makeStep(Int32.self, places)
        case .int64: makeStep(Int64.self, places)
        case .uint8: makeStep(UInt8.self, places)
        case .uint16: makeStep(UInt16.self, places)
        case .uint32: makeStep(UInt32.self, places)
        case .uint64: makeStep(UInt64.self, places)
        default: preconditionFailure("operators check for numbers before they make a step")
        }
    }
}
