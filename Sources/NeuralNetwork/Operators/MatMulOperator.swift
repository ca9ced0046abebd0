/// ONNX's `MatMul`: products of matrices in the last two axes, with broadcasting of the others.
struct MatMulOperator: NumericOperator, TimeLocal, FusableOperator, NarrowableProduct {
    static let definition = OperatorDefinition("MatMul", inputs: 2...2, read: MatMulOperator.init)
    /// The right side, one column after another, when it is a constant matrix.
    private var weights: Weights?
    private var rightShape: [Int]
    /// Added to every row; one number per column.
    private var bias: [Float]?
    /// What is applied to every output.
    var activation = ScalarFunction.identity

    init(_ node: inout NodeReader) throws(Refusal) {
        let (left, right) = (try node.inputType(0), try node.inputType(1))
        guard left.elementType == right.elementType, left.elementType.isNumber, left.rank >= 1,
            right.rank >= 1
        else { throw Refusal("\(left) cannot be multiplied with \(right)") }
        rightShape = right.shape
        let isWeight =
            right.rank == 2 && right.elementType == .float32 && !node.isConstant(0)
            && right.elementCount > 0
        weights = (isWeight ? node.constant(1)?.floats : nil).map { matrix in
            let (rows, columns) = (right.shape[0], right.shape[1])
            let byColumn = matrix.indices.map { matrix[$0 % rows * columns + $0 / rows] }
            return Weights(byColumn, outputCount: columns)
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let left = try inputs.required(0)
        let extents = try MatrixExtents(left.shape, rightShape)
        return [TensorType(left.elementType, extents.outputShape)]
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        guard weights != nil, let time = axes[0], let rank = types[0]?.rank, time < rank - 1 else {
            return nil
        }
        return .sameTime(axis: time)
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let left = places.inputType(0)
        guard left.elementType == .float32 else {
            return makeStep(computingWith: left.elementType, places)
        }
        if let weights {
            let matrix = places.packing.weights(ofNode: places.node) {
                PackedMatrix(
                    weights,
                    rowCount: rightShape[0],
                    bias: bias,
                    function: activation
                )
            }
            let rows = places.outputType(0).elementCount / rightShape[1]
            let (input, output) = (places.floats(0), places.result(0))
            return { matrix.multiply(input, rows: rows, into: output) }
        }
        guard let extents = try? MatrixExtents(left.shape, rightShape) else { return {} }
        let (a, b, c) = (places.floats(0), places.floats(1), places.result(0))
        let (rows, columns, depth) = (extents.rows, extents.columns, extents.depth)
        return {
            for batch in 0..<extents.batchCount {
                let leftStart = extents.leftStart(batch)
                let rightStart = extents.rightStart(batch)
                MatrixProduct.multiply(
                    a[leftStart..<leftStart + rows * depth],
                    b[rightStart..<rightStart + depth * columns],
                    m: rows,
                    n: columns,
                    k: depth,
                    into: c[batch * rows * columns..<(batch + 1) * rows * columns]
                )
            }
        }
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let (left, right) = (places.input(0, type), places.input(1, type))
        let output = places.output(0, type)
        guard let extents = try? MatrixExtents(left.shape, rightShape) else { return {} }
        return {
            for index in 0..<output.count {
                let batch = index / (extents.rows * extents.columns)
                let row = index / extents.columns % extents.rows
                var sum: Number = .filler
                for k in 0..<extents.depth {
                    let a = left[extents.leftStart(batch) + row * extents.depth + k]
                    let b = right[
                        extents.rightStart(batch) + k * extents.columns + index % extents.columns
                    ]
                    sum = .adding(sum, .multiplying(a, b))
                }
                output[index] = sum
            }
        }
    }

    func absorbing(
        _ next: any Operator,
        operand: Tensor?,
        type: TensorType
    ) -> (any Operator)? {
        guard weights != nil, activation == .identity else { return nil }
        if operand == nil { return absorbingFunction(next) }
        guard next.isBinary(.add),
            let floats = operand?.floats(along: type.rank - 1, of: type)
        else { return nil }
        var merged = self
        merged.bias = floats.indices.map { (bias?[$0] ?? 0) + floats[$0] }
        return merged
    }

    func reading(_ inputs: Range<Int>) -> (any Operator)? {
        guard let weights else { return nil }
        var narrowed = self
        narrowed.weights = weights.reading(inputs)
        narrowed.rightShape[0] = inputs.count
        return narrowed
    }

    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        let depth = rightShape.count > 1 ? rightShape[rightShape.count - 2] : rightShape[0]
        return outputs[0].elementCount * depth
    }

    var parameterCount: Int { (weights?.count ?? 0) + (bias?.count ?? 0) }
    var weightByteCount: Int { (weights?.byteCount ?? 0) + 4 * (bias?.count ?? 0) }
}

/// The sizes of a batch of matrix products with broadcasting.
struct MatrixExtents: Sendable {
    let rows: Int
    let columns: Int
    let depth: Int
    let outputShape: [Int]
    let batchCount: Int
    private let batches: LoopNest

    /// Works the sizes out; a side of one axis counts as a row or a column.
    init(_ left: [Int], _ right: [Int]) throws(Refusal) {
        let a = left.count == 1 ? [1] + left : left
        let b = right.count == 1 ? right + [1] : right
        rows = a[a.count - 2]
        depth = a[a.count - 1]
        columns = b[b.count - 1]
        guard b[b.count - 2] == depth else {
            throw Refusal("\(left) cannot be multiplied with \(right)")
        }
        let (leftBatch, rightBatch) = (Array(a.dropLast(2)), Array(b.dropLast(2)))
        let batch = try Broadcast.shape(of: [leftBatch, rightBatch])
        batchCount = batch.reduce(1, *)
        let leftStrides = Broadcast.strides(leftBatch, to: batch).map { [rows, depth] in
            $0 * rows * depth
        }
        let rightStrides = Broadcast.strides(rightBatch, to: batch).map { [depth, columns] in
            $0 * depth * columns
        }
        batches = LoopNest(lengths: batch, strides: [leftStrides, rightStrides])
        outputShape =
            batch + (left.count == 1 ? [] : [rows]) + (right.count == 1 ? [] : [columns])
    }

    /// The first element of the left matrix of a product.
    func leftStart(_ batch: Int) -> Int { batches.offset(of: 0, round: batch, innerCount: 0) }

    /// The first element of the right matrix of a product.
    func rightStart(_ batch: Int) -> Int { batches.offset(of: 1, round: batch, innerCount: 0) }
}
