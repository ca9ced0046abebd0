/// Turns a model into a graph with every type and shape known, or says why it cannot run.
///
/// Nodes whose inputs are constants are carried out here.
struct GraphImporter {
    /// The opsets whose operators are implemented.
    ///
    /// Since 22 ONNX has given these operators new types and attributes, which are refused by name;
    /// it has changed the meaning of none.
    static let supportedOpsets = 11...26

    /// The most axes that a value may have.
    private static let largestRank = 16

    /// A folded node may not do more work than this, in multiplications.
    private static let largestFoldedWork = 1 << 28

    let model: Model
    let options: LoadOptions
    let opset: Int
    var graph: PlanGraph
    var valueByName: [String: Int] = [:]
    private var foldedBytes = 0
    private var foldedWork = 0
    private var work = 0
    /// The values that the required outputs depend on; nil: all are required.
    private let needed: Set<String>?
    /// Why the first node that cannot run and is not needed by a required output cannot.
    private var leftOut: ModelError?

    private init(_ model: Model, _ options: LoadOptions) throws(ModelError) {
        guard let opset = model.opset, Self.supportedOpsets.contains(opset) else {
            throw .unsupportedOpset(found: model.opset, supported: Self.supportedOpsets)
        }
        self.model = model
        self.options = options
        self.opset = opset
        self.graph = PlanGraph(opset: opset)
        needed = options.requiredOutputs.map { required in
            model.graph.nodes.reversed().reduce(into: required) { needed, node in
                if node.outputs.contains(where: needed.contains) { needed.formUnion(node.reads) }
            }
        }
    }

    /// Whether a required output depends on a value.
    private func isNeeded(_ value: String) -> Bool { needed?.contains(value) ?? true }

    /// Imports a model.
    static func planGraph(
        for model: Model,
        options: LoadOptions
    ) throws(ModelError) -> PlanGraph {
        var importer = try GraphImporter(model, options)
        try importer.addInitializers()
        try importer.addInputs()
        for (index, node) in model.graph.nodes.enumerated() {
            do {
                try importer.add(node, at: index)
            } catch {
                guard !node.outputs.contains(where: importer.isNeeded) else { throw error }
                importer.leftOut = importer.leftOut ?? error
            }
        }
        try importer.addOutputs()
        if importer.graph.outputs.isEmpty, let error = importer.leftOut { throw error }
        importer.graph.removeUnusedNodes()
        return importer.graph
    }

    /// Adds a node of the model's graph, or of a branch that is taken.
    mutating func add(_ node: Node, at index: Int) throws(ModelError) {
        let name =
            node.name.isEmpty ? "\(node.operatorType)_\(index)" : node.name
        do {
            if node.isConditional {
                try inlineBranch(of: node, named: name)
            } else {
                try add(node, named: name)
            }
        } catch let refusal as Refusal {
            throw ModelError.unsupported(
                node: name,
                operatorType: node.operatorType,
                opset: opset,
                reason: refusal.reason
            )
        } catch let error as ModelError {
            throw error
        } catch {
            throw ModelError.malformedGraph(reason: "node '\(name)': \(error)")
        }
    }

    private mutating func add(_ node: Node, named name: String) throws {
        let definition = try OperatorRegistry.definition(for: node, opset: opset)
        let inputs = try inputValues(of: node)
        var reader = NodeReader(
            node: node,
            opset: opset,
            inputTypes: inputs.map { $0.map { graph.values[$0].type } },
            constants: inputs.map { $0.flatMap { graph.values[$0].constant } }
        )
        let operation = try definition.read(&reader)
        try reader.checkEverythingWasRead()
        let remaining = inputs.enumerated().map {
            reader.consumedInputs.contains($0.offset) ? nil : $0.element
        }
        var planned = PlanNode(
            name: name,
            operatorType: node.operatorType,
            operation: operation,
            inputs: remaining,
            outputs: []
        )
        let types = try operation.outputTypes(for: graph.inputTypes(of: planned))
        guard types.count >= node.outputs.count else {
            throw Refusal(
                "it has \(node.outputs.count) outputs; the operator gives at most \(types.count)"
            )
        }
        for type in types {
            try checkSize(of: "The output of '\(name)'", type.elementType, type.shape)
        }
        if let constants = try fold(planned, types: types) {
            for (output, constant) in zip(node.outputs, constants) where !output.isEmpty {
                try define(output, graph.addConstant(output, constant))
            }
            return
        }
        for (output, type) in zip(node.outputs, types) {
            guard !output.isEmpty else {
                planned.outputs.append(nil)
                continue
            }
            guard type.elementType.isSupported else {
                guard !isNeeded(output) else {
                    throw Refusal("values of type \(type.elementType.name) are not supported")
                }
                planned.outputs.append(nil)
                continue
            }
            let value = graph.addValue(output, type)
            try define(output, value)
            planned.outputs.append(value)
        }
        work = work.saturatingSum(
            operation.work(inputs: graph.inputTypes(of: planned), outputs: types)
        )
        guard work <= options.maximumWork else {
            throw ModelError.tooMuchWork(operations: work, limit: options.maximumWork)
        }
        graph.nodes.append(planned)
    }

