extension GraphImporter {
    /// Adds the constants that the model brings.
    mutating func addInitializers() throws(ModelError) {
        for tensor in model.graph.initializers {
            try define(tensor.name, graph.addConstant(tensor.name, ConstantTensor(tensor)))
        }
    }

    /// Adds what is given at run time, or by the options.
    mutating func addInputs() throws(ModelError) {
        let names = model.graph.inputs.map(\.name).filter { valueByName[$0] == nil }
        for name in Array(options.inputShapes.keys) + Array(options.constants.keys) {
            guard names.contains(name) else {
                throw .unknownInput(name: name, available: names)
            }
        }
        for input in model.graph.inputs where valueByName[input.name] == nil {
            if let constant = options.constants[input.name] {
                try define(input.name, graph.addConstant(input.name, ConstantTensor(constant)))
                continue
            }
            let shape = try shape(of: input)
            guard input.elementType.isSupported else {
                throw .unsupported(
                    node: input.name,
                    operatorType: "graph input",
                    opset: opset,
                    reason: "values of type \(input.elementType.name) are not supported"
                )
            }
            try checkSize(of: "Input '\(input.name)'", input.elementType, shape)
            let value = graph.addValue(input.name, TensorType(input.elementType, shape))
            try define(input.name, value)
            graph.inputs.append(value)
        }
    }

    private func shape(of input: ValueInfo) throws(ModelError) -> [Int] {
        let given = options.inputShapes[input.name]
        guard let declared = input.shape else {
            guard let given else {
                throw .openDimension(input: input.name, axis: 0, dimension: "the whole shape")
            }
            return given
        }
        if let given, given.count != declared.count {
            throw .mismatchedInput(
                name: input.name,
                expected: "\(declared.count) axes",
                found: "\(given)"
            )
        }
        var shape: [Int] = []
        for (axis, dimension) in declared.enumerated() {
            var length = given?[axis]
            switch dimension {
            case .fixed(let fixed):
                guard length ?? fixed == fixed else {
                    throw .mismatchedInput(
                        name: input.name,
                        expected: "\(declared)",
                        found: "\(given ?? [])"
                    )
                }
                length = fixed
            case .symbolic(let name): length = length ?? options.dimensions[name]
            case .unknown: break
            }
            guard let length, length >= 0 else {
                throw .openDimension(
                    input: input.name,
                    axis: axis,
                    dimension: dimension.description
                )
            }
            shape.append(length)
        }
        return shape
    }

    /// Says which values are the outputs.
    mutating func addOutputs() throws(ModelError) {
        for output in model.graph.outputs {
            guard let value = valueByName[output.name] else {
                if let required = options.requiredOutputs, !required.contains(output.name) {
                    continue
                }
                throw .malformedGraph(reason: "nothing computes its output '\(output.name)'")
            }
            graph.outputs.append(PlanGraph.Output(name: output.name, value: value))
        }
    }
}
