extension Onnx_GraphProto {
    init(_ graph: Graph) {
        self.init()
        name = graph.name
        node = graph.nodes.map(Onnx_NodeProto.init)
        initializer = graph.initializers.map(Onnx_TensorProto.init)
        input = graph.inputs.map(Onnx_ValueInfoProto.init)
        output = graph.outputs.map(Onnx_ValueInfoProto.init)
    }
}

extension Onnx_NodeProto {
    init(_ node: Node) {
        self.init()
        input = node.inputs
        output = node.outputs
        name = node.name
        opType = node.operatorType
        domain = node.domain
        attribute = node.attributes.map(Onnx_AttributeProto.init)
    }
}

extension Onnx_ValueInfoProto {
    init(_ value: ValueInfo) {
        self.init()
        name = value.name
        var tensor = Onnx_TypeProto.Tensor()
        tensor.elemType = Int32(value.elementType.rawValue)
        if let axes = value.shape {
            tensor.shape.dim = axes.map { axis in
                var dimension = Onnx_TensorShapeProto.Dimension()
                switch axis {
                case .fixed(let length): dimension.dimValue = Int64(length)
                case .symbolic(let name): dimension.dimParam = name
                case .unknown: break
                }
                return dimension
            }
        }
        type.tensorType = tensor
    }
}
