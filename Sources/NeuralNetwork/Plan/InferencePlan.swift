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

    /// Makes the plan for a graph.
    init(_ prepared: PreparedGraph, _ options: LoadOptions) throws(ModelError) {
        let graph = prepared.graph
        let storage = try StorageAssignment(prepared, maximumBytes: options.maximumBytes)
        let scratch = ScratchSpace()
        var steps: [PlannedStep] = []
        for (index, node) in graph.nodes.enumerated() where !node.operation.isView {
            let places = StepPlaces(
                inputs: node.inputs.map { $0.flatMap { storage.views[$0] } },
                outputs: node.outputs.map { $0.flatMap { storage.views[$0] } },
                node: index,
                scratch: scratch,
                packing: prepared.packing
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

    /// Carries out all steps.
    func run() {
        for step in steps { step.run() }
    }
}

/// An input or output of a plan and where it is.
struct PlannedValue {
    let description: TensorDescription
    let view: TensorView

    /// The inputs of a graph.
    static func inputs(of graph: PlanGraph, _ storage: StorageAssignment) -> [PlannedValue] {
        graph.inputs.compactMap { value in
            storage.views[value].map {
                PlannedValue(
                    description: TensorDescription(
                        name: graph.values[value].name,
                        type: graph.values[value].type
                    ),
                    view: $0
                )
            }
        }
    }

    /// The outputs of a graph, under the model's names.
    static func outputs(of graph: PlanGraph, _ storage: StorageAssignment) -> [PlannedValue] {
        graph.outputs.compactMap { output in
            storage.views[output.value].map {
                PlannedValue(
                    description: TensorDescription(
                        name: output.name,
                        type: graph.values[output.value].type
                    ),
                    view: $0
                )
            }
        }
    }
}
