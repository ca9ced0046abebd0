private import Foundation
private import Platform
private import SwiftProtobuf

extension Model {
    /// Writes the model to a file, replacing one that is there in a single step.
    ///
    /// A loss of power leaves the old file or the new one.
    /// - Throws: ``ModelFileError`` when the model is larger than the format allows, or
    ///   Platform's `FileWriteError` when the file can't be written.
    package func write(path: String) throws {
        try OutputFile.write(serialized(), to: path, isDurable: true)
    }

    /// The bytes of an `.onnx` file with this content; equal models give equal bytes.
    ///
    /// - Throws: ``ModelFileError`` when the model is larger than the format allows.
    package func serialized() throws(ModelFileError) -> [UInt8] {
        var message = Onnx_ModelProto()
        message.irVersion = Int64(irVersion)
        message.producerName = producerName
        message.producerVersion = producerVersion
        message.graph = Onnx_GraphProto(graph)
        message.opsetImport = operatorSets.map { set in
            var entry = Onnx_OperatorSetIdProto()
            entry.domain = set.domain
            entry.version = Int64(set.version)
            return entry
        }
        message.metadataProps = metadata.map { pair in
            var entry = Onnx_StringStringEntryProto()
            entry.key = pair.key
            entry.value = pair.value
            return entry
        }
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        do {
            return try message.serializedBytes(options: options)
        } catch {
            throw .malformedGraph(reason: "it cannot be serialised")
        }
    }
}

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

extension Onnx_AttributeProto {
    init(_ attribute: Attribute) {
        self.init()
        name = attribute.name
        type = Int32(attribute.value.kind)
        switch attribute.value {
        case .float(let value): f = value
        case .int(let value): i = value
        case .string(let value): s = Data(value.utf8)
        case .tensor(let value): t = Onnx_TensorProto(value)
        case .graph(let value): g = Onnx_GraphProto(value)
        case .floats(let values): floats = values
        case .ints(let values): ints = values
        case .strings(let values): strings = values.map { Data($0.utf8) }
        case .unsupported: break
        }
    }
}

extension Onnx_TensorProto {
    init(_ tensor: Tensor) {
        self.init()
        name = tensor.name
        dims = tensor.shape.map(Int64.init)
        dataType = Int32(tensor.elementType.rawValue)
        rawData = Data(tensor.values.rawBytes)
    }
}
