private import Glibc

/// An operator that makes a window of cosines of a given length.
protocol CosineWindow: NumericOperator {
    /// The factors of the cosines of 0, 1, 2 … times the angle, signs included.
    static var coefficients: [Double] { get }
    var window: WindowLength { get }
}

/// How long a window is, whether it is periodic, and the type of its numbers.
struct WindowLength: Sendable {
    let count: Int
    let isPeriodic: Bool
    let elementType: ElementType

    init(_ node: inout NodeReader) throws(Refusal) {
        guard let counts = try node.constantIntegers(0, "the size"), counts.count == 1,
            (0...1 << 24).contains(counts[0])
        else { throw Refusal("its size is not a number from 0 to \(1 << 24)") }
        count = counts[0]
        isPeriodic = try node.flag("periodic", default: true)
        let number = try node.integer("output_datatype", default: 1)
        guard let type = ElementType(rawValue: number), type.isNumber else {
            throw Refusal("its output_datatype is \(number)")
        }
        elementType = type
    }
}

extension CosineWindow {
    static var introduced: Int { 17 }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(window.elementType, [window.count])]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(computingWith: window.elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let output = places.output(0, type)
        let period = Double(window.isPeriodic ? window.count : window.count - 1)
        return {
            for index in 0..<output.count {
                var sum = 0.0
                for (order, factor) in Self.coefficients.enumerated() {
                    sum += factor * cos(2 * .pi * Double(order * index) / Swift.max(period, 1))
                }
                output[index] = .clamping(sum)
            }
        }
    }
}
