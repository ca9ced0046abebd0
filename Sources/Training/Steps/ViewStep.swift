import NeuralNetwork

/// The same numbers in another shape.
final class ViewStep: PlanStep {
    let outputs: [PlanTensor]
    private let input: PlanEdge

    init(_ context: StepContext, shape: [Int]) throws(TrainingError) {
        input = try context.edge(0)
        guard shape.reduce(1, *) == input.values.count else {
            throw context.refusal("\(input.shape) cannot become \(shape)")
        }
        outputs = [context.output(shape)]
    }

    func forward(_ run: PlanRun) {
        outputs[0].values.slice.update(from: input.values)
    }

    func backward(_ run: PlanRun) {
        guard let gradient = input.gradient, let dy = outputs[0].gradient?.readOnly else { return }
        if input.adds {
            WeightKernels.sum(parts: dy, count: 1, step: 0, adds: true, into: gradient)
        } else {
            gradient.update(from: dy)
        }
    }

    static func flatten(_ context: StepContext) throws(TrainingError) -> ViewStep {
        let shape = try context.edge(0).shape
        let axis = context.integer("axis") ?? 1
        let start = axis == shape.count ? axis : try context.axis(axis, rank: shape.count)
        let rows = shape[..<start].reduce(1, *)
        return try ViewStep(context, shape: [rows, shape[start...].reduce(1, *)])
    }

    static func reshape(_ context: StepContext) throws(TrainingError) -> ViewStep {
        let input = try context.edge(0)
        guard var shape = try context.integers("shape", orInput: 1) else {
            throw context.refusal("it names no shape")
        }
        if context.integer("allowzero") ?? 0 == 0 {
            for axis in shape.indices where shape[axis] == 0 && axis < input.shape.count {
                shape[axis] = input.shape[axis]
            }
        }
        if let open = shape.firstIndex(of: -1) {
            let known = shape.filter { $0 != -1 }.reduce(1, *)
            shape[open] = known > 0 ? input.values.count / known : 0
        }
        return try ViewStep(context, shape: shape)
    }

    static func squeeze(_ context: StepContext) throws(TrainingError) -> ViewStep {
        let shape = try context.edge(0).shape
        var dropped: Set<Int> = []
        if let axes = try context.integers("axes", orInput: 1) {
            for axis in axes { dropped.insert(try context.axis(axis, rank: shape.count)) }
        } else {
            dropped = Set(shape.indices.filter { shape[$0] == 1 })
        }
        return try ViewStep(
            context,
            shape: shape.indices.filter { !dropped.contains($0) }.map { shape[$0] }
        )
    }

    static func unsqueeze(_ context: StepContext) throws(TrainingError) -> ViewStep {
        var shape = try context.edge(0).shape
        guard let axes = try context.integers("axes", orInput: 1) else {
            throw context.refusal("it names no axes")
        }
        let rank = shape.count + axes.count
        var places: [Int] = []
        for axis in axes { places.append(try context.axis(axis, rank: rank)) }
        for place in places.sorted() { shape.insert(1, at: place) }
        return try ViewStep(context, shape: shape)
    }
}
