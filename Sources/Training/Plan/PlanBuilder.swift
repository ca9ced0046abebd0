import NeuralNetwork

/// Makes the steps of a plan from a graph.
struct PlanBuilder {
    private let graph: Graph
    private let opset: Int
    private let inputShapes: [String: [Int]]
    private let threads: Int
    private let trainable: Set<String>
    private var tensors: [String: PlanTensor] = [:]
    private var constants: [String: Tensor] = [:]
    private(set) var steps: [any PlanStep] = []
    private(set) var inputs: [String: PlanTensor] = [:]
    private(set) var weights: [PlanTensor] = []
    private(set) var statistics: [PlanTensor] = []
    /// The edges of each step, in the order in which gradients are put there.
    private var edges: [[PlanEdge]] = []

    init(
        _ model: Model,
        inputShapes: [String: [Int]],
        threads: Int,
        isTrainable: (String) -> Bool
    ) {
        graph = model.graph
        opset = model.opset ?? 13
        self.inputShapes = inputShapes
        self.threads = threads
        trainable = Set(model.graph.initializers.map(\.name).filter(isTrainable))
    }

    func tensor(_ name: String) throws(TrainingError) -> PlanTensor {
        guard let tensor = tensors[name] else {
            throw .missingValue(name: name, available: tensors.keys.sorted())
        }
        return tensor
    }

    /// Makes the steps that `output` depends on.
    mutating func build(_ output: String) throws(TrainingError) {
        let nodes = graph.nodesNeeded(for: output)
        try addInitializers(of: nodes)
        try addInputs(of: nodes)
        var readers: [String: [Node]] = [:]
        for node in nodes { for input in node.inputs { readers[input, default: []].append(node) } }
        var done: Set<String> = []
        for node in nodes where !done.contains(node.outputs.first ?? "") {
            var node = node
            var rectifies = false
            if node.operatorType == "BatchNormalization", node.outputs[0] != output,
                let reader = readers[node.outputs[0]]?.first,
                readers[node.outputs[0]]?.count == 1, reader.operatorType == "Relu"
            {
                done.insert(reader.outputs[0])
                node.outputs = reader.outputs
                rectifies = true
            }
            try add(node, rectifies: rectifies)
        }
        markAdditions()
    }

    private mutating func addInitializers(of nodes: [Node]) throws(TrainingError) {
        let read = Set(nodes.flatMap(\.inputs))
        var averages: Set<String> = []
        var parameters: Set<String> = []
        for node in nodes {
            if node.operatorType == "BatchNormalization" { averages.formUnion(node.inputs[3...]) }
            parameters.formUnion(Self.parameterInputs(of: node))
        }
        for initializer in graph.initializers where read.contains(initializer.name) {
            constants[initializer.name] = initializer
            guard case .float32(let values) = initializer.values else { continue }
            let isAverage = averages.contains(initializer.name)
            let isWeight =
                !isAverage && trainable.contains(initializer.name)
                && parameters.contains(initializer.name)
            let tensor = PlanTensor(
                name: initializer.name,
                shape: initializer.shape,
                values: values,
                hasGradient: isWeight
            )
            tensors[initializer.name] = tensor
            if isWeight { weights.append(tensor) }
            if isAverage { statistics.append(tensor) }
        }
    }

    /// The inputs of a node that weights may be trained in; others shape the operation.
    private static func parameterInputs(of node: Node) -> [String] {
        switch node.operatorType {
        case "Clip", "Dropout", "Pad": Array(node.inputs.prefix(1))
        default: node.inputs
        }
    }

    private mutating func addInputs(of nodes: [Node]) throws(TrainingError) {
        let read = Set(nodes.flatMap(\.inputs))
        for input in graph.inputs where read.contains(input.name) && tensors[input.name] == nil {
            guard let shape = inputShapes[input.name] else {
                throw .missingValue(name: input.name, available: inputShapes.keys.sorted())
            }
            let tensor = PlanTensor(name: input.name, shape: shape, hasGradient: false)
            tensors[input.name] = tensor
            inputs[input.name] = tensor
        }
    }

    private mutating func add(_ node: Node, rectifies: Bool) throws(TrainingError) {
        if node.operatorType == "Constant" { return try addConstant(node) }
        let edges = node.inputs.map { tensors[$0].map { PlanEdge($0) } }
        let context = StepContext(
            node: node,
            opset: opset,
            threads: threads,
            edges: edges,
            constants: node.inputs.map { constants[$0] },
            index: steps.count
        )
        let step =
            rectifies
            ? try BatchNormalizationStep(context, rectifies: true)
            : try StepRegistry.step(for: context)
        steps.append(step)
        self.edges.append(edges.compactMap { $0 })
        for (place, tensor) in step.outputs.enumerated() where place < node.outputs.count {
            tensors[node.outputs[place]] = tensor
        }
    }

