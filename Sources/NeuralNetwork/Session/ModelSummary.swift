/// What a network is made of and what it costs, for people to read.
package struct ModelSummary: Sendable {
    /// One node of the network.
    package struct Layer: Sendable, Hashable {
        /// The node's name in the model; made up from its place when it has none.
        package let name: String
        /// The operator's name in ONNX.
        package let operatorType: String
        /// The shape of the first output, axes in the model's order.
        package let outputShape: [Int]
        /// Weights and biases that belong to the node.
        package let parameterCount: Int
        /// Multiplications that are followed by an addition, for one window.
        package let multiplyAdds: Int
    }

    /// How the network follows a stream.
    package enum Streaming: Sendable {
        /// A window that moves on by `hopFrames` costs `report.hopWork` multiply-adds.
        case hopByHop(windowFrames: Int, hopFrames: Int, report: StreamingReport)
        /// Every window costs a whole window, for the given reason.
        case windowByWindow(reason: String)
    }

    /// The version of ONNX's operator set.
    package let opset: Int
    /// The program that wrote the file, with its version.
    package let producer: String
    /// What a run takes and gives.
    package let inputs: [TensorDescription]
    package let outputs: [TensorDescription]
    /// The nodes that are left once constants are folded, in order.
    package let layers: [Layer]
    /// How the network follows a stream.
    package let streaming: Streaming
    /// Bytes of weights, intermediate values, inputs and outputs of a session.
    package let byteCount: Int

    /// Weights and biases of all layers.
    package var parameterCount: Int { layers.reduce(0) { $0 + $1.parameterCount } }

    /// Multiply-adds of one window.
    package var multiplyAdds: Int { layers.reduce(0) { $0 + $1.multiplyAdds } }

    /// Summarises a model.
    ///
    /// - Parameters:
    ///   - model: The model as read from its file.
    ///   - options: The shapes that the model leaves open, and limits.
    ///   - hopFrames: The frames by which a stream's window moves on; nil for the fewest.
    ///   - timeAxis: The input's axis that is time; nil for the first that is not of length 1.
    /// - Throws: ``ModelError`` when the model cannot run.
    package init(
        model: Model,
        options: LoadOptions = LoadOptions(),
        hopFrames: Int? = nil,
        timeAxis: Int? = nil
    ) throws(ModelError) {
        let session = try InferenceSession(model: model, options: options)
        let graph = try GraphImporter.planGraph(for: model, options: options)
        opset = graph.opset
        producer = [model.producerName, model.producerVersion].filter { !$0.isEmpty }
            .joined(separator: " ")
        inputs = session.inputs
        outputs = session.outputs
        byteCount = session.byteCount
        layers = graph.nodes.map { Self.layer($0, in: graph) }
        do {
            let session = try StreamingSession(
                model: model,
                options: options,
                hopFrames: hopFrames,
                timeAxis: timeAxis
            )
            streaming = .hopByHop(
                windowFrames: session.windowFrames,
                hopFrames: session.hopFrames,
                report: session.report
            )
        } catch {
            guard case .notStreamable(let reason) = error else { throw error }
            streaming = .windowByWindow(reason: reason)
        }
    }

    private static func layer(_ node: PlanNode, in graph: PlanGraph) -> Layer {
        let outputs = node.outputs.compactMap { $0.map { graph.values[$0].type } }
        let weights = node.inputs.compactMap { $0.flatMap { graph.values[$0].constant } }
            .filter { $0.type.elementType == .float32 && $0.type.rank > 0 }
        return Layer(
            name: node.name,
            operatorType: node.operatorType,
            outputShape: outputs.first?.shape ?? [],
            parameterCount: node.operation.parameterCount
                + weights.reduce(0) { $0 + $1.type.elementCount },
            multiplyAdds: node.operation.multiplyAdds(
                inputs: graph.inputTypes(of: node),
                outputs: outputs
            )
        )
    }
}
