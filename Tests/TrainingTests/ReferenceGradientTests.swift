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

/// Gradients, losses and optimiser steps against JAX and Optax (`Fixtures/make_fixtures.py`).
@Suite struct OtherFrameworkTests {
    private struct NetworkFixture: Decodable {
        let weights: [String: ReferenceTensor]
        let inputs: ReferenceTensor
        let targets: ReferenceTensor
        let logits: ReferenceTensor
        let softmaxLoss: Double
        let binaryLoss: Double
        let softmaxGradients: [String: ReferenceTensor]
        let binaryGradients: [String: ReferenceTensor]
        let afterAdamW: [String: ReferenceTensor]
        let afterMomentum: [String: ReferenceTensor]
    }

    private struct GRUFixture: Decodable {
        struct Case: Decodable {
            let linear: Int
            let states: ReferenceTensor
            let gradients: [ReferenceTensor]
        }

        let operands: [ReferenceTensor]
        let factors: ReferenceTensor
        let cases: [Case]
    }

    private let fixture: NetworkFixture

    init() throws {
        fixture = try ReferenceTensor.read("network.json", as: NetworkFixture.self)
    }

    private func ints(_ name: String, _ values: Int64...) -> Attribute {
        Attribute(name: name, value: .ints(values))
    }

    private func int(_ name: String, _ value: Int64) -> Attribute {
        Attribute(name: name, value: .int(value))
    }

    private func plan() throws -> TrainingPlan {
        let pads = ints("pads", 0, 1, 0, 1)
        let nodes = [
            Node(
                "Conv",
                inputs: ["x", "first"],
                outputs: ["a"],
                attributes: [pads, ints("strides", 2, 1)]
            ),
            Node(
                "BatchNormalization",
                inputs: ["a", "scale", "shift", "mean", "variance"],
                outputs: ["b"]
            ),
            Node("Relu", inputs: ["b"], outputs: ["c"]),
            Node(
                "MaxPool",
                inputs: ["c"],
                outputs: ["d"],
                attributes: [ints("kernel_shape", 1, 2), ints("strides", 1, 2)]
            ),
            Node(
                "Conv",
                inputs: ["d", "depth"],
                outputs: ["e"],
                attributes: [pads, int("group", 6)]
            ),
            Node(
                "ReduceMean",
                inputs: ["e"],
                outputs: ["f"],
                attributes: [ints("axes", 3), int("keepdims", 0)]
            ),
            Node(
                "ReduceMean",
                inputs: ["f"],
                outputs: ["g"],
                attributes: [ints("axes", 2), int("keepdims", 0)]
            ),
            Node(
                "ReduceMax",
                inputs: ["f"],
                outputs: ["h"],
                attributes: [ints("axes", 2), int("keepdims", 0)]
            ),
            Node("Concat", inputs: ["g", "h"], outputs: ["i"], attributes: [int("axis", 1)]),
            Node(
                "Gemm",
                inputs: ["i", "dense", "bias"],
                outputs: ["y"],
                attributes: [int("transB", 1)]
            ),
        ]
        var tensors = fixture.weights.sorted { $0.key < $1.key }.map { $0.value.named($0.key) }
        tensors.append(Tensor(name: "mean", shape: [6], floats: [Float](repeating: 0, count: 6)))
        tensors.append(
            Tensor(name: "variance", shape: [6], floats: [Float](repeating: 1, count: 6))
        )
        let model = Model(
            operatorSets: [OperatorSet(version: 13)],
            graph: Graph(
                name: "network",
                nodes: nodes,
                initializers: tensors,
                inputs: [ValueInfo(name: "x", elementType: .float32, shape: nil)],
                outputs: []
            )
        )
        let plan = try TrainingPlan(
            model,
            inputShapes: ["x": fixture.inputs.shape],
            output: "y",
            threads: 2
        )
        try plan.input("x").update(from: fixture.inputs.values.span)
        return plan
    }

