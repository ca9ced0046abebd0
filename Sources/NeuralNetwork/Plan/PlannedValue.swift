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
