private import Foundation

extension Onnx_TensorProto {
    init(_ tensor: Tensor) {
        self.init()
        name = tensor.name
        dims = tensor.shape.map(Int64.init)
        dataType = Int32(tensor.elementType.rawValue)
        rawData = Data(Self.bytes(of: tensor.values))
    }

    private static func bytes(of values: TensorValues) -> [UInt8] {
        switch values {
        case .float32(let values): RawBytes.bytes(of: values.map(\.bitPattern))
        case .float64(let values): RawBytes.bytes(of: values.map(\.bitPattern))
        case .int8(let values): RawBytes.bytes(of: values)
        case .int16(let values): RawBytes.bytes(of: values)
        case .int32(let values): RawBytes.bytes(of: values)
        case .int64(let values): RawBytes.bytes(of: values)
        case .uint8(let values): values
        case .uint16(let values): RawBytes.bytes(of: values)
        case .uint32(let values): RawBytes.bytes(of: values)
        case .uint64(let values): RawBytes.bytes(of: values)
        case .bool(let values): values.map { $0 ? 1 : 0 }
        case .opaque(_, _, let bytes): bytes
        }
    }
}
