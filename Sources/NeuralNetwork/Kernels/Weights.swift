/// The constant weights of a convolution or a product, those of one output after those of another.
///
/// Weights that are whole multiples of a step of their output, at most 127 of them, are kept as
/// int8: those of a quantised network take a quarter of the memory and of the time to fetch them.
package struct Weights: Sendable {
    private enum Numbers: Sendable {
        case floats([Float])
        /// Multiples of the steps, one step an output.
        case multiples([Int8], steps: [Float])
    }

    /// How many outputs there are.
    package let outputCount: Int
    private var numbers: Numbers

    /// Below so many weights an output, int8 saves nothing.
    private static let fewestForIntegers = 16

    /// Takes weights [outputCount, anything].
    package init(_ floats: [Float], outputCount: Int) {
        precondition(
            outputCount > 0 && floats.count.isMultiple(of: outputCount),
            "\(floats.count) weights for \(outputCount) outputs"
        )
        self.outputCount = outputCount
        numbers = Self.multiples(floats, outputCount: outputCount) ?? .floats(floats)
    }

    /// How many weights there are.
    package var count: Int {
        switch numbers {
        case .floats(let floats): floats.count
        case .multiples(let integers, _): integers.count
        }
    }

    /// Bytes of memory.
    package var byteCount: Int {
        switch numbers {
        case .floats(let floats): 4 * floats.count
        case .multiples(let integers, let steps): integers.count + 4 * steps.count
        }
    }

    /// The weights as floats, in the same order.
    package var floats: [Float] {
        switch numbers {
        case .floats(let floats): return floats
        case .multiples(let integers, let steps):
            let each = countPerOutput
            return integers.indices.map { Float(integers[$0]) * steps[$0 / each] }
        }
    }

    /// The weights as int8 with a step per output; nil where they are not such multiples.
    var integers: (values: [Int8], steps: [Float])? {
        if case .multiples(let values, let steps) = numbers { (values, steps) } else { nil }
    }

    /// The weights of each output times a factor.
    func multiplied(by factors: [Float]) -> Weights {
        var result = self
        let each = countPerOutput
        switch numbers {
        case .floats(let floats):
            result.numbers = .floats(floats.indices.map { floats[$0] * factors[$0 / each] })
        case .multiples(let integers, let steps):
            let scaled = zip(steps, factors).map { $0 * $1 }
            result.numbers = .multiples(integers, steps: scaled)
        }
        return result
    }

    /// The weights in another order within each output: weight `index` is what `source(index)` was.
    func reordered(_ source: (Int) -> Int) -> Weights {
        var result = self
        switch numbers {
        case .floats(let floats):
            result.numbers = .floats(floats.indices.map { floats[source($0)] })
        case .multiples(let integers, let steps):
            let moved = integers.indices.map { integers[source($0)] }
            result.numbers = .multiples(moved, steps: steps)
        }
        return result
    }

    /// Of each output the weights of some of its inputs.
    func reading(_ inputs: Range<Int>) -> Weights {
        var result = self
        let each = countPerOutput
        let places = (0..<outputCount).flatMap { output in
            inputs.map { output * each + $0 }
        }
        switch numbers {
        case .floats(let floats): result.numbers = .floats(places.map { floats[$0] })
        case .multiples(let integers, let steps):
            result.numbers = .multiples(places.map { integers[$0] }, steps: steps)
        }
        return result
    }

    private var countPerOutput: Int { max(1, count / outputCount) }

    private static func multiples(_ floats: [Float], outputCount: Int) -> Numbers? {
        let each = floats.count / outputCount
        guard each >= fewestForIntegers else { return nil }
        var steps: [Float] = []
        for output in 0..<outputCount {
            guard let step = step(of: floats[output * each..<(output + 1) * each]) else {
                return nil
            }
            steps.append(step)
        }
        return .multiples(
            floats.indices.map { Int8((floats[$0] / steps[$0 / each]).rounded()) },
            steps: steps
        )
    }

    /// The step of which all weights are multiples, the largest one ±127 times at most.
    private static func step(of weights: ArraySlice<Float>) -> Float? {
        let largest = weights.reduce(0) { max($0, $1.magnitude) }
        guard largest.isFinite, !weights.contains(where: \.isNaN) else { return nil }
        guard largest > 0 else { return 1 }
        // A weight is a float that was rounded once, the step one that was rounded twice.
        let tolerance: Float = 1e-4
        return (1...127).reversed().lazy.map { largest / Float($0) }.first { step in
            step > 0
                && weights.allSatisfy { weight in
                    let multiple = weight / step
                    return (multiple - multiple.rounded()).magnitude < tolerance
                }
        }
    }
}
