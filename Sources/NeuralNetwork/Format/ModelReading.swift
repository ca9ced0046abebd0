private import Foundation
private import Platform
private import SwiftProtobuf

extension Model {
    /// The largest file that is read, in bytes; the format itself ends at 2 GiB.
    package static let largestFile = 1 << 31

    /// Reads a model from an ONNX or a TFLite file, whichever its content is.
    ///
    /// - Parameters:
    ///   - path: The path of the file.
    ///   - exposesFloats: Whether inputs and outputs of a TFLite file that are integers and stand
    ///     for floats are given as floats.
    /// - Throws: ``ModelFileError`` when the file cannot be read or is not a model.
    package init(path: String, exposesFloats: Bool = false) throws(ModelFileError) {
        let content: Data
        do {
            content = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw .unreadable(path: path, reason: FileFailure.reason(error))
        }
        try self.init(serialized: [UInt8](content), exposesFloats: exposesFloats)
    }

    /// Reads a model from the bytes of an ONNX or a TFLite file, whichever they are.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - exposesFloats: Whether inputs and outputs of a TFLite file that are integers and stand
    ///     for floats are given as floats.
    /// - Throws: ``ModelFileError`` when the bytes are not a model.
    package init(
        serialized bytes: [UInt8],
        exposesFloats: Bool = false
    ) throws(ModelFileError) {
        guard bytes.count <= Self.largestFile else {
            throw .tooLarge(byteCount: bytes.count, limit: Self.largestFile)
        }
        guard !bytes.isEmpty else { throw .malformed(nil, reason: "it is empty") }
        if TFLiteFile.isOne(bytes) {
            self = try TFLiteLowering.model(of: TFLiteFile(bytes), exposesFloats: exposesFloats)
            return
        }
        let message: Onnx_ModelProto
        do {
            message = try Onnx_ModelProto(serializedBytes: bytes)
        } catch {
            throw .malformed(nil, reason: "its \(bytes.count) bytes can't be read as one")
        }
        guard message.hasGraph else {
            throw .malformed(reason: "it has no graph")
        }
        self.init(
            irVersion: Int(message.irVersion),
            producerName: message.producerName,
            producerVersion: message.producerVersion,
            operatorSets: message.opsetImport.map {
                OperatorSet(domain: $0.domain, version: Int($0.version))
            },
            graph: try Graph(message.graph),
            metadata: message.metadataProps.map { MetadataEntry(key: $0.key, value: $0.value) }
        )
    }
}

