import Foundation
import NeuralNetwork

/// Compares tensors as ONNX's test runner does.
enum TensorComparison {
    /// What is different, or nil when the tensors agree.
    static func difference(
        _ found: Tensor,
        _ wanted: Tensor,
        relative: Double = 1e-3,
        absolute: Double = 1e-7
    ) -> String? {
        guard found.elementType == wanted.elementType else {
            return "\(found.elementType.name) instead of \(wanted.elementType.name)"
        }
        guard found.shape == wanted.shape else {
            return "shape \(found.shape) instead of \(wanted.shape)"
        }
        for (index, (a, b)) in zip(numbers(found), numbers(wanted)).enumerated() {
            if a == b || (a.isNaN && b.isNaN) { continue }
            if abs(a - b) <= absolute + relative * abs(b) { continue }
            return "element \(index) of \(found.shape) is \(a) instead of \(b)"
        }
        return nil
    }

    /// The numbers of a tensor.
    static func numbers(_ tensor: Tensor) -> [Double] {
        switch tensor.values {
        case .float32(let values): values.map(Double.init)
        case .float64(let values): values
        case .int8(let values): values.map(Double.init)
        case .int16(let values): values.map(Double.init)
        case .int32(let values): values.map(Double.init)
        case .int64(let values): values.map(Double.init)
        case .uint8(let values): values.map(Double.init)
        case .uint16(let values): values.map(Double.init)
        case .uint32(let values): values.map(Double.init)
        case .uint64(let values): values.map(Double.init)
        case .bool(let values): values.map { $0 ? 1 : 0 }
        case .opaque: []
        }
    }
}
