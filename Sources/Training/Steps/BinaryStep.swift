import CKernels
import NeuralNetwork

/// An operation on two tensors with broadcasting.
final class BinaryStep: PlanStep {
    let outputs: [PlanTensor]
    private let left: PlanEdge
    private let right: PlanEdge
    private let kind: BinaryKind
    private let loop: StridedLoop

    init(_ context: StepContext, _ kind: BinaryKind) throws(TrainingError) {
        self.kind = kind
        left = try context.edge(0)
        right = try context.edge(1)
        guard context.node.inputs.count == 2 else {
            throw context.refusal("it has \(context.node.inputs.count) inputs instead of 2")
        }
        let rank = max(left.shape.count, right.shape.count)
        guard rank <= StridedLoop.maximumRank else { throw context.refusal("\(rank) axes") }
        let padded = [left.shape, right.shape].map {
            [Int](repeating: 1, count: rank - $0.count) + $0
        }
        let shape = zip(padded[0], padded[1]).map { $0 == 1 ? $1 : $0 }
        guard let first = RowMajor.broadcastStrides(of: left.shape, to: shape),
            let second = RowMajor.broadcastStrides(of: right.shape, to: shape)
        else { throw context.refusal("shapes \(left.shape) and \(right.shape) do not fit") }
        loop = StridedLoop(shape: shape, first: first, second: second)
        outputs = [context.output(shape)]
    }

    func forward(_ run: PlanRun) {
        eachOuter(run, isShared: false) { part, a, b, output in
            StridedKernels.binary(
                kind,
                part,
                left.values[a..<left.values.count],
                right.values[b..<right.values.count],
                into: outputs[0].values.slice[output..<outputs[0].count]
            )
        }
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly else { return }
        if let da = left.gradientToAddTo() {
            eachOuter(run, isShared: loop.first.first == 0) { part, a, b, output in
                StridedKernels.leftGradient(
                    kind,
                    part,
                    a: left.values[a..<left.values.count],
                    b: right.values[b..<right.values.count],
                    gradient: dy[output..<dy.count],
                    addingTo: da[a..<da.count]
                )
            }
        }
        if let db = right.gradientToAddTo() {
            eachOuter(run, isShared: loop.second.first == 0) { part, a, b, output in
                StridedKernels.rightGradient(
                    kind,
                    part,
                    a: left.values[a..<left.values.count],
                    b: right.values[b..<right.values.count],
                    gradient: dy[output..<dy.count],
                    addingTo: db[b..<db.count]
                )
            }
        }
    }

    /// Shares the first axis out among threads, unless all of its steps sum into one place.
    private func eachOuter(
        _ run: PlanRun,
        isShared: Bool,
        _ body: (_ part: StridedLoop, _ a: Int, _ b: Int, _ output: Int) -> Void
    ) {
        guard let outer = loop.shape.first, !isShared else { return body(loop, 0, 0, 0) }
        let step = loop.count / max(outer, 1)
        run.crew.forEachPart(of: outer) { _, range, _ in
            var part = loop
            part.shape[0] = range.count
            let start = range.lowerBound
            body(part, start * loop.first[0], start * loop.second[0], start * step)
        }
    }
}

/// An operation on two numbers with its derivatives.
///
/// Not `BinaryFunction` of inference: that one's power is of any numbers, and it has no ``sloped``.
package enum BinaryKind: Sendable {
    case add
    case subtract
    case multiply
    case divide
    case maximum
    case minimum
    /// Of numbers above 0.
    case power
    /// The first number, times the second where it is below 0.
    case sloped

    var code: gk_binary_kind {
        switch self {
        case .add: GK_ADD
        case .subtract: GK_SUBTRACT
        case .multiply: GK_MULTIPLY
        case .divide: GK_DIVIDE
        case .maximum: GK_MAXIMUM
        case .minimum: GK_MINIMUM
        case .power: GK_POWER
        case .sloped: GK_SLOPED
        }
    }
}
