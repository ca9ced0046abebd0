/// Joins nodes that can be carried out in one go: what follows a convolution or a product into it.
struct FusionPass {
    private var graph: PlanGraph
    private let fusesResiduals: Bool
    private var readers: [[Int]]
    /// The node that computes each value; nil for inputs and constants.
    private var producers: [Int?]
    private var isOutput: Set<Int>
    private var removed: Set<Int> = []

    private init(_ graph: PlanGraph, fusesResiduals: Bool) {
        self.graph = graph
        self.fusesResiduals = fusesResiduals
        readers = graph.readers()
        isOutput = Set(graph.outputs.map(\.value))
        producers = Array(repeating: nil, count: graph.values.count)
        for (index, node) in graph.nodes.enumerated() {
            for case let output? in node.outputs { producers[output] = index }
        }
    }

    /// The graph with fewer nodes.
    ///
    /// Residual additions need a value that may lie elsewhere in time; plans that follow time leave
    /// them alone.
    static func apply(to graph: PlanGraph, fusesResiduals: Bool) -> PlanGraph {
        var pass = FusionPass(graph, fusesResiduals: fusesResiduals)
        pass.joinGatedSigmoids()
        for index in pass.graph.nodes.indices {
            pass.absorbPadding(index)
            pass.leaveOutZeros(index)
        }
        for index in pass.graph.nodes.indices { pass.mergeIntoProducer(index) }
        let removed = pass.removed
        pass.graph.nodes = pass.graph.nodes.enumerated().filter { !removed.contains($0.offset) }
            .map(\.element)
        pass.graph.removeUnusedNodes()
        return pass.graph
    }

    /// The node that computes a value which only the node `reader` reads.
    private func onlyProducer(of value: Int, for reader: Int) -> Int? {
        guard readers[value] == [reader], !isOutput.contains(value), let node = producers[value],
            !removed.contains(node)
        else { return nil }
        return node
    }

    // MARK: Into the producer

    /// Merges a node into the one that computes its input, if that one can take it over.
    private mutating func mergeIntoProducer(_ index: Int) {
        let node = graph.nodes[index]
        for (position, input) in node.inputs.enumerated() {
            guard let input, graph.values[input].constant == nil,
                let producer = onlyProducer(of: input, for: index),
                let fusable = graph.nodes[producer].operation as? any FusableOperator
            else { continue }
            let others = node.inputs.enumerated().filter { $0.offset != position }
                .compactMap(\.element)
            guard others.count <= 1 else { continue }
            let other = others.first
            let constant = other.flatMap { graph.values[$0].constant }
            if other == nil || constant != nil {
                let type = graph.values[input].type
                if let merged = fusable.absorbing(node.operation, operand: constant, type: type) {
                    replace(producer, index, by: merged, extraInput: nil)
                    return
                }
            } else if fusesResiduals, node.operation.isBinary(.add), let other,
                let convolution = fusable as? ConvOperator, convolution.takesAddend,
                graph.values[other].type == graph.values[input].type, other != input
            {
                var merged = convolution
                merged.hasAddend = true
                replace(producer, index, by: merged, extraInput: other)
                return
            }
        }
    }

    /// Puts the merged node in the place of the later one.
    private mutating func replace(
        _ producer: Int,
        _ index: Int,
        by operation: any Operator,
        extraInput: Int?
    ) {
        var merged = graph.nodes[producer]
        merged.operation = operation
        merged.outputs = graph.nodes[index].outputs
        if let extraInput {
            while merged.inputs.count < ConvOperator.addendIndex { merged.inputs.append(nil) }
            merged.inputs.append(extraInput)
        }
        for case let input? in merged.inputs {
            readers[input] = readers[input].map { $0 == producer ? index : $0 }
        }
        graph.nodes[index] = merged
        removed.insert(producer)
    }

    // MARK: Other patterns

    /// Takes zeros that are put around an image into the convolution that reads it.
    private mutating func absorbPadding(_ index: Int) {
        let node = graph.nodes[index]
        guard let input = node.inputs.first ?? nil,
            let producer = onlyProducer(of: input, for: index),
            let pad = graph.nodes[producer].operation as? PadOperator,
            graph.nodes[producer].inputs.compactMap({ $0 }).count == 1,
            let convolution = node.operation as? ConvOperator,
            let widened = convolution.absorbing(pad)
        else { return }
        graph.nodes[index].operation = widened
        graph.nodes[index].inputs[0] = graph.nodes[producer].inputs[0]
        if let source = graph.nodes[producer].inputs[0] {
            readers[source] = readers[source].map { $0 == producer ? index : $0 }
        }
        removed.insert(producer)
    }