    private mutating func addConstant(_ node: Node) throws(TrainingError) {
        guard
            case .tensor(let value)? = node.attributes.first(where: { $0.name == "value" })?.value,
            let name = node.outputs.first
        else {
            throw .untrainableNode(
                node: node.name,
                operatorType: node.operatorType,
                reason: "only a tensor can be its value"
            )
        }
        constants[name] = value
        if case .float32(let floats) = value.values {
            tensors[name] = PlanTensor(
                name: name,
                shape: value.shape,
                values: floats,
                hasGradient: false
            )
        }
    }

    /// Of several steps that read a tensor, the last one puts its gradient, the others add theirs.
    private func markAdditions() {
        var written: Set<ObjectIdentifier> = []
        for edges in edges.reversed() {
            for edge in edges where edge.needsGradient {
                edge.adds = !written.insert(ObjectIdentifier(edge.tensor)).inserted
            }
        }
    }
}

extension Graph {
    /// The nodes that a value depends on, in the order of the graph.
    func nodesNeeded(for output: String) -> [Node] {
        var wanted: Set<String> = [output]
        var needed: [Node] = []
        for node in nodes.reversed() where node.outputs.contains(where: wanted.contains) {
            wanted.formUnion(node.inputs.filter { !$0.isEmpty })
            needed.append(node)
        }
        return needed.reversed()
    }
}

/// Which operators can be trained.
enum StepRegistry {
    private typealias Maker = @Sendable (StepContext) throws(TrainingError) -> any PlanStep

    /// The operators, by name.
    static var operators: [String] { makers.keys.sorted() }

    /// The step of a node.
    ///
    /// - Throws: That its operator has no gradient here, or not in this form.
    static func step(for context: StepContext) throws(TrainingError) -> any PlanStep {
        guard let maker = makers[context.node.operatorType] else {
            throw context.refusal(
                "it has no gradient; operators with one: " + operators.joined(separator: ", ")
            )
        }
        return try maker(context)
    }

    private static let makers: [String: Maker] = {
        var makers = shapedMakers
        for name in FunctionStep.functions.keys { makers[name] = functionMaker }
        for name in BinaryStep.kinds.keys { makers[name] = binaryMaker }
        return makers
    }()

    private static let functionMaker: Maker = { c throws(TrainingError) in try FunctionStep(c) }

    private static let binaryMaker: Maker = { c throws(TrainingError) in try BinaryStep(c) }

    private static let shapedMakers: [String: Maker] = [
        "AveragePool": { c throws(TrainingError) in try PoolingStep(c, .average) },
        "BatchNormalization": { c throws(TrainingError) in try BatchNormalizationStep(c) },
        "Concat": { c throws(TrainingError) in try CopyStep.concatenation(c) },
        "Conv": { c throws(TrainingError) in try ConvolutionStep(c) },
        "Dropout": { c throws(TrainingError) in try DropoutStep(c) },
        "Flatten": { c throws(TrainingError) in try ViewStep.flatten(c) },
        "Gemm": { c throws(TrainingError) in try GemmStep(c) },
        "GlobalAveragePool": { c throws(TrainingError) in try ReductionStep.overImage(c, .mean) },
        "GlobalMaxPool": { c throws(TrainingError) in try ReductionStep.overImage(c, .maximum) },
        "GRU": { c throws(TrainingError) in try GRUStep(c) },
        "Identity": { c throws(TrainingError) in try ViewStep.identity(c) },
        "LogSoftmax": { c throws(TrainingError) in try SoftmaxStep(c, isLogarithm: true) },
        "MatMul": { c throws(TrainingError) in try MatMulStep(c) },
        "MaxPool": { c throws(TrainingError) in try PoolingStep(c, .maximum) },
        "Pad": { c throws(TrainingError) in try CopyStep.padding(c) },
        "ReduceMax": { c throws(TrainingError) in try ReductionStep.overAxes(c, .maximum) },
        "ReduceMean": { c throws(TrainingError) in try ReductionStep.overAxes(c, .mean) },
        "ReduceSum": { c throws(TrainingError) in try ReductionStep.overAxes(c, .sum) },
        "Reshape": { c throws(TrainingError) in try ViewStep.reshape(c) },
        "Slice": { c throws(TrainingError) in try CopyStep.slice(c) },
        "Softmax": { c throws(TrainingError) in try SoftmaxStep(c, isLogarithm: false) },
        "Split": { c throws(TrainingError) in try CopyStep.split(c) },
        "Squeeze": { c throws(TrainingError) in try ViewStep.squeeze(c) },
        "Transpose": { c throws(TrainingError) in try CopyStep.transposition(c) },
        "Unsqueeze": { c throws(TrainingError) in try ViewStep.unsqueeze(c) },
    ]
}