extension Graph {
    /// Takes a graph from a file's message.
    ///
    /// What the outputs of a branch (a graph inside a node) are follows from its nodes; exporters
    /// leave their types out.
    init(_ message: Onnx_GraphProto, isBranch: Bool = false) throws(ModelFileError) {
        var initializers: [Tensor] = []
        initializers.reserveCapacity(message.initializer.count)
        for tensor in message.initializer { initializers.append(try Tensor(tensor)) }
        var nodes: [Node] = []
        nodes.reserveCapacity(message.node.count)
        for node in message.node { nodes.append(try Node(node)) }
        var inputs: [ValueInfo] = []
        for input in message.input { inputs.append(try ValueInfo(input)) }
        var outputs: [ValueInfo] = []
        for output in message.output {
            if isBranch {
                outputs.append(ValueInfo(name: output.name, elementType: .float32, shape: nil))
            } else {
                outputs.append(try ValueInfo(output))
            }
        }
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
    init(_ message: Onnx_NodeProto) throws(ModelFileError) {
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
    init(_ message: Onnx_ValueInfoProto) throws(ModelFileError) {
        guard case .tensorType(let tensor) = message.type.value else {
            throw .malformedGraph(
                reason: "'\(message.name)' is not a tensor (in scikit-learn's exporter, set "
                    + "options={'zipmap': False})"
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

extension Attribute {
    init(_ message: Onnx_AttributeProto) throws(ModelFileError) {
        let kind = Int(message.type)
        let value: AttributeValue =
            switch kind {
            case 1: .float(message.f)
            case 2: .int(message.i)
            case 3: .string(String(decoding: message.s, as: UTF8.self))
            case 4: .tensor(try Tensor(message.t))
            // Loops carry values that are no tensors; they are refused when the model is loaded.
            case 5:
                (try? Graph(message.g, isBranch: true)).map { .graph($0) }
                    ?? .unsupported(kind: kind)
            case 6: .floats(message.floats)
            case 7: .ints(message.ints)
            case 8: .strings(message.strings.map { String(decoding: $0, as: UTF8.self) })
            default: .unsupported(kind: kind)
            }
        self.init(name: message.name, value: value)
    }
}

extension Tensor {
    init(_ message: Onnx_TensorProto) throws(ModelFileError) {
        guard let elementType = ElementType(rawValue: Int(message.dataType)) else {
            throw .malformedTensor(
                name: message.name,
                reason: "unknown element type \(message.dataType)"
            )
        }
        guard message.dataLocation == 0, message.externalData.isEmpty else {
            throw .malformedTensor(
                name: message.name,
                reason: "its data is in another file; export the model as a single file"
            )
        }
        var shape: [Int] = []
        for axis in message.dims {
            guard let length = Int(exactly: axis) else {
                throw .malformedTensor(name: message.name, reason: "an axis of \(axis)")
            }
            shape.append(length)
        }
        guard let count = TensorShape.elementCount(of: shape) else {
            throw .malformedTensor(name: message.name, reason: "the shape \(shape)")
        }
        let values =
            message.rawData.isEmpty
            ? Self.fieldValues(of: message, type: elementType, count: count)
            : TensorValues(
                rawBytes: [UInt8](message.rawData),
                type: elementType,
                count: count
            )
        guard let values, values.count == count else {
            throw .malformedTensor(
                name: message.name,
                reason: "its data does not have the \(count) \(elementType.name) values of shape "
                    + "\(shape)"
            )
        }
        self.init(name: message.name, shape: shape, values: values)
    }

    /// The numbers of a tensor stored in the field for its type.
    private static func fieldValues(
        of message: Onnx_TensorProto,
        type: ElementType,
        count: Int
    ) -> TensorValues? {
        let narrow = message.int32Data
        switch type {
        case .float32: return .float32(message.floatData)
        case .float64: return .float64(message.doubleData)
        case .int8: return .int8(narrow.map { Int8(truncatingIfNeeded: $0) })
        case .uint8: return .uint8(narrow.map { UInt8(truncatingIfNeeded: $0) })
        case .int16: return .int16(narrow.map { Int16(truncatingIfNeeded: $0) })
        case .uint16: return .uint16(narrow.map { UInt16(truncatingIfNeeded: $0) })
        case .int32: return .int32(narrow)
        case .bool: return .bool(narrow.map { $0 != 0 })
        case .int64: return .int64(message.int64Data)
        case .uint32: return .uint32(message.uint64Data.map { UInt32(truncatingIfNeeded: $0) })
        case .uint64: return .uint64(message.uint64Data)
        case .string: return .opaque(type, count: message.stringData.count, bytes: [])
        default: return .opaque(type, count: count, bytes: narrow.rawBytes)
        }
    }
}

extension Tensor {
    /// Reads a file that holds a single tensor, as ONNX's own test data does.
    ///
    /// - Throws: ``ModelFileError`` when the file cannot be read or is not a tensor.
    package init(path: String) throws(ModelFileError) {
        let message: Onnx_TensorProto
        do {
            let content = try Data(contentsOf: URL(fileURLWithPath: path))
            message = try Onnx_TensorProto(serializedBytes: [UInt8](content))
        } catch {
            throw .unreadable(path: path, reason: FileFailure.reason(error))
        }
        try self.init(message)
    }
}
