/// The steps that compute one window in full, and those that move the window on by a hop.
struct StreamingPlan {
    /// What a window gives.
    let outputs: [PlannedValue]
    /// The frames of a window.
    let windowFrames: Int
    /// Floats of one frame.
    let frameLength: Int
    /// The input's name and where it is.
    let inputName: String
    let input: MutableFloatSlice
    /// Everything, for the first window.
    let windowSteps: [Step]
    /// What a hop makes necessary, after the new frames are in place at the input's end.
    let hopSteps: [Step]
    /// Moves what is kept to its new place; goes before the new frames.
    let shiftSteps: [Step]
    /// Multiply-adds of a whole window, and of a hop.
    let windowWork: Int
    let hopWork: Int
    /// The nodes from which on the whole window is computed, with the reason.
    let boundaries: [TimeAnalysis.Boundary]
    /// Bytes of all storage.
    let byteCount: Int

    /// Makes the plan.
    init(
        _ prepared: PreparedGraph,
        timeAxis: Int,
        hopFrames: Int,
        maximumBytes: Int
    ) throws(ModelError) {
        let graph = prepared.graph
        let analysis = TimeAnalysis(graph, timeAxis: timeAxis, hopFrames: hopFrames)
        let moving = Set(graph.values.indices.filter { analysis.profiles[$0] != nil })
        let storage = try StorageAssignment(prepared, maximumBytes: maximumBytes, lasting: moving)
        var builder = StreamingPlanBuilder(prepared, analysis, storage, hopFrames)
        try builder.build()
        guard let view = storage.views[graph.inputs[0]] else {
            throw .notStreamable(reason: "the input is not used")
        }
        outputs = PlannedValue.outputs(of: graph, storage)
        inputName = graph.values[graph.inputs[0]].name
        input = view.elements(Float.self).mutableFloats
        windowFrames = view.type.shape[timeAxis]
        frameLength = view.type.elementCount / max(windowFrames, 1)
        windowSteps = builder.windowSteps
        hopSteps = builder.hopSteps
        shiftSteps = builder.shiftSteps
        windowWork = builder.windowWork
        hopWork = builder.hopWork
        boundaries = analysis.boundaries
        byteCount = storage.byteCount + builder.scratch.byteCount + graph.heldWeightBytes
    }
}