    private func differentiate(_ plan: TrainingPlan, _ loss: TrainingLoss) -> Double {
        plan.forward(isTraining: true)
        var gradient = [Float](repeating: 0, count: plan.output.count)
        let value = loss.evaluate(
            logits: plan.output.values.toArray(),
            targets: fixture.targets.values,
            classCount: 4,
            gradient: &gradient
        )
        plan.output.gradient?.slice.update(from: gradient.span)
        plan.backward()
        return value
    }

    @Test func networkGivesTheSameLogitsLossAndGradients() throws {
        let plan = try plan()
        let loss = differentiate(plan, .softmaxCrossEntropy(labelSmoothing: 0.1))
        #expect(fixture.logits.distance(to: plan.output.values.toArray()) < 1e-5)
        #expect(abs(loss - fixture.softmaxLoss) < 1e-5)
        try expectGradients(plan, fixture.softmaxGradients)
    }

    @Test func severalLabelsGiveTheSameLossAndGradients() throws {
        let plan = try plan()
        let loss = differentiate(plan, .binaryCrossEntropy(labelSmoothing: 0.1))
        #expect(abs(loss - fixture.binaryLoss) < 1e-5)
        try expectGradients(plan, fixture.binaryGradients)
    }

    private func expectGradients(
        _ plan: TrainingPlan,
        _ gradients: [String: ReferenceTensor]
    ) throws {
        #expect(plan.weights.count == gradients.count)
        for weight in plan.weights {
            let reference = try #require(gradients[weight.name])
            let distance = reference.distance(to: weight.gradient?.toArray() ?? [])
            #expect(distance < 1e-4, "\(weight.name): \(distance)")
        }
    }

    @Test func threeStepsOfAdamWGiveTheSameWeights() throws {
        let plan = try plan()
        let optimizer = Optimizer(.standard, weightDecay: 0.02, weights: plan.weights)
        for _ in 0..<3 {
            _ = differentiate(plan, .softmaxCrossEntropy(labelSmoothing: 0.1))
            optimizer.clipGradients(to: 0.5)
            optimizer.step(rate: 0.01)
        }
        try expectWeights(plan, fixture.afterAdamW)
    }

    @Test func threeStepsOfMomentumGiveTheSameWeights() throws {
        let plan = try plan()
        let optimizer = Optimizer(.momentum(0.9), weightDecay: 0.02, weights: plan.weights)
        for _ in 0..<3 {
            _ = differentiate(plan, .softmaxCrossEntropy(labelSmoothing: 0.1))
            optimizer.step(rate: 0.05)
        }
        try expectWeights(plan, fixture.afterMomentum)
    }

    private func expectWeights(_ plan: TrainingPlan, _ weights: [String: ReferenceTensor]) throws {
        for weight in plan.weights {
            let reference = try #require(weights[weight.name])
            let distance = reference.distance(to: weight.values.toArray())
            #expect(distance < 1e-4, "\(weight.name): \(distance)")
        }
    }

    @Test func recurrentUnitGivesTheSameStatesAndGradients() throws {
        let fixture = try ReferenceTensor.read("gru.json", as: GRUFixture.self)
        let operands = fixture.operands
        for form in fixture.cases {
            let names = ["x", "w", "r", "b"]
            let tensors = zip(names, operands).map { name, operand in
                operand.named(name, shape: name == "x" ? nil : [1] + operand.shape)
            }
            let node = Node(
                "GRU",
                inputs: names,
                outputs: ["y"],
                attributes: [
                    int("hidden_size", 5), int("linear_before_reset", Int64(form.linear)),
                ]
            )
            let plan = try TrainingPlan(
                GradientCheck([node], tensors).model,
                inputShapes: [:],
                output: "y"
            )
            plan.forward(isTraining: true)
            #expect(form.states.distance(to: plan.output.values.toArray()) < 1e-5)
            plan.output.gradient?.slice.update(from: fixture.factors.values.span)
            plan.backward()
            for (weight, gradient) in zip(plan.weights, form.gradients) {
                let distance = gradient.distance(to: weight.gradient?.toArray() ?? [])
                #expect(distance < 1e-4, "\(weight.name): \(distance)")
            }
        }
    }
}
