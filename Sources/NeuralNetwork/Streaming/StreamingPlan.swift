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

/// Makes the steps of a streaming plan.
private struct StreamingPlanBuilder {
    private let graph: PlanGraph
    private let analysis: TimeAnalysis
    private let storage: StorageAssignment
    private let hopFrames: Int
    private let packing: PackingCache
    let scratch = ScratchSpace()

    private(set) var windowSteps: [Step] = []
    private(set) var hopSteps: [Step] = []
    private(set) var shiftSteps: [Step] = []
    private(set) var windowWork = 0
    private(set) var hopWork = 0
    /// For each storage root, the first step along time that something needs after a shift.
    private var firstNeeded: [Int: Int] = [:]

    init(
        _ prepared: PreparedGraph,
        _ analysis: TimeAnalysis,
        _ storage: StorageAssignment,
        _ hopFrames: Int
    ) {
        graph = prepared.graph
        packing = prepared.packing
        self.analysis = analysis
        self.storage = storage
        self.hopFrames = hopFrames
    }

    /// Makes all steps.
    mutating func build() throws(ModelError) {
        for (index, node) in graph.nodes.enumerated() {
            if node.operation.isView {
                if analysis.dependences[index] == nil { needAll(of: node) }
                continue
            }
            let types = graph.inputTypes(of: node)
            let outputs = node.outputs.map { $0.map { graph.values[$0].type } }
            let step = makeStep(node, index, types, inputs: nil, outputs: nil)
            let work = node.operation.multiplyAdds(
                inputs: types,
                outputs: outputs.compactMap { $0 }
            )
            windowSteps.append(step)
            windowWork += work
            guard let dependence = analysis.dependences[index],
                let profile = node.outputs.compactMap({ $0.flatMap { analysis.profiles[$0] } })
                    .first
            else {
                needAll(of: node)
                hopSteps.append(step)
                hopWork += work
                continue
            }
            let ranges = profile.newSteps(hopFrames: hopFrames)
            if ranges == [0..<profile.length] {
                needAll(of: node)
                hopSteps.append(step)
                hopWork += work
                continue
            }
            for range in ranges {
                hopSteps.append(try makeStep(node, index, range, dependence, profile))
                hopWork += work * range.count / max(profile.length, 1)
            }
        }
        for output in graph.outputs where analysis.profiles[output.value] != nil {
            need(0, of: output.value)
        }
        makeShifts()
    }

    // MARK: What is needed of the past

    private mutating func needAll(of node: PlanNode) {
        for case let input? in node.inputs where analysis.profiles[input] != nil {
            need(0, of: input)
        }
    }

    private mutating func need(_ step: Int, of value: Int) {
        let root = storage.roots[value]
        firstNeeded[root] = min(firstNeeded[root] ?? .max, step)
    }

    /// Makes the steps that bring what is kept to where it belongs in the next window.
    private mutating func makeShifts() {
        for (root, needed) in firstNeeded.sorted(by: { $0.key < $1.key }) {
            guard let profile = analysis.profiles[root], let view = storage.views[root] else {
                continue
            }
            let first = max(profile.unsettledStart, needed)
            let end = profile.firstNewStep(hopFrames: hopFrames)
            guard first < end else { continue }
            let rowLength = view.type.elementCount / max(profile.length, 1)
            let distance = hopFrames / profile.stride * rowLength
            let places = first * rowLength..<end * rowLength
            let later = places.lowerBound + distance..<places.upperBound + distance
            guard view.type.elementType == .float32 else {
                shiftSteps.append(Self.shift(view, places, by: distance))
                continue
            }
            let floats = view.elements(Float.self).mutableFloats
            shiftSteps.append { floats[places].update(from: floats.readOnly[later]) }
        }
    }

    private static func shift(
        _ view: TensorView,
        _ places: Range<Int>,
        by distance: Int
    ) -> Step {
        {
            func move<Element: TensorElement>(_ type: Element.Type) {
                let elements = view.elements(type)
                for place in places { elements[place] = elements[place + distance] }
            }
            if let element = view.type.elementType.element { move(element) }
        }
    }

    // MARK: Steps

    /// The step of a node for some steps along time.
    private mutating func makeStep(
        _ node: PlanNode,
        _ index: Int,
        _ range: Range<Int>,
        _ dependence: TimeDependence,
        _ profile: TimeProfile
    ) throws(ModelError) -> Step {
        let window = dependence.window
        let start = range.lowerBound * window.stride - window.padBefore
        let end = (range.upperBound - 1) * window.stride - window.padBefore + window.extent
        var length = 0
        for case let input? in node.inputs {
            guard let moving = analysis.profiles[input] else { continue }
            length = moving.length
            need(range.lowerBound == 0 ? 0 : max(0, start), of: input)
        }
        let inputRange = max(0, start)..<min(length, end)
        let inputs = node.inputs.map { input in
            input.flatMap { value in
                view(of: value, from: inputRange)
            }
        }
        let outputs = node.outputs.map { output in
            output.flatMap { value in
                view(of: value, from: range)
            }
        }
        let types = inputs.map { $0?.type }
        let timeAxis =
            node.inputs.compactMap { $0.flatMap { analysis.profiles[$0]?.axis } }.first ?? 0
        var part = node
        if let local = node.operation as? any TimeLocal {
            part.operation = local.padded(
                timeAxis: timeAxis,
                types: types,
                before: max(0, -start),
                after: max(0, end - length)
            )
        }
        let found: [TensorType]
        do {
            found = try part.operation.outputTypes(for: types)
        } catch {
            throw .notStreamable(reason: "node '\(node.name)': \(error.reason)")
        }
        guard zip(found, outputs).allSatisfy({ $1 == nil || $0 == $1?.type }) else {
            throw .notStreamable(reason: "node '\(node.name)' cannot run on part of the window")
        }
        return makeStep(part, index, types, inputs: inputs, outputs: outputs)
    }

    private func makeStep(
        _ node: PlanNode,
        _ index: Int,
        _ types: [TensorType?],
        inputs: [TensorView?]?,
        outputs: [TensorView?]?
    ) -> Step {
        node.operation.makeStep(
            StepPlaces(
                inputs: inputs ?? node.inputs.map { $0.flatMap { storage.views[$0] } },
                outputs: outputs ?? node.outputs.map { $0.flatMap { storage.views[$0] } },
                node: index,
                scratch: scratch,
                packing: packing
            )
        )
    }

    /// The part of a value for some steps along time; the whole of one that does not move.
    private func view(of value: Int, from range: Range<Int>) -> TensorView? {
        guard let whole = storage.views[value], let profile = analysis.profiles[value] else {
            return storage.views[value]
        }
        var shape = whole.type.shape
        shape[profile.axis] = range.count
        let rowLength = whole.type.elementCount / max(profile.length, 1)
        return TensorView(
            storage: whole.storage,
            offset: whole.offset + range.lowerBound * rowLength,
            type: TensorType(whole.type.elementType, shape)
        )
    }
}
