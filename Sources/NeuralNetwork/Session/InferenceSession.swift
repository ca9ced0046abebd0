/// A network that is ready to run: validated, planned, every buffer in place.
///
/// Not safe to use from several threads at once; make one per thread.
package final class InferenceSession {
    /// What a run takes.
    package let inputs: [TensorDescription]
    /// What a run gives.
    package let outputs: [TensorDescription]

    private let plan: InferencePlan

    /// Plans a model.
    ///
    /// - Parameters:
    ///   - model: The model as read from its file.
    ///   - options: The shapes that the model leaves open, and limits.
    /// - Throws: ``ModelError`` when the model cannot run, with the node that is in the way.
    package convenience init(
        model: Model,
        options: LoadOptions = LoadOptions()
    ) throws(ModelError) {
        try self.init(PreparedGraph(model, options, fusesResiduals: true), options)
    }

    /// Plans a graph that other sessions may share.
    init(_ graph: PreparedGraph, _ options: LoadOptions) throws(ModelError) {
        let plan = try InferencePlan(graph, options)
        self.plan = plan
        inputs = plan.inputs.map(\.description)
        outputs = plan.outputs.map(\.description)
    }

    /// Bytes of weights, intermediate values, inputs and outputs.
    package var byteCount: Int { plan.byteCount }

    /// Runs a network of one input of floats and copies one of its outputs.
    ///
    /// Allocates nothing.
    /// - Parameters:
    ///   - input: The numbers in row-major order.
    ///   - shape: Their shape, as the session was loaded for.
    ///   - name: The output that is wanted.
    ///   - result: Receives the output in row-major order; as long as the output.
    /// - Throws: ``ModelError`` when the input or output is not one of the network's.
    package func run(
        _ input: Span<Float>,
        shape: [Int],
        output name: String,
        into result: inout MutableSpan<Float>
    ) throws(ModelError) {
        try setOnlyInput(input, shape: shape)
        plan.run()
        try copyOutput(name, into: &result)
    }

    /// Runs the network on given tensors.
    ///
    /// - Parameter tensors: One tensor for each input, by the input's name.
    /// - Returns: Every output, in the model's order.
    /// - Throws: ``ModelError`` when an input is missing or does not fit.
    package func run(_ tensors: [Tensor]) throws(ModelError) -> [Tensor] {
        let names = inputs.map(\.name)
        for tensor in tensors where !names.contains(tensor.name) {
            throw .unknownInput(name: tensor.name, available: names)
        }
        for planned in plan.inputs {
            let input = planned.description
            guard let tensor = tensors.first(where: { $0.name == input.name }) else {
                throw .mismatchedInput(
                    name: input.name,
                    expected: input.type.description,
                    found: "nothing"
                )
            }
            guard tensor.elementType == input.type.elementType, tensor.shape == input.type.shape
            else {
                throw .mismatchedInput(
                    name: input.name,
                    expected: input.type.description,
                    found: "\(tensor.elementType.name)\(tensor.shape)"
                )
            }
            planned.view.write(tensor.values)
        }
        plan.run()
        return plan.outputs.map { output in
            Tensor(
                name: output.description.name,
                shape: output.description.type.shape,
                values: output.view.values
            )
        }
    }

    /// Copies an output of the last run.
    ///
    /// Allocates nothing.
    /// - Throws: ``ModelError`` when the network has no such output of floats of that length.
    package func copyOutput(
        _ name: String,
        into result: inout MutableSpan<Float>
    ) throws(ModelError) {
        guard let view = plan.outputs.first(where: { $0.description.name == name })?.view else {
            throw .unknownOutput(name: name, available: outputs.map(\.name))
        }
        guard view.type.elementType == .float32, view.type.elementCount == result.count else {
            throw .mismatchedInput(
                name: name,
                expected: "a buffer for \(view.type)",
                found: "a buffer of \(result.count) floats"
            )
        }
        view.elements(Float.self).floats.copy(to: &result)
    }

    /// Runs the network on the input of the last run and takes each node's time.
    ///
    /// The result has one entry a node that does anything, in order, averaged over `rounds` runs.
    package func profile(rounds: Int) -> [NodeTiming] {
        var durations = [Duration](repeating: .zero, count: plan.steps.count)
        for _ in 0..<rounds {
            for (index, step) in plan.steps.enumerated() {
                let start = ContinuousClock.now
                step.run()
                durations[index] += ContinuousClock.now - start
            }
        }
        return zip(plan.steps, durations).map { step, duration in
            NodeTiming(
                name: step.name,
                outputShape: step.outputShape,
                seconds: duration / .seconds(1) / Double(max(1, rounds))
            )
        }
    }

    private func setOnlyInput(_ input: Span<Float>, shape: [Int]) throws(ModelError) {
        guard let only = inputs.first, inputs.count == 1, let view = plan.inputs.first?.view
        else {
            throw .mismatchedInput(
                name: inputs.first?.name ?? "",
                expected: "\(inputs.count) tensors",
                found: "one"
            )
        }
        guard only.type.elementType == .float32, only.type.shape == shape,
            input.count == only.type.elementCount
        else {
            throw .mismatchedInput(
                name: only.name,
                expected: only.type.description,
                found: "float\(shape) with \(input.count) values"
            )
        }
        view.elements(Float.self).mutableFloats.update(from: input)
    }
}

/// The time that one node of a plan takes.
package struct NodeTiming: Sendable {
    /// The node's name and operator.
    package let name: String
    /// The shape of its first output, as it is stored.
    package let outputShape: [Int]
    /// Seconds of one run, on average.
    package let seconds: Double
}
