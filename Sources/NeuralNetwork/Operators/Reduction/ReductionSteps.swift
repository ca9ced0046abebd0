/// Steps that reduce axes.
enum ReductionSteps {
    /// The step for one kind of reduction and one type of number.
    static func step<Number: TensorNumber>(
        _ kind: ReductionKind,
        _ axes: ReducedAxes,
        _ input: TypedView<Number>,
        _ output: TypedView<Number>
    ) -> Step {
        let (kept, reduced) = axes.loops(input.shape)
        let reducedCount = axes.resolved.map { input.shape[$0] }.reduce(1, *)
        let outputCount = output.count
        return {
            for index in 0..<outputCount {
                let start = kept.offset(of: 0, round: index, innerCount: 0)
                output[index] = reduce(kind, input, start, reduced, reducedCount)
            }
        }
    }

    /// The step for floats whose reduced axes are neighbours, by a kernel; nil otherwise.
    static func floatStep(
        _ kind: ReductionKind,
        _ axes: ReducedAxes,
        _ input: TypedView<Float>,
        _ output: TypedView<Float>
    ) -> Step? {
        guard let kernel = kind.kernel, let first = axes.resolved.first,
            let last = axes.resolved.last, last - first + 1 == axes.resolved.count
        else { return nil }
        let outer = input.shape[..<first].reduce(1, *)
        let length = input.shape[first...last].reduce(1, *)
        let inner = input.shape[(last + 1)...].reduce(1, *)
        let (input, output) = (input.floats, output.mutableFloats)
        guard length > 0 else { return nil }
        return {
            kernel.reduce(input, outer: outer, length: length, inner: inner, into: output)
        }
    }

    /// One output: everything but sums is exact, and sums are taken in double precision.
    private static func reduce<Number: TensorNumber>(
        _ kind: ReductionKind,
        _ x: TypedView<Number>,
        _ start: Int,
        _ loops: LoopNest,
        _ count: Int
    ) -> Number {
        switch kind {
        case .greatest, .least:
            var extreme = kind == .greatest ? Number.least : Number.greatest
            for index in 0..<count {
                let value = x[start + loops.offset(of: 0, round: index, innerCount: 0)]
                let isBetter = kind == .greatest ? value > extreme : value < extreme
                if isBetter || value.isNotANumber { extreme = value }
            }
            return extreme
        case .product:
            var product: Number = 1
            for index in 0..<count {
                product = .multiplying(
                    product,
                    x[start + loops.offset(of: 0, round: index, innerCount: 0)]
                )
            }
            return product
        case .logOfSumOfExponentials:
            var greatest = -Double.infinity
            for index in 0..<count {
                greatest = max(
                    greatest,
                    x[start + loops.offset(of: 0, round: index, innerCount: 0)].asDouble
                )
            }
            let base = greatest.isFinite ? greatest : 0
            var sum = 0.0
            for index in 0..<count {
                let value = x[start + loops.offset(of: 0, round: index, innerCount: 0)].asDouble
                sum += ScalarFunction.exp.callAsFunction(value - base)
            }
            return .clamping(ScalarFunction.log.callAsFunction(sum) + base)
        case .sum, .mean, .sumOfSquares, .norm, .sumOfMagnitudes, .logOfSum:
            var sum = 0.0
            for index in 0..<count {
                let value = x[start + loops.offset(of: 0, round: index, innerCount: 0)].asDouble
                switch kind {
                case .sumOfSquares, .norm: sum += value * value
                case .sumOfMagnitudes: sum += value.magnitude
                default: sum += value
                }
            }
            switch kind {
            case .mean: return .clamping(sum / Double(count))
            case .norm: return .clamping(sum.squareRoot())
            case .logOfSum: return .clamping(ScalarFunction.log.callAsFunction(sum))
            default: return .clamping(sum)
            }
        }
    }
}
