import Synchronization

/// A network that is read, rewritten and packed once, for any number of sessions on any threads.
///
/// A session of its own has only what changes from run to run: the values between the nodes.
/// Everything is made when it is asked for first.
package final class PreparedNetwork: Sendable {
    /// The model as read from its file.
    package let model: Model

    private struct Form: Hashable {
        let fusesResiduals: Bool
        let timeAxis: Int?
    }

    private let options: LoadOptions
    private let graphs = Mutex<[Form: PreparedGraph]>([:])
    private let smallestHops = Mutex<[Int?: Result<Int, ModelError>]>([:])

    /// Holds a model; nothing is prepared yet.
    ///
    /// - Parameters:
    ///   - model: The model as read from its file.
    ///   - options: The shapes that the model leaves open, and limits.
    package init(model: Model, options: LoadOptions = LoadOptions()) {
        self.model = model
        self.options = options
    }

    /// A session that runs whole windows.
    ///
    /// - Throws: ``ModelError`` when the model cannot run, with the node that is in the way.
    package func makeSession() throws(ModelError) -> InferenceSession {
        try InferenceSession(graph(Form(fusesResiduals: true, timeAxis: nil)), options)
    }

    /// A session that is fed frame by frame.
    ///
    /// - Parameters:
    ///   - hopFrames: The frames by which the window moves on; nil for the fewest.
    ///   - timeAxis: The input's axis that is time; nil for the first that is not of length 1.
    /// - Returns: The session.
    /// - Throws: ``ModelError``; ``ModelError/notStreamable(reason:)`` when a hop would cost as
    ///   much as a whole window.
    package func makeStreamingSession(
        hopFrames: Int? = nil,
        timeAxis: Int? = nil
    ) throws(ModelError) -> StreamingSession {
        try StreamingSession(
            graph(Form(fusesResiduals: false, timeAxis: timeAxis)),
            options,
            hopFrames: hopFrames
        )
    }

    /// The fewest frames by which a stream's window can move on, computed once.
    ///
    /// - Parameter timeAxis: The input's axis that is time; nil for the first that is not of
    ///   length 1.
    /// - Returns: The frames.
    /// - Throws: ``ModelError`` when the network can't be fed frame by frame.
    package func smallestHop(timeAxis: Int? = nil) throws(ModelError) -> Int {
        if let known = smallestHops.withLock({ $0[timeAxis] }) { return try known.get() }
        let found: Result<Int, ModelError>
        do {
            found = .success(try makeStreamingSession(timeAxis: timeAxis).hopFrames)
        } catch {
            found = .failure(error)
        }
        smallestHops.withLock { $0[timeAxis] = found }
        return try found.get()
    }

    /// How many weights are held as kernels want them, for all sessions together.
    var packedWeightCount: Int {
        graphs.withLock { graphs in graphs.values.reduce(0) { $0 + $1.packing.count } }
    }

    /// The graph in one of its forms, made once.
    private func graph(_ form: Form) throws(ModelError) -> PreparedGraph {
        try graphs.withLock { (graphs) throws(ModelError) in
            if let known = graphs[form] { return known }
            let made = try PreparedGraph(
                model,
                options,
                fusesResiduals: form.fusesResiduals,
                timeAxis: form.timeAxis
            )
            graphs[form] = made
            return made
        }
    }
}
