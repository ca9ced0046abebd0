/// ONNX's numbers for the kinds of attribute values that are read and written.
enum AttributeKind: Int {
    case float = 1
    case int = 2
    case string = 3
    case tensor = 4
    case floats = 6
    case ints = 7
    case strings = 8
}
