internal import ONNXFormat

/// The steps of a run in order, with every buffer in place.
///
/// Keeps nothing of the graph but what a run needs, so that weights are held once, as the kernels
/// want them.
struct InferencePlan {
    /// One step and the node it is for.
    struct PlannedStep {
        /// The node's name and operator.
        let name: String
        /// The shape of its first output, as it is stored.
        let outputShape: [Int]
        let run: Step
    }

    /// What a run takes and gives.
    let inputs: [PlannedValue]
    let outputs: [PlannedValue]
    /// The work, in order; nodes that only rename storage have none.
    let steps: [PlannedStep]
    /// Bytes of weights and of all values.
    let byteCount: Int

    /// Makes the plan for a model.
    init(_ model: Model, _ options: LoadOptions) throws(ModelError) {
        let graph = try Self.optimizedGraph(for: model, options, fusesResiduals: true)
        let storage = try StorageAssignment(graph, maximumBytes: options.maximumBytes)
        let scratch = ScratchSpace()
        let packing = PackingCache()
        var steps: [PlannedStep] = []
        for (index, node) in graph.nodes.enumerated() where !node.operation.isView {
            let places = StepPlaces(
                inputs: node.inputs.map { $0.flatMap { storage.views[$0] } },
                outputs: node.outputs.map { $0.flatMap { storage.views[$0] } },
                node: index,
                scratch: scratch,
                packing: packing
            )
            let output = node.outputs.compactMap { $0 }.first
            steps.append(
                PlannedStep(
                    name: "\(node.name) (\(node.operatorType))",
                    outputShape: output.map { graph.values[$0].type.shape } ?? [],
                    run: node.operation.makeStep(places)
                )
            )
        }
        inputs = PlannedValue.inputs(of: graph, storage)
        outputs = PlannedValue.outputs(of: graph, storage)
        self.steps = steps
        byteCount = storage.byteCount + scratch.byteCount + graph.heldWeightBytes
    }

    /// A model's graph in the form that plans are made from.
    static func optimizedGraph(
        for model: Model,
        _ options: LoadOptions,
        fusesResiduals: Bool,
        timeAxis: Int? = nil
    ) throws(ModelError) -> PlanGraph {
        let imported = try GraphImporter.planGraph(for: model, options: options)
        return try LayoutPass.apply(
            to: FusionPass.apply(to: imported, fusesResiduals: fusesResiduals),
            timeAxis: timeAxis
        )
    }

    /// Carries out all steps.
    func run() {
        for step in steps { step.run() }
    }
}
