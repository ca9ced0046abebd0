import GradientKernels

/// y = alpha · op(a) · op(b) + beta · c, as fully connected layers are written.
final class GemmStep: PlanStep {
    let outputs: [PlanTensor]
    private let left: PlanEdge
    private let right: PlanEdge
    private let bias: PlanEdge?
    private let alpha: Float
    private let beta: Float
    private let transposesRight: Bool
    private let (rows, columns, depth): (Int, Int, Int)

    init(_ context: StepContext) throws(TrainingError) {
        left = try context.edge(0)
        right = try context.edge(1)
        bias = context.optionalEdge(2)
        alpha = context.float("alpha") ?? 1
        beta = context.float("beta") ?? 1
        transposesRight = context.integer("transB") ?? 0 != 0
        guard context.integer("transA") ?? 0 == 0 else {
            throw context.refusal("its left side is transposed")
        }
        guard left.shape.count == 2, right.shape.count == 2 else {
            throw context.refusal("\(left.shape) times \(right.shape)")
        }
        (rows, depth) = (left.shape[0], left.shape[1])
        columns = right.shape[transposesRight ? 0 : 1]
        guard right.shape[transposesRight ? 1 : 0] == depth else {
            throw context.refusal("\(left.shape) times \(right.shape)")
        }
        if let bias, bias.values.count != columns {
            throw context.refusal("a bias of \(bias.shape) for \(columns) columns")
        }
        outputs = [context.output([rows, columns])]
    }

    func forward(_ run: PlanRun) {
        let output = outputs[0].values.all
        run.crew.forEachPart(of: rows) { _, range, _ in
            let part = output.run(at: range.lowerBound * columns, count: range.count * columns)
            MatrixKernel.multiply(
                left.values.run(at: range.lowerBound * depth, count: range.count * depth),
                right.values,
                transposeB: transposesRight,
                m: range.count,
                n: columns,
                k: depth,
                scale: alpha,
                into: part
            )
            guard let bias else { return }
            let loop = StridedLoop(
                shape: [range.count, columns],
                first: [0, 1],
                second: [columns, 1]
            )
            StridedKernels.copy(loop, scale: beta, adds: true, from: bias.values, to: part)
        }
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.all else { return }
        if let dx = left.gradient {
            MatrixKernel.multiply(
                dy,
                right.values,
                transposeB: !transposesRight,
                m: rows,
                n: depth,
                k: columns,
                scale: alpha,
                adds: left.adds,
                into: dx
            )
        }
        if let dw = right.gradient {
            MatrixKernel.multiply(
                transposesRight ? dy : left.values,
                transposeA: true,
                transposesRight ? left.values : dy,
                m: transposesRight ? columns : depth,
                n: transposesRight ? depth : columns,
                k: rows,
                scale: alpha,
                adds: right.adds,
                into: dw
            )
        }
        if let db = bias?.gradientToAddTo() {
            let loop = StridedLoop(shape: [rows, columns], first: [columns, 1], second: [0, 1])
            StridedKernels.copy(loop, scale: beta, adds: true, from: dy, to: db)
        }
    }
}