    private func inputValues(of node: Node) throws -> [Int?] {
        try node.inputs.map { name in
            guard !name.isEmpty else { return nil }
            guard let value = valueByName[name] else {
                throw Refusal("no earlier node computes its input '\(name)'")
            }
            let type = graph.values[value].type.elementType
            guard type.isSupported else {
                throw Refusal("its input '\(name)' has the unsupported type \(type.name)")
            }
            return value
        }
    }

    /// The outputs of a node that depends on nothing that is known only at run time.
    private mutating func fold(
        _ node: PlanNode,
        types: [TensorType]
    ) throws -> [Tensor]? {
        let inputTypes = graph.inputTypes(of: node)
        if let outputs = node.operation.constantOutputs(for: inputTypes) { return outputs }
        let inputs = node.inputs.map { $0.map { graph.values[$0] } }
        let work = node.operation.work(inputs: inputTypes, outputs: types)
        guard node.operation.isFoldable, work <= Self.largestFoldedWork,
            inputs.allSatisfy({ $0 == nil || $0?.constant != nil })
        else { return nil }
        foldedWork = foldedWork.saturatingSum(work)
        guard foldedWork <= options.maximumWork else {
            throw ModelError.tooMuchWork(operations: foldedWork, limit: options.maximumWork)
        }
        foldedBytes += types.reduce(0) { $0 + $1.byteCount }
        guard foldedBytes <= options.maximumBytes else {
            throw ModelError.tooLarge(
                what: "Folding node '\(node.name)'",
                bytes: foldedBytes,
                limit: options.maximumBytes
            )
        }
        return ConstantFolding.outputs(
            of: node.operation,
            inputs: inputs.map { $0?.constant },
            types
        )
    }

    /// Gives a value the name by which later nodes ask for it.
    mutating func define(_ name: String, _ value: Int) throws(ModelError) {
        guard valueByName.updateValue(value, forKey: name) == nil else {
            throw .malformedGraph(reason: "the value '\(name)' is defined twice")
        }
    }

    /// Refuses a value that is larger than what is allowed.
    func checkSize(
        of what: String,
        _ elementType: ElementType,
        _ shape: [Int]
    ) throws(ModelError) {
        let limit = options.maximumBytes
        let count = TensorShape.elementCount(of: shape)
        guard let count, count <= limit, count * elementType.byteWidth <= limit,
            shape.allSatisfy({ $0 <= limit }), shape.count <= Self.largestRank
        else {
            throw .tooLarge(
                what: what,
                bytes: Self.saturatedBytes(elementType, shape),
                limit: limit
            )
        }
    }

    private static func saturatedBytes(_ elementType: ElementType, _ shape: [Int]) -> Int {
        let count = TensorShape.elementCount(of: shape) ?? .max
        let (bytes, overflow) = count.multipliedReportingOverflow(by: elementType.byteWidth)
        return overflow ? .max : bytes
    }
}

extension GraphImporter {
    /// Adds the constants that the model brings.
    mutating func addInitializers() throws(ModelError) {
        for tensor in model.graph.initializers {
            try define(tensor.name, graph.addConstant(tensor.name, tensor))
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
                try define(input.name, graph.addConstant(input.name, constant))
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
                throw .malformedGraph(reason: "no node computes its output '\(output.name)'")
            }
            graph.outputs.append(PlanGraph.Output(name: output.name, value: value))
        }
    }
}
