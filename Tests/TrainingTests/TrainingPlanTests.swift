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
                "Node 'round' (Floor) cannot be trained: it has no gradient; operators with one: "
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

@Suite struct OptimisationTests {
    @Test func cosineScheduleWarmsUpAndEndsAtZero() {
        let schedule = LearningRateSchedule(
            peak: 1,
            warmUpSteps: 10,
            totalSteps: 110,
            name: .cosine
        )
        #expect(abs(schedule.rate(at: 0) - 0.1) < 1e-6)
        #expect(schedule.rate(at: 9) == 1)
        #expect(schedule.rate(at: 10) == 1)
        #expect(abs(schedule.rate(at: 60) - 0.5) < 1e-6)
        #expect(schedule.rate(at: 109) < 0.001)
    }

    @Test func stepScheduleFallsByItsFactor() {
        let schedule = LearningRateSchedule(
            peak: 0.8,
            warmUpSteps: 0,
            totalSteps: 100,
            name: .step,
            stepInterval: 30,
            stepFactor: 0.5
        )
        #expect(schedule.rate(at: 29) == 0.8)
        #expect(schedule.rate(at: 30) == 0.4)
        #expect(schedule.rate(at: 90) == 0.1)
    }

    @Test func averageFollowsTheWeightsAndCanBeExchanged() {
        let tensor = PlanTensor(name: "w", shape: [1], values: [1], hasGradient: true)
        let average = WeightAverage(decay: 0.75, of: [tensor])
        tensor.values.slice[0] = 2
        average.update()
        average.exchange()
        #expect(tensor.values.slice[0] == 1.25)
        average.exchange()
        #expect(tensor.values.slice[0] == 2)
    }

    @Test func longGradientsAreCutToTheLimit() {
        let tensor = PlanTensor(name: "w", shape: [2], values: [0, 0], hasGradient: true)
        let optimizer = Optimizer(.momentum(0), weightDecay: 0, weights: [tensor])
        tensor.gradient?.slice.update(from: ([3, 4] as [Float]).span)
        #expect(optimizer.clipGradients(to: 10) == 5)
        #expect(tensor.gradient?.toArray() == [3, 4])
        optimizer.clipGradients(to: 1)
        #expect(abs((tensor.gradient?.toArray()[1] ?? 0) - 0.8) < 1e-6)
    }

    @Test func biasesAndNormalisationsDoNotDecay() {
        let matrix = PlanTensor(name: "w", shape: [1, 1], values: [1], hasGradient: true)
        let bias = PlanTensor(name: "b", shape: [1], values: [1], hasGradient: true)
        let optimizer = Optimizer(.standard, weightDecay: 0.1, weights: [matrix, bias])
        optimizer.step(rate: 1)
        #expect(abs(matrix.values.slice[0] - 0.9) < 1e-6)
        #expect(bias.values.slice[0] == 1)
    }

    @Test func unknownTargetTeachesNothing() {
        var gradient: [Float] = [9, 9]
        let loss = TrainingLoss.binaryCrossEntropy(labelSmoothing: 0.1).evaluate(
            logits: [3, 0],
            targets: [TrainingLoss.unknown, 1],
            classCount: 2,
            gradient: &gradient
        )
        #expect(gradient[0] == 0)
        #expect(abs(gradient[1] + 0.225) < 1e-6)
        #expect(abs(loss - 0.6931 / 2) < 1e-3)
    }

    @Test func settingOutOfRangeIsNamed() {
        var settings = TrainingSettings()
        settings.batchSize = 1
        let error = #expect(throws: TrainingError.self) { try settings.validate() }
        #expect(error?.description == "--batch is 1, allowed: 2 to 4096.")
        #expect(error?.exitCode == 64)
    }
}
