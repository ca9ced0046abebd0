import NeuralNetwork

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
