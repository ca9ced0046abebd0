internal import ONNXFormat

/// The steps of a run in order, with every buffer in place.
struct InferencePlan {
    /// One step and the node it is for.
    struct PlannedStep {
        let node: Int
        let run: Step
    }

    /// The graph as it is carried out.
    let graph: PlanGraph
    /// The place of each value that is used.
    let storage: StorageAssignment
    /// The work, in order; nodes that only rename storage have none.
    let steps: [PlannedStep]
    /// Bytes of all buffers and constants.
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
            steps.append(PlannedStep(node: index, run: node.operation.makeStep(places)))
        }
        self.graph = graph
        self.storage = storage
        self.steps = steps
        self.byteCount = storage.byteCount + scratch.byteCount
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
