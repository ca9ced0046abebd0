/// A network that is fed frame by frame: a window that moves on by a hop costs only what is new.
///
/// Every layer keeps the steps along time that it still needs. The outputs of a window equal those
/// of ``InferenceSession`` on the same frames, however the frames arrive. Not safe to use from
/// several threads at once; make one per thread.
package final class StreamingSession {
    /// The frames of a window.
    package let windowFrames: Int
    /// The frames by which the window moves on.
    package let hopFrames: Int
    /// Floats of one frame.
    package let frameLength: Int
    /// What a window gives.
    package let outputs: [TensorDescription]
    /// How much of the network a hop carries out.
    package let report: StreamingReport

    private let plan: StreamingPlan
    private let pending: FloatMemory
    private var pendingFrames = 0
    private var filledFrames = 0

    /// Plans a model whose only input is a window of frames, `[1, …, frames, …]`.
    ///
    /// - Parameters:
    ///   - model: The model as read from its file.
    ///   - options: The shapes that the model leaves open, and limits.
    ///   - hopFrames: The frames by which the window moves on; nil for the fewest with which all
    ///     that can move on does.
    ///   - timeAxis: The input's axis that is time; nil for the first that is not of length 1.
    /// - Throws: ``ModelError``; ``ModelError/notStreamable(reason:)`` when a hop would cost as
    ///   much as a whole window.
    package convenience init(
        model: Model,
        options: LoadOptions = LoadOptions(),
        hopFrames: Int? = nil,
        timeAxis: Int? = nil
    ) throws(ModelError) {
        let graph = try PreparedGraph(
            model,
            options,
            fusesResiduals: false,
            timeAxis: timeAxis
        )
        try self.init(graph, options, hopFrames: hopFrames)
    }

    /// Plans a graph that other sessions may share.
    init(
        _ prepared: PreparedGraph,
        _ options: LoadOptions,
        hopFrames: Int?
    ) throws(ModelError) {
        let graph = prepared.graph
        let timeAxis = try Self.timeAxis(of: graph)
        let window = graph.values[graph.inputs[0]].type.shape[timeAxis]
        let hop = hopFrames ?? StreamingReport.smallestHop(of: graph, timeAxis: timeAxis)
        guard hop >= 1, hop <= window else {
            throw .notStreamable(
                reason: "a hop of \(hop) frames is not between 1 and the window's \(window)"
            )
        }
        let plan = try StreamingPlan(
            prepared,
            timeAxis: timeAxis,
            hopFrames: hop,
            maximumBytes: options.maximumBytes
        )
        report = StreamingReport(plan)
        if let reason = report.reasonAgainst { throw .notStreamable(reason: reason) }
        self.plan = plan
        self.hopFrames = hop
        windowFrames = plan.windowFrames
        frameLength = plan.frameLength
        pending = FloatMemory(count: hop * plan.frameLength)
        outputs = plan.outputs.map(\.description)
    }

    /// Bytes of weights, values and inputs.
    package var byteCount: Int { plan.byteCount }

    /// Forgets all frames; the next window is a first one.
    package func reset() {
        filledFrames = 0
        pendingFrames = 0
    }

    /// Reads frames and appends the output of every window that they complete.
    ///
    /// The first window is complete after ``windowFrames`` frames, then one every ``hopFrames``.
    /// Allocates nothing as long as `scores` has the capacity.
    /// - Parameters:
    ///   - frames: `[n, frameLength]` for any n, in order of time, whatever the order of the axes
    ///     of the model's input.
    ///   - name: The output that is wanted.
    ///   - scores: Receives the output of each completed window, one after the other.
    /// - Returns: The number of windows that were completed.
    /// - Throws: ``ModelError`` when there is no such output of floats, or `frames` are not whole.
    @discardableResult
    package func push(
        _ frames: Span<Float>,
        output name: String,
        appendingTo scores: inout [Float]
    ) throws(ModelError) -> Int {
        guard frames.count % frameLength == 0 else {
            throw .mismatchedInput(
                name: plan.inputName,
                expected: "frames of \(frameLength) floats",
                found: "\(frames.count) floats"
            )
        }
        let result = try floats(of: name)
        var windows = 0
        var start = 0
        while start < frames.count {
            start += append(frames, from: start)
            guard isWindowComplete else { continue }
            for index in 0..<result.count { scores.append(result[index]) }
            windows += 1
        }
        return windows
    }

    /// Copies an output of the last window that was completed.
    ///
    /// - Throws: ``ModelError`` when there is no such output of floats of that length.
    package func copyOutput(
        _ name: String,
        into result: inout MutableSpan<Float>
    ) throws(ModelError) {
        let source = try floats(of: name)
        guard source.count == result.count else {
            throw .mismatchedInput(
                name: name,
                expected: "a buffer of \(source.count) floats",
                found: "\(result.count)"
            )
        }
        source.copy(to: &result)
    }

    // MARK: Frames

    private var isWindowComplete = false

    /// Appends frames up to the end of a window at most, and returns how many floats they are.
    private func append(_ frames: Span<Float>, from start: Int) -> Int {
        isWindowComplete = false
        let available = (frames.count - start) / frameLength
        if filledFrames < windowFrames {
            let count = min(available, windowFrames - filledFrames)
            let part = frames.extracting(start..<start + count * frameLength)
            let first = filledFrames * frameLength
            plan.input[first..<first + part.count].update(from: part)
            filledFrames += count
            if filledFrames == windowFrames {
                for step in plan.windowSteps { step() }
                isWindowComplete = true
            }
            return count * frameLength
        }
        let count = min(available, hopFrames - pendingFrames)
        let part = frames.extracting(start..<start + count * frameLength)
        pending.slice(at: pendingFrames * frameLength, count: part.count).update(from: part)
        pendingFrames += count
        if pendingFrames == hopFrames {
            moveOn()
            pendingFrames = 0
            isWindowComplete = true
        }
        return count * frameLength
    }

    private func moveOn() {
        for step in plan.shiftSteps { step() }
        let new = (windowFrames - hopFrames) * frameLength
        plan.input[new..<new + pending.count].update(from: pending.readOnly)
        for step in plan.hopSteps { step() }
    }

    private func floats(of name: String) throws(ModelError) -> FloatSlice {
        guard let view = plan.outputs.first(where: { $0.description.name == name })?.view,
            view.type.elementType == .float32
        else { throw .unknownOutput(name: name, available: outputs.map(\.name)) }
        return view.elements(Float.self).floats
    }

    /// The axis of the only input, as it is stored, that is time.
    private static func timeAxis(of graph: PlanGraph) throws(ModelError) -> Int {
        guard graph.inputs.count == 1 else {
            throw .notStreamable(reason: "it has \(graph.inputs.count) inputs instead of one")
        }
        let type = graph.values[graph.inputs[0]].type
        guard type.elementType == .float32, let first = type.shape.firstIndex(where: { $0 != 1 }),
            type.elementCount > 0
        else { throw .notStreamable(reason: "its input \(type) is not a window of frames") }
        return first
    }
}

