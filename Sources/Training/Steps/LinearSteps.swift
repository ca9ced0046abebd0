import NeuralNetwork

/// y = alpha · op(a) · op(b) + beta · c, as fully connected layers are written.
final class GemmStep: PlanStep {
    let outputs: [PlanTensor]
    private let left: PlanEdge
    private let right: PlanEdge
    private let bias: PlanEdge?
    private let alpha: Float
    private let beta: Float
    private let transposesLeft: Bool
    private let transposesRight: Bool
    private let biasStrides: [Int]
    private let (rows, columns, depth): (Int, Int, Int)

    init(_ context: StepContext) throws(TrainingError) {
        left = try context.edge(0)
        right = try context.edge(1)
        bias = context.optionalEdge(2)
        alpha = context.float("alpha") ?? 1
        beta = context.float("beta") ?? 1
        transposesRight = context.integer("transB") ?? 0 != 0
        transposesLeft = context.integer("transA") ?? 0 != 0
        guard left.shape.count == 2, right.shape.count == 2 else {
            throw context.refusal("\(left.shape) times \(right.shape)")
        }
        rows = left.shape[transposesLeft ? 1 : 0]
        depth = left.shape[transposesLeft ? 0 : 1]
        columns = right.shape[transposesRight ? 0 : 1]
        guard right.shape[transposesRight ? 1 : 0] == depth else {
            throw context.refusal("\(left.shape) times \(right.shape)")
        }
        let shape = bias?.shape ?? [1]
        guard let strides = RowMajor.broadcastStrides(of: shape, to: [rows, columns]) else {
            throw context.refusal("a bias of \(shape) does not fit [\(rows), \(columns)]")
        }
        biasStrides = strides
        outputs = [context.output([rows, columns])]
    }

    func forward(_ run: PlanRun) {
        if transposesLeft {
            multiply(left.values, into: outputs[0].values.slice, rows: 0..<rows)
        } else {
            run.crew.forEachPart(of: rows) { _, range, _ in
                multiply(
                    left.values.slice(at: range.lowerBound * depth, count: range.count * depth),
                    into: outputs[0].values.slice(
                        at: range.lowerBound * columns,
                        count: range.count * columns
                    ),
                    rows: range
                )
            }
        }
    }

    private func multiply(
        _ left: FloatSlice,
        into output: MutableFloatSlice,
        rows: Range<Int>
    ) {
        MatrixProduct.multiply(
            left,
            transposeA: transposesLeft,
            right.values,
            transposeB: transposesRight,
            m: rows.count,
            n: columns,
            k: depth,
            scale: alpha,
            into: output
        )
        guard let bias = bias?.values else { return }
        let loop = StridedLoop(
            shape: [rows.count, columns],
            first: biasStrides,
            second: [columns, 1]
        )
        let start = rows.lowerBound * biasStrides[0]
        loop.copy(scale: beta, adds: true, from: bias[start..<bias.count], to: output)
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly else { return }
        if let dx = left.gradient {
            MatrixProduct.multiply(
                transposesLeft ? right.values : dy,
                transposeA: transposesLeft && transposesRight,
                transposesLeft ? dy : right.values,
                transposeB: transposesLeft || !transposesRight,
                m: transposesLeft ? depth : rows,
                n: transposesLeft ? rows : depth,
                k: columns,
                scale: alpha,
                outputScale: left.adds ? 1 : 0,
                into: dx
            )
        }
        if let dw = right.gradient {
            MatrixProduct.multiply(
                transposesRight ? dy : left.values,
                transposeA: transposesRight || !transposesLeft,
                transposesRight ? left.values : dy,
                transposeB: transposesRight && transposesLeft,
                m: transposesRight ? columns : depth,
                n: transposesRight ? depth : columns,
                k: rows,
                scale: alpha,
                outputScale: right.adds ? 1 : 0,
                into: dw
            )
        }
        if let db = bias?.gradientToAddTo() {
            let loop = StridedLoop(
                shape: [rows, columns],
                first: [columns, 1],
                second: biasStrides
            )
            loop.copy(scale: beta, adds: true, from: dy, to: db)
        }
    }
}

/// Matrix products of a batch: each with its own right side, or all with one.
final class MatMulStep: PlanStep {
    let outputs: [PlanTensor]
    private let left: PlanEdge
    private let right: PlanEdge
    private let batch: Int
    private let (rows, columns, depth): (Int, Int, Int)

    init(_ context: StepContext) throws(TrainingError) {
        left = try context.edge(0)
        right = try context.edge(1)
        let (a, b) = (left.shape, right.shape)
        guard a.count >= 2, b.count >= 2, a[a.count - 1] == b[b.count - 2] else {
            throw context.refusal("\(a) times \(b)")
        }
        depth = a[a.count - 1]
        columns = b[b.count - 1]
        if b.count == 2 {
            batch = 1
            rows = a.dropLast().reduce(1, *)
        } else {
            guard a.dropLast(2) == b.dropLast(2) else {
                throw context.refusal("\(a) times \(b): their batches differ")
            }
            batch = a.dropLast(2).reduce(1, *)
            rows = a[a.count - 2]
        }
        outputs = [context.output(Array(a.dropLast()) + [columns])]
    }

    func forward(_ run: PlanRun) {
        run.crew.forEachPart(of: batch) { _, range, _ in
            for item in range {
                MatrixProduct.multiply(
                    left.values[part(item, rows * depth)],
                    right.values[part(item, depth * columns)],
                    m: rows,
                    n: columns,
                    k: depth,
                    into: outputs[0].values.slice[part(item, rows * columns)]
                )
            }
        }
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly else { return }
        run.crew.forEachPart(of: batch) { _, range, _ in
            for item in range {
                let gradient = dy[part(item, rows * columns)]
                if let dx = left.gradient {
                    MatrixProduct.multiply(
                        gradient,
                        right.values[part(item, depth * columns)],
                        transposeB: true,
                        m: rows,
                        n: depth,
                        k: columns,
                        outputScale: left.adds ? 1 : 0,
                        into: dx[part(item, rows * depth)]
                    )
                }
                if let dw = right.gradient {
                    MatrixProduct.multiply(
                        left.values[part(item, rows * depth)],
                        transposeA: true,
                        gradient,
                        m: depth,
                        n: columns,
                        k: rows,
                        outputScale: right.adds ? 1 : 0,
                        into: dw[part(item, depth * columns)]
                    )
                }
            }
        }
    }

    private func part(_ item: Int, _ count: Int) -> Range<Int> {
        item * count..<(item + 1) * count
    }
}
