/// An operator that reduces axes to a single number each.
protocol ReductionOperator: AxisFlexible, NumericOperator, TimeLocal {
    static var kind: ReductionKind { get }
    var axes: ReducedAxes { get set }
}

/// How numbers become one.
enum ReductionKind: Sendable {
    case sum, mean, greatest, least, sumOfSquares, norm, sumOfMagnitudes, product, logOfSum
    case logOfSumOfExponentials

    /// The kernel for floats, if there is one.
    var kernel: Reduction? {
        switch self {
        case .sum: .sum
        case .mean: .mean
        case .greatest: .maximum
        case .least: .minimum
        case .sumOfSquares: .sumOfSquares
        case .sumOfMagnitudes: .sumOfMagnitudes
        case .norm: .euclideanNorm
        case .product, .logOfSum, .logOfSumOfExponentials: nil
        }
    }
}

extension ReductionOperator {
    static var inputCounts: ClosedRange<Int> { 1...2 }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        guard input.elementType.isNumber else {
            throw Refusal("it works on numbers, not on \(input.elementType.name)")
        }
        return [TensorType(input.elementType, axes.outputShape(for: input.shape))]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let elementType = places.inputType(0).elementType
        if elementType == .float32,
            let step = ReductionSteps.floatStep(
                Self.kind,
                axes,
                places.input(0, Float.self),
                places.output(0, Float.self)
            )
        {
            return step
        }
        return makeStep(computingWith: elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        ReductionSteps.step(
            Self.kind,
            axes,
            places.input(0, type),
            places.output(0, type)
        )
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        guard let time = axes[0], !self.axes.resolved.contains(time) else { return nil }
        let removed = self.axes.keepsAxes ? 0 : self.axes.resolved.count { $0 < time }
        return .sameTime(axis: time - removed)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        guard axes.rank == order.rank else { return nil }
        var copy = self
        copy.axes = axes.reordered(order)
        return (copy, axes.keepsAxes ? order : order.removing(Set(axes.resolved)))
    }
}
