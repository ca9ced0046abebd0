import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import Training

/// Holds the gradients of a graph against central differences.
struct GradientCheck {
    /// The node or nodes under test, from initializers to the value `y`.
    var nodes: [Node]
    var initializers: [Tensor]
    var isTraining = false
    var opset = 17
    /// Half the distance between the two points of a difference.
    var distance: Float = 1e-2
    /// Allowed difference, as a share of the largest gradient of the tensor.
    var tolerance: Float = 1e-2

    init(
        _ nodes: [Node],
        _ initializers: [Tensor],
        isTraining: Bool = false,
        distance: Float = 1e-2,
        tolerance: Float = 1e-2
    ) {
        self.nodes = nodes
        self.initializers = initializers
        self.isTraining = isTraining
        self.distance = distance
        self.tolerance = tolerance
    }

    var model: Model {
        Model(
            operatorSets: [OperatorSet(version: opset)],
            graph: Graph(
                name: "check",
                nodes: nodes,
                initializers: initializers,
                inputs: [],
                outputs: [ValueInfo(name: "y", elementType: .float32, shape: nil)]
            )
        )
    }

    /// Compares every element of every trained tensor.
    func run(threads: Int = 1, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let plan = try TrainingPlan(model, inputShapes: [:], output: "y", threads: threads)
        var numbers = SeededNumbers(seed: 99)
        let factors = numbers.array(plan.output.count)
        try #require(!plan.weights.isEmpty, sourceLocation: sourceLocation)
        plan.forward(isTraining: isTraining, seed: 7)
        plan.output.gradient?.slice.update(from: factors.span)
        plan.backward()
        let analytic = plan.weights.map { $0.gradient?.toArray() ?? [] }
        for (weight, gradient) in zip(plan.weights, analytic) {
            let largest = gradient.reduce(Float(1e-3)) { max($0, abs($1)) }
            for index in 0..<weight.count {
                let numeric = difference(plan, weight, index, factors)
                #expect(
                    abs(numeric - gradient[index]) <= tolerance * largest,
                    "\(weight.name)[\(index)]: \(gradient[index]) against \(numeric)",
                    sourceLocation: sourceLocation
                )
            }
        }
    }

    private func difference(
        _ plan: TrainingPlan,
        _ weight: PlanTensor,
        _ index: Int,
        _ factors: [Float]
    ) -> Float {
        let value = weight.values.slice[index]
        let losses = [value + distance, value - distance].map { moved in
            weight.values.slice[index] = moved
            plan.forward(isTraining: isTraining, seed: 7)
            return zip(plan.output.values.toArray(), factors).reduce(0.0) {
                $0 + Double($1.0) * Double($1.1)
            }
        }
        weight.values.slice[index] = value
        return Float((losses[0] - losses[1]) / Double(2 * distance))
    }

    /// A tensor of numbers between `low` and `high`.
    static func tensor(
        _ name: String,
        _ shape: [Int],
        _ low: Float = -1,
        _ high: Float = 1
    ) -> Tensor {
        var numbers = SeededNumbers(seed: name.utf8.reduce(17) { $0 &* 31 &+ UInt64($1) })
        return Tensor(
            name: name,
            shape: shape,
            floats: numbers.array(shape.reduce(1, *), low, high)
        )
    }

    /// Numbers further apart than a difference moves them, so that a maximum stays where it is.
    static func distinct(_ name: String, _ shape: [Int]) -> Tensor {
        let count = shape.reduce(1, *)
        let order = (0..<count).map { ($0 * 7_919) % count }
        let isPermutation = Set(order).count == count
        return Tensor(
            name: name,
            shape: shape,
            floats: (isPermutation ? order : Array(0..<count)).map { Float($0) * 0.1 - 1 }
        )
    }
}

extension SeededNumbers {
    /// Numbers between `low` and `high`.
    mutating func array(_ count: Int, _ low: Float = -1, _ high: Float = 1) -> [Float] {
        (0..<count).map { _ in low + (high - low) * Float(next() >> 40) * 0x1p-24 }
    }
}

/// A tensor that `Fixtures/make_fixtures.py` wrote.
struct ReferenceTensor: Decodable {
    let shape: [Int]
    let values: [Float]

    func named(_ name: String, shape other: [Int]? = nil) -> Tensor {
        Tensor(name: name, shape: other ?? shape, floats: values)
    }

    /// The largest difference, as a share of the largest number.
    func distance(to other: [Float]) -> Float {
        guard other.count == values.count else { return .infinity }
        let largest = values.reduce(Float(1e-6)) { max($0, abs($1)) }
        return zip(values, other).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) } / largest
    }

    /// Reads a file of the fixtures.
    static func read<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appendingPathComponent("Fixtures/\(name)"))
        return try JSONDecoder().decode(Content.self, from: data)
    }
}
