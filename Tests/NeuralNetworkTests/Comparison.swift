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
