package import ONNXFormat
internal import TensorKernels

/// A network that is ready to run: validated, planned, every buffer in place.
///
/// Not safe to use from several threads at once; make one a thread.
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
    package init(model: Model, options: LoadOptions = LoadOptions()) throws(ModelError) {
        let plan = try InferencePlan(model, options)
        self.plan = plan
        inputs = plan.graph.inputs.map { value in
            TensorDescription(
                name: plan.graph.values[value].name,
                type: plan.graph.values[value].type
            )
        }
        outputs = plan.graph.outputs.map { output in
            TensorDescription(name: output.name, type: plan.graph.values[output.value].type)
        }
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
        for (input, value) in zip(inputs, plan.graph.inputs) {
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
            plan.storage.views[value]?.write(tensor.values)
        }
        plan.run()
        return zip(outputs, plan.graph.outputs).compactMap { description, output in
            plan.storage.views[output.value].map {
                Tensor(name: description.name, shape: description.type.shape, values: $0.values)
            }
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
        guard let index = outputs.firstIndex(where: { $0.name == name }),
            let view = plan.storage.views[plan.graph.outputs[index].value]
        else { throw .unknownOutput(name: name, available: outputs.map(\.name)) }
        guard view.type.elementType == .float32, view.type.elementCount == result.count else {
            throw .mismatchedInput(
                name: name,
                expected: "room for \(view.type)",
                found: "room for \(result.count) floats"
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
            let node = plan.graph.nodes[step.node]
            let output = node.outputs.compactMap { $0 }.first
            return NodeTiming(
                name: "\(node.name) (\(node.operatorType))",
                outputShape: output.map { plan.graph.values[$0].type.shape } ?? [],
                seconds: duration / .seconds(1) / Double(max(1, rounds))
            )
        }
    }

    private func setOnlyInput(_ input: Span<Float>, shape: [Int]) throws(ModelError) {
        guard let only = inputs.first, inputs.count == 1,
            let view = plan.storage.views[plan.graph.inputs[0]]
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
