import NeuralNetwork
import Testing

@testable import Training

/// Every operator's value and gradients against JAX (`Fixtures/make_operators.py`).
@Suite struct OperatorFixtureTests {
    private struct Case: Decodable {
        let `operator`: String
        let lists: [String: [Int64]]
        let counts: [String: Int64]
        let numbers: [String: Float]
        let texts: [String: String]
        let inputs: [ReferenceTensor]
        let integers: [[Int64]]
        let bounds: [Float]
        let firstOutput: Int
        let outputs: [ReferenceTensor]
        let factors: [ReferenceTensor]
        let gradients: [ReferenceTensor]

        var inputNames: [String] { inputs.indices.map { "x\($0)" } }
        var outputNames: [String] { outputs.indices.map { "y\($0)" } }

        var constants: [Tensor] {
            integers.enumerated().map { index, values in
                Tensor(name: "i\(index)", shape: [values.count], integers: values)
            }
                + bounds.enumerated().map { index, value in
                    Tensor(name: "f\(index)", shape: [], floats: [value])
                }
        }

        var nodes: [Node] {
            switch `operator` {
            case "attention": OperatorFixtureTests.attention
            case "split_attention": OperatorFixtureTests.splitAttention
            default:
                [
                    Node(
                        `operator`,
                        inputs: inputNames + constants.map(\.name),
                        outputs: [String](repeating: "", count: firstOutput) + outputNames,
                        attributes: attributes
                    )
                ]
            }
        }

        private var attributes: [Attribute] {
            lists.map { Attribute(name: $0.key, value: .ints($0.value)) }
                + counts.map { Attribute(name: $0.key, value: .int($0.value)) }
                + numbers.map { Attribute(name: $0.key, value: .float($0.value)) }
                + texts.map { Attribute(name: $0.key, value: .string($0.value)) }
        }
    }

    private let cases: [Case]

    init() throws {
        cases = try ReferenceTensor.read("operators.json", as: [Case].self)
    }

    @Test func everyOperatorGivesTheSameValueAndGradients() throws {
        for form in cases {
            var gradients: [String: [Float]] = [:]
            for (place, name) in form.outputNames.enumerated() {
                let plan = try plan(of: form, output: name)
                plan.forward(isTraining: false)
                let distance = form.outputs[place].distance(to: plan.output.values.toArray())
                #expect(distance < 1e-5, "\(form.operator): \(distance)")
                let factors = form.factors[place].values
                plan.output.gradient?.slice.update(from: factors.span)
                plan.backward()
                for weight in plan.weights {
                    let gradient = weight.gradient?.toArray() ?? []
                    gradients[weight.name] =
                        gradients[weight.name].map { zip($0, gradient).map(+) } ?? gradient
                }
            }
            for (name, reference) in zip(form.inputNames, form.gradients) {
                guard let gradient = gradients[name] else {
                    // Running averages are not trained.
                    #expect(form.operator == "BatchNormalization" && ["x3", "x4"].contains(name))
                    continue
                }
                let distance = reference.distance(to: gradient)
                #expect(distance < 1e-4, "\(form.operator), \(name): \(distance)")
            }
        }
    }

    /// What dropout leaves out is random; its gradient is held against central differences.
    @Test func everyOperatorButDropoutHasACase() {
        let missing = Set(StepRegistry.operators).subtracting(cases.map(\.operator))
        #expect(missing == ["Dropout"])
    }

    private func plan(of form: Case, output: String) throws -> TrainingPlan {
        let inputs = zip(form.inputNames, form.inputs).map { $1.named($0) }
        let model = Model(
            operatorSets: [OperatorSet(version: 17)],
            graph: Graph(
                name: form.operator,
                nodes: form.nodes,
                initializers: inputs + form.constants + Self.shapes,
                inputs: [],
                outputs: []
            )
        )
        return try TrainingPlan(model, inputShapes: [:], output: output, threads: 2)
    }

    private static func ints(_ name: String, _ values: Int64...) -> Attribute {
        Attribute(name: name, value: .ints(values))
    }

    private static func int(_ name: String, _ value: Int64) -> Attribute {
        Attribute(name: name, value: .int(value))
    }

    private static let attention = [
        Node("MatMul", inputs: ["x0", "x1"], outputs: ["importance"]),
        Node(
            "Softmax",
            inputs: ["importance"],
            outputs: ["shares"],
            attributes: [int("axis", 1)]
        ),
        Node("MatMul", inputs: ["x0", "x2"], outputs: ["product"]),
        Node("Add", inputs: ["product", "x3"], outputs: ["scores"]),
        Node("Mul", inputs: ["scores", "shares"], outputs: ["attended"]),
        Node(
            "ReduceSum",
            inputs: ["attended", "one"],
            outputs: ["y0"],
            attributes: [int("keepdims", 0)]
        ),
    ]

    private static let splitAttention = [
        Node(
            "Conv",
            inputs: ["x0", "x1"],
            outputs: ["halves"],
            attributes: [ints("pads", 1, 1, 1, 1), int("group", 2)]
        ),
        Node("Relu", inputs: ["halves"], outputs: ["positive"]),
        Node("Reshape", inputs: ["positive", "planes"], outputs: ["split"]),
        Node(
            "ReduceSum",
            inputs: ["split", "one"],
            outputs: ["sum"],
            attributes: [int("keepdims", 0)]
        ),
        Node("GlobalAveragePool", inputs: ["sum"], outputs: ["mean"]),
        Node("Conv", inputs: ["mean", "x2"], outputs: ["squeezed"]),
        Node("Relu", inputs: ["squeezed"], outputs: ["narrow"]),
        Node("Conv", inputs: ["narrow", "x3"], outputs: ["wanted"]),
        Node("Reshape", inputs: ["wanted", "pairs"], outputs: ["pair"]),
        Node("Softmax", inputs: ["pair"], outputs: ["shares"], attributes: [int("axis", 1)]),
        Node("Mul", inputs: ["split", "shares"], outputs: ["weighted"]),
        Node(
            "ReduceSum",
            inputs: ["weighted", "one"],
            outputs: ["y0"],
            attributes: [int("keepdims", 0)]
        ),
    ]

    private static let shapes = [
        Tensor(name: "one", shape: [1], integers: [1]),
        Tensor(name: "planes", shape: [5], integers: [0, 2, 4, -1, 3]),
        Tensor(name: "pairs", shape: [5], integers: [0, 2, 4, 1, 1]),
    ]
}
