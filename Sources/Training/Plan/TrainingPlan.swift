package import NeuralNetwork

/// A network in training: its steps in order, every tensor in place.
///
/// The plan is made for one batch size. ``forward(isTraining:seed:)`` computes the output from the
/// inputs; after its gradient was filled in, ``backward()`` computes that of every weight. The
/// result does not depend on the number of threads. Not safe to use from several threads at once.
package final class TrainingPlan {
    /// The network as it was given; ``model`` has the present weights.
    private let original: Model
    private let crew: WorkerCrew
    private let steps: [any PlanStep]
    private let inputs: [String: PlanTensor]
    private var lastRun: PlanRun

    /// What the loss is computed on.
    package let output: PlanTensor
    /// What training changes, in the order of the file.
    package let weights: [PlanTensor]
    /// What running averages change, in the order of the file.
    package let statistics: [PlanTensor]

    /// Plans the part of a network that one of its values depends on.
    ///
    /// - Parameters:
    ///   - model: The network.
    ///   - inputShapes: The shape of each input, with the batch size.
    ///   - output: The value that the loss is computed on.
    ///   - threads: How many threads share the work.
    ///   - isTrainable: Whether the weight of a name is trained or stays as it is.
    /// - Throws: The node that cannot be trained, or the value that is missing.
    package init(
        _ model: Model,
        inputShapes: [String: [Int]],
        output: String,
        threads: Int = 1,
        isTrainable: (String) -> Bool = { _ in true }
    ) throws(TrainingError) {
        var builder = PlanBuilder(
            model,
            inputShapes: inputShapes,
            threads: threads,
            isTrainable: isTrainable
        )
        try builder.build(output)
        original = model
        crew = WorkerCrew(threads: threads)
        steps = builder.steps
        inputs = builder.inputs
        self.output = try builder.tensor(output)
        weights = builder.weights
        statistics = builder.statistics
        lastRun = PlanRun(crew: crew, isTraining: false, seed: 0)
    }

    /// The number of numbers that are trained.
    package var parameterCount: Int { weights.reduce(0) { $0 + $1.count } }

    /// The floats of an input, for the caller to fill.
    package func input(_ name: String) throws(TrainingError) -> MutableFloatSlice {
        guard let tensor = inputs[name] else {
            throw .missingValue(name: name, available: inputs.keys.sorted())
        }
        return tensor.values.slice
    }

    /// Computes the output.
    ///
    /// - Parameters:
    ///   - isTraining: Whether batch statistics and dropout are in force.
    ///   - seed: What dropout draws from.
    package func forward(isTraining: Bool, seed: UInt64 = 0) {
        lastRun = PlanRun(crew: crew, isTraining: isTraining, seed: seed)
        for step in steps { step.forward(lastRun) }
    }

    /// Computes the gradients of the weights from the output's, of the last forward pass.
    package func backward() {
        for step in steps.reversed() { step.backward(lastRun) }
    }

    /// The network with the present weights and running averages.
    package var model: Model {
        var present: [String: PlanTensor] = [:]
        for tensor in weights + statistics { present[tensor.name] = tensor }
        var model = original
        model.graph.initializers = model.graph.initializers.map { initializer in
            guard let tensor = present[initializer.name] else { return initializer }
            return Tensor(
                name: initializer.name,
                shape: initializer.shape,
                floats: tensor.values.toArray()
            )
        }
        return model
    }
}

/// One operation of a plan, with its gradient.
protocol PlanStep: AnyObject {
    /// What it computes.
    var outputs: [PlanTensor] { get }

    /// Computes the outputs from the inputs.
    func forward(_ run: PlanRun)

    /// Computes the inputs' gradients from the outputs' gradients and what ``forward(_:)`` left.
    func backward(_ run: PlanRun)
}

/// What is the same for all steps of one pass.
struct PlanRun {
    let crew: WorkerCrew
    /// Whether batch statistics and dropout are in force.
    let isTraining: Bool
    /// What dropout draws from in this pass.
    let seed: UInt64
}

/// A tensor of a plan: its numbers and, where wanted, the loss's gradient with respect to them.
package final class PlanTensor {
    /// The name in the graph.
    package let name: String
    /// The length of each axis.
    package let shape: [Int]
    /// The numbers in row-major order.
    package let values: FloatMemory
    /// The gradient, laid out as the numbers; nil where nothing that is trained depends on it.
    package let gradient: FloatMemory?

    init(name: String, shape: [Int], values: [Float]? = nil, hasGradient: Bool) {
        self.name = name
        self.shape = shape
        let count = shape.reduce(1, *)
        self.values = values.map { FloatMemory($0) } ?? FloatMemory(count: count)
        gradient = hasGradient ? FloatMemory(count: count) : nil
    }

    /// The number of elements.
    package var count: Int { values.count }
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
