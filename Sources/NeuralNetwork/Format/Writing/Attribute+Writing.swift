private import Foundation

extension Onnx_AttributeProto {
    init(_ attribute: Attribute) {
        self.init()
        name = attribute.name
        switch attribute.value {
        case .float(let value):
            type = Int32(AttributeKind.float.rawValue)
            f = value
        case .int(let value):
            type = Int32(AttributeKind.int.rawValue)
            i = value
        case .string(let value):
            type = Int32(AttributeKind.string.rawValue)
            s = Data(value.utf8)
        case .tensor(let value):
            type = Int32(AttributeKind.tensor.rawValue)
            t = Onnx_TensorProto(value)
        case .floats(let values):
            type = Int32(AttributeKind.floats.rawValue)
            floats = values
        case .ints(let values):
            type = Int32(AttributeKind.ints.rawValue)
            ints = values
        case .strings(let values):
            type = Int32(AttributeKind.strings.rawValue)
            strings = values.map { Data($0.utf8) }
        case .unsupported(let kind):
            type = Int32(kind)
        }
    }
}
