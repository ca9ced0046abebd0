/// ONNX's `Cast`: the same numbers in another type.
///
/// A float that is out of an integer type's range becomes the nearest number in range; integers
/// that do not fit wrap around.
struct CastOperator: AxisFlexible, TimeLocal {
    static let name = "Cast"
    private let target: ElementType

    init(_ node: inout NodeReader) throws(Refusal) {
        guard let number = try node.integer("to") else { throw Refusal("it lacks 'to'") }
        _ = try node.flag("saturate", default: true)
        guard let target = ElementType(rawValue: number), target.isSupported else {
            let name = ElementType(rawValue: number)?.name ?? String(number)
            throw Refusal("values of type \(name) are not supported")
        }
        self.target = target
    }

    /// Creates the operator that gives a type that operators compute with.
    init(to target: ElementType) {
        self.target = target
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(target, try inputs.required(0).shape)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let source = places.inputType(0).elementType
        switch source {
        case .bool:
            return step(from: Bool.self, places) {
                $0 ? 1.0 : 0.0
            } integer: {
                $0 ? 1 : 0
            }
        case .float32:
            return step(from: Float.self, places) {
                Double($0)
            } integer: { _ in
                nil
            }
        case .float64:
            return step(from: Double.self, places) {
                $0
            } integer: { _ in
                nil
            }
        case .int8: return integerStep(from: Int8.self, places)
        case .int16: return integerStep(from: Int16.self, places)
        case .int32: return integerStep(from: Int32.self, places)
        case .int64: return integerStep(from: Int64.self, places)
        case .uint8: return integerStep(from: UInt8.self, places)
        case .uint16: return integerStep(from: UInt16.self, places)
        case .uint32: return integerStep(from: UInt32.self, places)
        case .uint64: return integerStep(from: UInt64.self, places)
        default: preconditionFailure("values of a plan have a type that operators compute with")
        }
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        .elementwise(axes: axes, types: types)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        (self, order)
    }

    private func integerStep<Source: TensorElement & FixedWidthInteger>(
        from type: Source.Type,
        _ places: StepPlaces
    ) -> Step {
        step(from: type, places) {
            Double($0)
        } integer: {
            Int64(truncatingIfNeeded: $0)
        }
    }

    /// The step from one type, given an element as a double and, where it is an integer, as one.
    private func step<Source: TensorElement>(
        from type: Source.Type,
        _ places: StepPlaces,
        double: @escaping (Source) -> Double,
        integer: @escaping (Source) -> Int64?
    ) -> Step {
        let input = places.input(0, type)
        func write<Target: TensorElement>(
            _ type: Target.Type,
            _ convert: @escaping (Source) -> Target
        ) -> Step {
            let output = places.output(0, type)
            return { for index in 0..<input.count { output[index] = convert(input[index]) } }
        }
        func writeInteger<Target: TensorNumber & FixedWidthInteger>(_ type: Target.Type) -> Step {
            write(type) { value in
                integer(value).map { Target(truncatingIfNeeded: $0) } ?? .clamping(double(value))
            }
        }
        switch target {
        case .bool: return write(Bool.self) { double($0) != 0 }
        case .float32: return write(Float.self) { Float(double($0)) }
        case .float64: return write(Double.self) { double($0) }
        case .int8: return writeInteger(Int8.self)
        case .int16: return writeInteger(Int16.self)
        case .int32: return writeInteger(Int32.self)
        case .int64: return writeInteger(Int64.self)
        case .uint8: return writeInteger(UInt8.self)
        case .uint16: return writeInteger(UInt16.self)
        case .uint32: return writeInteger(UInt32.self)
        case .uint64: return writeInteger(UInt64.self)
        default: preconditionFailure("the target was checked when the node was read")
        }
    }
}