    /// Lets a product read what was padded rather than multiply its zeros.
    ///
    /// Frames are padded to a power of two where a transform is written as a product.
    private mutating func leaveOutZeros(_ index: Int) {
        let node = graph.nodes[index]
        guard let padded = node.inputs.first ?? nil, let producer = producers[padded],
            !removed.contains(producer),
            let product = node.operation as? any NarrowableProduct,
            let zeros = (graph.nodes[producer].operation as? PadOperator)?.zeros,
            graph.nodes[producer].inputs.compactMap({ $0 }).count == 1,
            let source = graph.nodes[producer].inputs[0],
            let length = graph.values[source].type.shape.last, length > 0,
            zeros.dropLast().allSatisfy({ $0 == (0, 0) }), let before = zeros.last?.before,
            let narrowed = product.reading(before..<before + length)
        else { return }
        graph.nodes[index].operation = narrowed
        graph.nodes[index].inputs[0] = source
        readers[padded].removeAll { $0 == index }
        readers[source].append(index)
    }

    /// Turns x · sigmoid(x) into one function.
    private mutating func joinGatedSigmoids() {
        for index in graph.nodes.indices where graph.nodes[index].operation.isBinary(.multiply) {
            let inputs = graph.nodes[index].inputs.compactMap { $0 }
            guard inputs.count == 2 else { continue }
            for (x, gate) in [(inputs[0], inputs[1]), (inputs[1], inputs[0])] {
                guard let producer = onlyProducer(of: gate, for: index),
                    graph.nodes[producer].inputs.first == x,
                    let function = Self.gated(graph.nodes[producer].operation),
                    graph.values[x].type.elementType == .float32
                else { continue }
                graph.nodes[index].operation = UnaryOperator(function: function)
                graph.nodes[index].inputs = [x]
                readers[x].removeAll { $0 == producer }
                readers[x] = Array(Set(readers[x])).sorted()
                removed.insert(producer)
                break
            }
        }
    }

    /// The function that is x times the operator's output for x, if there is one.
    private static func gated(_ operation: any Operator) -> ScalarFunction? {
        switch (operation as? UnaryOperator)?.function {
        case .sigmoid: .silu
        case .hardSigmoid(let alpha, 0.5) where abs(alpha - 1 / 6) < 1e-6: .hardSwish
        default: nil
        }
    }
}

/// A product of rows with constant weights.
protocol NarrowableProduct: Operator {
    /// The product with the weights of some of a row's numbers, for rows of just these; nil where
    /// the weights are not known.
    func reading(_ inputs: Range<Int>) -> (any Operator)?
}

/// An operator that can carry out what follows it.
protocol FusableOperator: Operator {
    /// The operator that does this one's work and then `next`'s; nil when it cannot.
    ///
    /// `operand` is the other input of `next`, if it has one, and `type` the type of what is
    /// between the two.
    func absorbing(
        _ next: any Operator,
        operand: Tensor?,
        type: TensorType
    ) -> (any Operator)?

    /// What is applied to every output.
    var activation: ScalarFunction { get set }
}

extension FusableOperator {
    func absorbing(
        _ next: any Operator,
        operand: Tensor?,
        type: TensorType
    ) -> (any Operator)? {
        operand == nil ? absorbingFunction(next) : nil
    }

    /// The operator with what `next` does as its activation, when that is a function of one number
    /// and there is no activation yet.
    func absorbingFunction(_ next: any Operator) -> Self? {
        guard activation == .identity, let function = ScalarFunction.of(next) else { return nil }
        var merged = self
        merged.activation = function
        return merged
    }
}

extension Operator {
    /// Whether the operator is the given function of two numbers.
    func isBinary(_ function: BinaryFunction) -> Bool {
        (self as? BinaryOperator)?.function == function
    }
}

extension Tensor {
    /// One float for each place along an axis of a value of the given type, when the constant is
    /// the same along all other axes.
    func floats(along axis: Int, of type: TensorType) -> [Float]? {
        guard let floats, type.rank >= self.type.rank else { return nil }
        let length = type.shape[axis]
        if floats.count == 1 { return Array(repeating: floats[0], count: length) }
        let own = axis - (type.rank - self.type.rank)
        guard own >= 0, self.type.shape[own] == length, floats.count == length else { return nil }
        return floats
    }
}
