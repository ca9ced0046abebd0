/// An operator that makes one number of all numbers along some axes.
struct ReductionOperator: AxisFlexible, NumericOperator, TimeLocal {
    /// How numbers become one.
    enum Kind: Sendable {
        case sum, mean, greatest, least, sumOfSquares, norm, sumOfMagnitudes, product, logOfSum
        case logOfSumOfExponentials
    }

    private let kind: Kind
    private var axes: ReducedAxes

    static let definitions = [
        global("GlobalAveragePool", .mean),
        global("GlobalMaxPool", .greatest),
        row("ReduceL1", .sumOfMagnitudes),
        row("ReduceL2", .norm),
        row("ReduceLogSum", .logOfSum),
        row("ReduceLogSumExp", .logOfSumOfExponentials),
        row("ReduceMax", .greatest),
        row("ReduceMean", .mean),
        row("ReduceMin", .least),
        row("ReduceProd", .product),
        row("ReduceSum", .sum, axesAreInputSince: 13),
        row("ReduceSumSquare", .sumOfSquares),
    ]

    private static func row(
        _ name: String,
        _ kind: Kind,
        axesAreInputSince opset: Int = 18
    ) -> OperatorDefinition {
        OperatorDefinition(name, inputs: 1...2) { node throws(Refusal) in
            ReductionOperator(kind: kind, axes: try ReducedAxes(&node, inputSince: opset))
        }
    }

    /// A reduction of all spatial axes, which stay with length 1.
    private static func global(_ name: String, _ kind: Kind) -> OperatorDefinition {
        OperatorDefinition(name) { node throws(Refusal) in
            let rank = try node.inputType(0).rank
            guard rank >= 3 else { throw Refusal("its input has \(rank) axes") }
            let axes = ReducedAxes(rank: rank, resolved: Array(2..<rank), keepsAxes: true)
            return ReductionOperator(kind: kind, axes: axes)
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        try input.requireNumbers()
        return [TensorType(input.elementType, axes.outputShape(for: input.shape))]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        floatStep(places) ?? makeStep(computingWith: places.elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let (input, output) = (places.input(0, type), places.output(0, type))
        let (kept, reduced) = axes.loops(input.shape)
        let count = axes.resolved.map { input.shape[$0] }.reduce(1, *)
        return { [kind] in
            for index in 0..<output.count {
                let start = kept.offset(of: 0, round: index, innerCount: 0)
                output[index] = kind.reduce(count) {
                    input[start + reduced.offset(of: 0, round: $0, innerCount: 0)]
                }
            }
        }
    }

    /// The step for floats whose reduced axes are neighbours, by a kernel; nil otherwise.
    private func floatStep(_ places: StepPlaces) -> Step? {
        let type = places.inputType(0)
        guard type.elementType == .float32, let kernel = kind.kernel,
            let first = axes.resolved.first, let last = axes.resolved.last,
            last - first + 1 == axes.resolved.count
        else { return nil }
        let outer = type.shape[..<first].reduce(1, *)
        let length = type.shape[first...last].reduce(1, *)
        let inner = type.shape[(last + 1)...].reduce(1, *)
        guard length > 0 else { return nil }
        let (input, output) = (places.floats(0), places.result(0))
        return {
            kernel.reduce(input, outer: outer, length: length, inner: inner, into: output)
        }
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        guard let time = axes[0], !self.axes.resolved.contains(time) else { return nil }
        let removed = self.axes.keepsAxes ? 0 : self.axes.resolved.count { $0 < time }
        return .sameTime(axis: time - removed)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        guard axes.rank == order.rank else { return nil }
        var copy = self
        copy.axes = ReducedAxes(
            rank: axes.rank,
            resolved: axes.resolved.map { order.position(of: $0) },
            keepsAxes: axes.keepsAxes
        )
        return (copy, axes.keepsAxes ? order : order.removing(Set(axes.resolved)))
    }
}

extension ReductionOperator.Kind {
    /// The kernel for floats, if there is one.
    fileprivate var kernel: Reduction? {
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

    /// Reduces `count` numbers: extremes and products in their own type, sums in double precision.
    fileprivate func reduce<Number: TensorNumber>(
        _ count: Int,
        _ number: (Int) -> Number
    ) -> Number {
        func fold<Total>(_ first: Total, _ step: (Total, Number) -> Total) -> Total {
            var total = first
            for index in 0..<count { total = step(total, number(index)) }
            return total
        }
        func sum(_ term: (Double) -> Double = { $0 }) -> Double {
            fold(0.0) { $0 + term($1.asDouble) }
        }
        switch self {
        case .greatest: return fold(.least) { $1 > $0 || $1.isNotANumber ? $1 : $0 }
        case .least: return fold(.greatest) { $1 < $0 || $1.isNotANumber ? $1 : $0 }
        case .product: return fold(1) { .multiplying($0, $1) }
        case .sum: return .clamping(sum())
        case .mean: return .clamping(sum() / Double(count))
        case .sumOfSquares: return .clamping(sum { $0 * $0 })
        case .norm: return .clamping(sum { $0 * $0 }.squareRoot())
        case .sumOfMagnitudes: return .clamping(sum { $0.magnitude })
        case .logOfSum: return .clamping(ScalarFunction.log.callAsFunction(sum()))
        case .logOfSumOfExponentials:
            let greatest = fold(-Double.infinity) { max($0, $1.asDouble) }
            let base = greatest.isFinite ? greatest : 0
            let total = sum { ScalarFunction.exp.callAsFunction($0 - base) }
            return .clamping(ScalarFunction.log.callAsFunction(total) + base)
        }
    }
}

/// Which axes a reduction takes together, and whether they stay with length 1.
struct ReducedAxes: Sendable {
    let rank: Int
    /// The axes, counted from the front, in ascending order.
    let resolved: [Int]
    let keepsAxes: Bool

    init(rank: Int, resolved: [Int], keepsAxes: Bool) {
        self.rank = rank
        self.resolved = resolved.sorted()
        self.keepsAxes = keepsAxes
    }

    /// Reads the axes from an attribute or, from opset `inputSince` on, from an input.
    fileprivate init(_ node: inout NodeReader, inputSince: Int) throws(Refusal) {
        rank = try node.inputType(0).rank
        keepsAxes = try node.flag("keepdims", default: true)
        var axes: [Int]?
        var emptyMeansNone = false
        if node.opset >= inputSince {
            axes = try node.constantIntegers(1, "the axes")
            emptyMeansNone = try node.flag("noop_with_empty_axes", default: false)
        } else {
            axes = try node.integers("axes")
            guard !node.hasInput(1) else {
                throw Refusal("its axes may be an input only since opset \(inputSince)")
            }
        }
        if let axes, !axes.isEmpty {
            resolved = try Axis.resolve(axes, rank: rank).sorted()
        } else {
            resolved = emptyMeansNone ? [] : Array(0..<rank)
        }
    }

    /// The shape that is left.
    func outputShape(for shape: [Int]) -> [Int] {
        shape.enumerated().compactMap { axis, length in
            guard resolved.contains(axis) else { return length }
            return keepsAxes ? 1 : nil
        }
    }

    /// The loops over what stays and over what is reduced, with the strides of the input.
    fileprivate func loops(_ shape: [Int]) -> (kept: LoopNest, reduced: LoopNest) {
        let strides = LoopNest.rowMajorStrides(shape)
        func loops(_ axes: [Int]) -> LoopNest {
            LoopNest(lengths: axes.map { shape[$0] }, strides: [axes.map { strides[$0] }])
        }
        return (loops(shape.indices.filter { !resolved.contains($0) }), loops(resolved))
    }
}
