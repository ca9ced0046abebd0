extension Attribute {
    init(_ message: Onnx_AttributeProto) throws(ONNXFileError) {
        let value: AttributeValue
        switch AttributeKind(rawValue: Int(message.type)) {
        case .float: value = .float(message.f)
        case .int: value = .int(message.i)
        case .string: value = .string(String(decoding: message.s, as: UTF8.self))
        case .tensor: value = .tensor(try Tensor(message.t))
        case .floats: value = .floats(message.floats)
        case .ints: value = .ints(message.ints)
        case .strings:
            value = .strings(message.strings.map { String(decoding: $0, as: UTF8.self) })
        case nil: value = .unsupported(kind: Int(message.type))
        }
        self.init(name: message.name, value: value)
    }
}
