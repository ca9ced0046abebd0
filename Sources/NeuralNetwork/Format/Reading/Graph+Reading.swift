extension Graph {
    init(_ message: Onnx_GraphProto) throws(ONNXFileError) {
        var initializers: [Tensor] = []
        initializers.reserveCapacity(message.initializer.count)
        for tensor in message.initializer { initializers.append(try Tensor(tensor)) }
        var nodes: [Node] = []
        nodes.reserveCapacity(message.node.count)
        for node in message.node { nodes.append(try Node(node)) }
        var inputs: [ValueInfo] = []
        for input in message.input { inputs.append(try ValueInfo(input)) }
        var outputs: [ValueInfo] = []
        for output in message.output { outputs.append(try ValueInfo(output)) }
        self.init(
            name: message.name,
            nodes: nodes,
            initializers: initializers,
            inputs: inputs,
            outputs: outputs
        )
    }
}

extension Node {
    init(_ message: Onnx_NodeProto) throws(ONNXFileError) {
        var attributes: [Attribute] = []
        attributes.reserveCapacity(message.attribute.count)
        for attribute in message.attribute { attributes.append(try Attribute(attribute)) }
        self.init(
            message.opType,
            name: message.name,
            domain: message.domain == "ai.onnx" ? "" : message.domain,
            inputs: message.input,
            outputs: message.output,
            attributes: attributes
        )
    }
}

extension ValueInfo {
    init(_ message: Onnx_ValueInfoProto) throws(ONNXFileError) {
        guard case .tensorType(let tensor) = message.type.value else {
            throw .malformedGraph(
                reason: "'\(message.name)' is not declared as a tensor (scikit-learn's exporter "
                    + "gives tensors with options={'zipmap': False})"
            )
        }
        guard let elementType = ElementType(rawValue: Int(tensor.elemType)) else {
            throw .malformedGraph(
                reason: "'\(message.name)' is declared with the unknown type \(tensor.elemType)"
            )
        }
        var shape: [Dimension]?
        if tensor.hasShape {
            var axes: [Dimension] = []
            for axis in tensor.shape.dim {
                switch axis.value {
                case .dimValue(let length):
                    guard length >= 0 else {
                        throw .malformedGraph(
                            reason: "'\(message.name)' is declared with an axis of \(length)"
                        )
                    }
                    axes.append(.fixed(Int(length)))
                case .dimParam(let name): axes.append(name.isEmpty ? .unknown : .symbolic(name))
                case nil: axes.append(.unknown)
                }
            }
            shape = axes
        }
        self.init(name: message.name, elementType: elementType, shape: shape)
    }
}
