import CKernels
import NeuralNetwork

/// What a step is made of: its node, the tensors it reads and the constants that shape it.
struct StepContext {
    let node: Node
    let opset: Int
    let threads: Int
    /// The float tensors read; nil for inputs left out and for constants of other types.
    let edges: [PlanEdge?]
    /// The inputs whose content is known from the file.
    let constants: [Tensor?]
    /// The node's index in the plan, from which its dropout's seed is made.
    let index: Int

    /// A tensor that must be there.
    func edge(_ index: Int) throws(TrainingError) -> PlanEdge {
        guard index < edges.count, let edge = edges[index] else {
            throw refusal("its input \(index + 1) is missing or not float")
        }
        return edge
    }

    /// A tensor that may be left out.
    func optionalEdge(_ index: Int) -> PlanEdge? {
        index < edges.count ? edges[index] : nil
    }

    /// The tensor that the node computes.
    func output(_ shape: [Int], place: Int = 0) -> PlanTensor {
        PlanTensor(
            name: place < node.outputs.count ? node.outputs[place] : "",
            shape: shape,
            hasGradient: edges.contains { $0?.needsGradient == true }
        )
    }

    func refusal(_ reason: String) -> TrainingError {
        .untrainableNode(
            node: node.name.isEmpty ? node.outputs.first ?? "" : node.name,
            operatorType: node.operatorType,
            reason: reason
        )
    }

    private func attribute(_ name: String) -> AttributeValue? {
        node.attributes.first { $0.name == name }?.value
    }

    func integer(_ name: String) -> Int? {
        if case .int(let value)? = attribute(name) { Int(value) } else { nil }
    }

    func integers(_ name: String) -> [Int]? {
        if case .ints(let values)? = attribute(name) { values.map { Int($0) } } else { nil }
    }

    func float(_ name: String) -> Float? {
        if case .float(let value)? = attribute(name) { value } else { nil }
    }

    func string(_ name: String) -> String? {
        if case .string(let value)? = attribute(name) { value } else { nil }
    }

    /// Whole numbers that are an attribute in old operator sets and a constant input in new ones.
    func integers(_ name: String, orInput index: Int) throws(TrainingError) -> [Int]? {
        if let values = integers(name) { return values }
        guard index < node.inputs.count, !node.inputs[index].isEmpty else { return nil }
        guard index < constants.count, case .int64(let values)? = constants[index]?.values else {
            throw refusal("its input \(index + 1) is not constant")
        }
        return values.map { Int($0) }
    }

    /// A number that is an attribute in old operator sets and a constant input in new ones.
    func float(_ name: String, orInput index: Int) throws(TrainingError) -> Float? {
        if let value = float(name) { return value }
        guard index < node.inputs.count, !node.inputs[index].isEmpty else { return nil }
        guard index < constants.count, case .float32(let values)? = constants[index]?.values,
            values.count == 1
        else { throw refusal("its input \(index + 1) is not one constant number") }
        return values[0]
    }

    /// An axis counted from the front.
    func axis(_ axis: Int, rank: Int) throws(TrainingError) -> Int {
        guard (-rank..<rank).contains(axis) else {
            throw refusal("axis \(axis) of \(rank) axes")
        }
        return axis < 0 ? axis + rank : axis
    }
}

/// A tensor of a plan: its numbers and, where wanted, the loss's gradient with respect to them.
final class PlanTensor {
    /// The name in the graph.
    let name: String
    /// The length of each axis.
    let shape: [Int]
    /// The numbers in row-major order.
    let values: FloatMemory
    /// The gradient, laid out as the numbers; nil where nothing that is trained depends on it.
    let gradient: FloatMemory?

    init(name: String, shape: [Int], values: [Float]? = nil, hasGradient: Bool) {
        self.name = name
        self.shape = shape
        let count = shape.reduce(1, *)
        self.values = values.map { FloatMemory($0) } ?? FloatMemory(count: count)
        gradient = hasGradient ? FloatMemory(count: count) : nil
    }

    /// The number of elements.
    var count: Int { values.count }
}

/// A tensor as one step reads it.
final class PlanEdge {
    let tensor: PlanTensor
    /// Whether a later step has already put a gradient there, so that this one's is added.
    var adds = false

    init(_ tensor: PlanTensor) {
        self.tensor = tensor
    }

    var shape: [Int] { tensor.shape }
    var values: FloatSlice { tensor.values.readOnly }
    var needsGradient: Bool { tensor.gradient != nil }

    /// The gradient for kernels that overwrite or add, as ``adds`` says.
    var gradient: MutableFloatSlice? { tensor.gradient?.slice }

    /// The gradient for kernels that only add.
    func gradientToAddTo() -> MutableFloatSlice? {
        guard let gradient else { return nil }
        if !adds { gradient.fill(with: 0) }
        return gradient
    }
}

extension MutableFloatSlice {
    /// Receives the sum of slices that lie `step` floats apart, added to what is there if `adds`.
    func sum(parts: FloatSlice, count partsCount: Int = 1, step: Int = 0, adds: Bool) {
        parts.require(partsCount > 0 ? (partsCount - 1) * step + count : 0, "parts")
        unsafe gk_sum_parts(partsCount, step, count, parts.base, adds ? 1 : 0, base)
    }
}