/// How much of a network is carried out when its window moves on by a hop, and why not less.
package struct StreamingReport: Sendable {
    /// Multiply-adds of a whole window.
    package let windowWork: Int
    /// Multiply-adds of a hop.
    package let hopWork: Int
    /// The nodes from which on the whole window is computed, and why, in the order of the network.
    package let wholeWindowReasons: [String]

    /// A hop that costs more than this share of a window is not worth it.
    private static let largestShare = 0.95

    init(_ plan: StreamingPlan) {
        windowWork = plan.windowWork
        hopWork = plan.hopWork
        wholeWindowReasons = plan.boundaries.map(\.reason)
    }

    /// Why the network runs window by window, or nil when a hop costs clearly less than a window.
    var reasonAgainst: String? {
        guard Double(hopWork) > Self.largestShare * Double(windowWork) || windowWork == 0 else {
            return nil
        }
        let percent = windowWork == 0 ? 100 : hopWork * 100 / windowWork
        return wholeWindowReasons.first
            ?? "its padding in time is so long that a hop costs \(percent) % of a window"
    }

    /// The fewest frames with which every value that can move on does: the greatest stride.
    static func smallestHop(of graph: PlanGraph, timeAxis: Int) -> Int {
        let window = graph.values[graph.inputs[0]].type.shape[timeAxis]
        // A hop that every stride up to the window divides shows all strides.
        var hop = 1
        for stride in 2...max(2, min(window, 64)) {
            let (product, overflow) = hop.multipliedReportingOverflow(
                by: stride / commonDivisor(hop, stride)
            )
            if overflow { break }
            hop = product
        }
        let analysis = TimeAnalysis(graph, timeAxis: timeAxis, hopFrames: hop)
        return analysis.profiles.compactMap { $0 }.filter { $0.length > 1 }.map(\.stride).max() ?? 1
    }

    private static func commonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : commonDivisor(b, a % b)
    }
}
