/// ONNX's `Gemm`: alpha · A · B + beta · C with optional transposition of A and B.
struct GemmOperator: TimeLocal, FusableOperator, NarrowableProduct {
    static let definition = OperatorDefinition("Gemm", inputs: 2...3, read: GemmOperator.init)
    let alpha: Float
    let beta: Float
    let transposesLeft: Bool
    let transposesRight: Bool
    /// B times alpha, one column after another; nil when known only at run time.
    private(set) var weights: Weights?
    /// C stretched to one number per column and times beta, where it is a constant that allows it.
    private(set) var bias: [Float]?
    private var weightShape: [Int]
    /// What is applied to every output.
    var activation = ScalarFunction.identity

    init(_ node: inout NodeReader) throws(Refusal) {
        alpha = try node.float("alpha", default: 1)
        beta = try node.float("beta", default: 1)
        transposesLeft = try node.flag("transA", default: false)
        transposesRight = try node.flag("transB", default: false)
        let left = try node.inputType(0)
        let right = try node.inputType(1)
        guard left.rank == 2, right.rank == 2, left.elementType == .float32,
            right.elementType == .float32
        else { throw Refusal("it supports float matrices, not \(left) with \(right)") }
        weightShape = transposesRight ? right.shape.reversed() : right.shape
        let hasBias = node.hasInput(2)
        if hasBias {
            let type = try node.inputType(2)
            let target = [left.shape[transposesLeft ? 1 : 0], weightShape[1]]
            guard type.elementType == .float32,
                try Broadcast.shape(of: [type.shape, target]) == target
            else { throw Refusal("its C is \(type) for an output of \(target)") }
        }
        let biasShape = hasBias ? try node.inputType(2).shape : []
        let biasIsRow = biasShape.dropLast().allSatisfy { $0 == 1 }
        guard !transposesLeft, node.isConstant(1), !hasBias || (node.isConstant(2) && biasIsRow),
            let matrix = node.constant(1)?.floats
        else { return }
        let (rows, columns, scale) = (weightShape[0], weightShape[1], alpha)
        if rows > 0, columns > 0 {
            let byColumn = (0..<rows * columns).map { [transposesRight] index in
                scale * matrix[transposesRight ? index : index % rows * columns + index / rows]
            }
            weights = Weights(byColumn, outputCount: columns)
        }
        if hasBias, let constant = node.constant(2)?.floats {
            bias = (0..<columns).map { [beta] in
                beta * (constant.count == 1 ? constant[0] : constant[$0])
            }
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let left = try inputs.required(0)
        let rows = left.shape[transposesLeft ? 1 : 0]
        let depth = left.shape[transposesLeft ? 0 : 1]
        guard depth == weightShape[0] else {
            throw Refusal("\(left.shape) cannot be multiplied with \(weightShape)")
        }
        return [TensorType(.float32, [rows, weightShape[1]])]
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        guard weights != nil, axes[0] == 0 else { return nil }
        return .sameTime(axis: 0)
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let input = places.input(0, Float.self)
        let output = places.output(0, Float.self)
        if let weights {
            let matrix = places.packing.weights(ofNode: places.node) {
                PackedMatrix(
                    weights,
                    rowCount: weightShape[0],
                    bias: bias,
                    function: activation
                )
            }
            let (left, product, rows) = (input.floats, output.mutableFloats, output.shape[0])
            return { matrix.multiply(left, rows: rows, into: product) }
        }
        return runtimeStep(places)
    }

    func reading(_ inputs: Range<Int>) -> (any Operator)? {
        guard let weights else { return nil }
        var narrowed = self
        narrowed.weights = weights.reading(inputs)
        narrowed.weightShape[0] = inputs.count
        return narrowed
    }

    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        outputs[0].elementCount * weightShape[0]
    }

    var parameterCount: Int { (weights?.count ?? 0) + (bias?.count ?? 0) }
    var weightByteCount: Int { (weights?.byteCount ?? 0) + 4 * (bias?.count ?? 0) }

    /// The step when B or C is known only at run time.
    private func runtimeStep(_ places: StepPlaces) -> Step {
        let left = places.input(0, Float.self)
        let right = places.input(1, Float.self)
        let addend = places.hasInput(2) ? places.input(2, Float.self) : nil
        let output = places.output(0, Float.self)
        let (rows, columns, depth) = (output.shape[0], output.shape[1], weightShape[0])
        let (a, b, c) = (left.floats, right.floats, output.mutableFloats)
        let product: Step = { [alpha, transposesLeft, transposesRight] in
            MatrixProduct.multiply(
                a,
                transposeA: transposesLeft,
                b,
                transposeB: transposesRight,
                m: rows,
                n: columns,
                k: depth,
                scale: alpha,
                into: c
            )
        }
        let finish: Step = { [activation] in activation.apply(c.readOnly, into: c) }
        guard let addend else {
            return {
                product()
                finish()
            }
        }
        let loops = Broadcast.loops([addend.shape], to: output.shape)
        return { [beta] in
            product()
            for index in 0..<output.count {
                output[index] += beta * addend[loops.offset(of: 0, round: index, innerCount: 0)]
            }
            finish()
        }
    }
}
