import NeuralNetwork
import Testing

@testable import Training

@Suite struct TrainingPlanTests {
    private func model(_ nodes: [Node], _ tensors: [Tensor]) -> Model {
        GradientCheck(nodes, tensors).model
    }

    @Test func nodeWithoutGradientIsNamed() {
        let x = GradientCheck.tensor("x", [2, 2])
        let node = Node("Floor", name: "round", inputs: ["x"], outputs: ["y"])
        let error = #expect(throws: TrainingError.self) {
            try TrainingPlan(model([node], [x]), inputShapes: [:], output: "y")
        }
        #expect(
            error?.description.hasPrefix(
                "Node 'round' (Floor) cannot be trained: no gradient is known; operators with one: "
                    + "Abs, Add, AveragePool,"
            ) == true
        )
        #expect(error?.exitCode == 65)
    }

    @Test func nodeBehindTheOutputIsNotLookedAt() throws {
        let x = GradientCheck.tensor("x", [2, 2])
        let nodes = [
            Node("Tanh", inputs: ["x"], outputs: ["y"]),
            Node("Floor", inputs: ["y"], outputs: ["z"]),
        ]
        let plan = try TrainingPlan(model(nodes, [x]), inputShapes: [:], output: "y")
        #expect(plan.parameterCount == 4)
    }

    @Test func missingOutputAndInputAreNamed() {
        let x = GradientCheck.tensor("x", [2, 2])
        let node = Node("Tanh", inputs: ["x"], outputs: ["y"])
        #expect(throws: TrainingError.missingValue(name: "z", available: [])) {
            try TrainingPlan(model([node], [x]), inputShapes: [:], output: "z")
        }
        var open = model([node], [])
        open.graph.inputs = [ValueInfo(name: "x", elementType: .float32, shape: nil)]
        #expect(throws: TrainingError.missingValue(name: "x", available: [])) {
            try TrainingPlan(open, inputShapes: [:], output: "y")
        }
    }

    @Test func frozenWeightsStayAsTheyAre() throws {
        let x = GradientCheck.tensor("x", [3, 2])
        let w = GradientCheck.tensor("w", [2, 2])
        let v = GradientCheck.tensor("v", [2, 2])
        let nodes = [
            Node("MatMul", inputs: ["x", "w"], outputs: ["a"]),
            Node("MatMul", inputs: ["a", "v"], outputs: ["y"]),
        ]
        let plan = try TrainingPlan(
            model(nodes, [x, w, v]),
            inputShapes: [:],
            output: "y",
            isTrainable: { $0 == "v" }
        )
        #expect(plan.weights.map(\.name) == ["v"])
        let optimizer = Optimizer(.momentum(0), weightDecay: 0, weights: plan.weights)
        plan.forward(isTraining: true)
        plan.output.gradient?.slice.fill(with: 1)
        plan.backward()
        optimizer.step(rate: 0.1)
        #expect(plan.model.graph.initializers[0] == x)
        #expect(plan.model.graph.initializers[1] == w)
        #expect(plan.model.graph.initializers[2] != v)
    }
}
