import Foundation
import NeuralNetwork
import Testing

/// Fails unless every value is within `tolerance` of the expected one, relative to the largest
/// magnitude expected (at least 1).
func expectClose(
    _ values: [Float],
    _ expected: [Double],
    within tolerance: Double,
    _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(values.count == expected.count, "\(what)", sourceLocation: sourceLocation)
    guard values.count == expected.count else { return }
    let scale = max(1, expected.map(\.magnitude).max() ?? 1)
    var worst = 0.0
    var place = 0
    for (index, (value, wanted)) in zip(values, expected).enumerated() {
        let error = (Double(value) - wanted).magnitude / scale
        // A NaN fails too.
        if !(error <= worst) {
            worst = error
            place = index
        }
    }
    #expect(
        worst <= tolerance,
        "\(what): element \(place) is \(values[place]), not \(expected[place])",
        sourceLocation: sourceLocation
    )
}

/// Fails unless both are the same numbers bit for bit.
func expectIdentical(
    _ values: [Float],
    _ expected: [Float],
    _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(
        values.map(\.bitPattern) == expected.map(\.bitPattern),
        "\(what)",
        sourceLocation: sourceLocation
    )
}

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

/// A small seeded generator, so that a failing case can be run again.
struct RandomNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Values in -1...1.
    mutating func floats(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float.random(in: -1...1, using: &self) }
    }
}
