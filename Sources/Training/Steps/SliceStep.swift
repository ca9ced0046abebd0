import NeuralNetwork

/// Some of the elements along some axes.
final class SliceStep: PlanStep {
    let outputs: [PlanTensor]
    private let input: PlanEdge
    private let copy: StridedCopy

    init(_ context: StepContext) throws(TrainingError) {
        input = try context.edge(0)
        var shape = input.shape
        guard let starts = try context.integers("starts", orInput: 1),
            let ends = try context.integers("ends", orInput: 2), shape.count <= 8
        else { throw context.refusal("it names no starts and ends") }
        let axes = try context.integers("axes", orInput: 3) ?? Array(starts.indices)
        let steps =
            try context.integers("steps", orInput: 4) ?? [Int](repeating: 1, count: starts.count)
        guard axes.count == starts.count, ends.count == starts.count, steps.count == starts.count
        else { throw context.refusal("starts, ends, axes and steps differ in length") }
        var strides = RowMajor.strides(of: shape)
        var first = 0
        for (index, given) in axes.enumerated() {
            let axis = try context.axis(given, rank: shape.count)
            let (length, step) = (input.shape[axis], steps[index])
            guard step != 0 else { throw context.refusal("a step of 0") }
            let lowest = step > 0 ? 0 : -1
            let highest = step > 0 ? length : length - 1
            func clamped(_ place: Int) -> Int {
                let front = place < 0 ? place + length : place
                return min(max(front, lowest), highest)
            }
            let start = clamped(starts[index])
            let end = clamped(ends[index])
            let count = max(0, (end - start + step - (step > 0 ? 1 : -1)) / step)
            shape[axis] = count
            first += count > 0 ? start * strides[axis] : 0
            strides[axis] *= step
        }
        copy = StridedCopy(
            loop: StridedLoop(shape: shape, first: strides, second: RowMajor.strides(of: shape)),
            sourceStart: first,
            targetStart: 0
        )
        outputs = [context.output(shape)]
    }

    func forward(_ run: PlanRun) {
        copy.forward(from: input.values, to: outputs[0].values.slice)
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly, let dx = input.gradientToAddTo() else {
            return
        }
        copy.backward(from: dy, to: dx)
    }
}
