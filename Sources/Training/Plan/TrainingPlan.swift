import NeuralNetwork

/// A network in training: its steps in order, every tensor in place.
///
/// The plan is made for one batch size. ``forward(isTraining:seed:)`` computes the output from the
/// inputs; after its gradient was filled in, ``backward()`` computes that of every weight. The
/// result does not depend on the number of threads. Not safe to use from several threads at once.
final class TrainingPlan {
    /// The network as it was given; ``model`` has the present weights.
    private let original: Model
    private let crew: WorkerCrew
    private let steps: [any PlanStep]
    private let inputs: [String: PlanTensor]
    private var lastRun: PlanRun

    /// What the loss is computed on.
    let output: PlanTensor
    /// What training changes, in the order of the file.
    let weights: [PlanTensor]
    /// What running averages change, in the order of the file.
    let statistics: [PlanTensor]

    /// Plans the part of a network that one of its values depends on.
    ///
    /// - Parameters:
    ///   - model: The network.
    ///   - inputShapes: The shape of each input, with the batch size.
    ///   - output: The value that the loss is computed on.
    ///   - threads: How many threads share the work.
    ///   - isTrainable: Whether the weight of a name is trained or stays as it is.
    /// - Throws: The node that cannot be trained, or the value that is missing.
    init(
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
    var parameterCount: Int { weights.reduce(0) { $0 + $1.count } }

    /// The floats of an input, for the caller to fill.
    func input(_ name: String) throws(TrainingError) -> MutableFloatSlice {
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
    func forward(isTraining: Bool, seed: UInt64 = 0) {
        lastRun = PlanRun(crew: crew, isTraining: isTraining, seed: seed)
        for step in steps { step.forward(lastRun) }
    }

    /// Computes the gradients of the weights from the output's, of the last forward pass.
    func backward() {
        for step in steps.reversed() { step.backward(lastRun) }
    }

    /// The network with the present weights and running averages.
    var model: Model {
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
