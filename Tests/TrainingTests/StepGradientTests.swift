import NeuralNetwork
import Testing

@testable import Training

/// Every operator's gradient against central differences.
@Suite struct StepGradientTests {
    private func attribute(_ name: String, _ values: [Int]) -> Attribute {
        Attribute(name: name, value: .ints(values.map { Int64($0) }))
    }

    private func attribute(_ name: String, _ value: Int) -> Attribute {
        Attribute(name: name, value: .int(Int64(value)))
    }

    private func integers(_ name: String, _ values: [Int]) -> Tensor {
        Tensor(name: name, shape: [values.count], integers: values.map { Int64($0) })
    }

    @Test(arguments: [
        "Sigmoid", "Tanh", "HardSigmoid", "Softplus", "Gelu", "Exp", "Neg", "Softsign", "Mish",
        "Identity",
    ])
    func smoothFunctionHasItsSlope(operatorType: String) throws {
        let x = GradientCheck.tensor("x", [3, 5])
        try GradientCheck([Node(operatorType, inputs: ["x"], outputs: ["y"])], [x]).run()
    }

    @Test(arguments: ["Log", "Sqrt", "Reciprocal"])
    func functionOfPositiveNumbersHasItsSlope(operatorType: String) throws {
        let x = GradientCheck.tensor("x", [3, 5], 0.5, 2)
        try GradientCheck([Node(operatorType, inputs: ["x"], outputs: ["y"])], [x]).run()
    }

    @Test(arguments: [
        "Relu", "LeakyRelu", "Elu", "Abs", "HardSwish", "Selu", "Celu", "ThresholdedRelu",
    ])
    func bentFunctionHasItsSlopeBesideTheBend(operatorType: String) throws {
        let values: [Float] = [-4, -2, -0.5, -0.1, 0.1, 0.4, 0.9, 2.5, 4]
        let x = Tensor(name: "x", shape: [9], floats: values)
        try GradientCheck([Node(operatorType, inputs: ["x"], outputs: ["y"])], [x]).run()
    }

    @Test func clippedNumbersHaveNoSlope() throws {
        let x = Tensor(name: "x", shape: [5], floats: [-2, -0.5, 0.2, 0.9, 3])
        let low = Tensor(name: "low", shape: [], floats: [-1])
        let high = Tensor(name: "high", shape: [], floats: [1])
        let node = Node("Clip", inputs: ["x", "low", "high"], outputs: ["y"])
        try GradientCheck([node], [x, low, high]).run()
    }

    @Test(arguments: ["Add", "Sub", "Mul", "Div"], [[2, 3, 4], [3, 4], [4], [2, 1, 4], [1]])
    func arithmeticSumsOverWhatItRepeats(operatorType: String, shape: [Int]) throws {
        let a = GradientCheck.tensor("a", [2, 3, 4])
        let b = GradientCheck.tensor("b", shape, 1, 2)
        let node = Node(operatorType, inputs: ["a", "b"], outputs: ["y"])
        try GradientCheck([node], [a, b]).run(threads: 2)
    }

    @Test(arguments: ["Pow", "Max", "Min", "PRelu"], [[2, 3, 4], [3, 1], [4], [1]])
    func choosingAndBendingArithmeticSumsOverWhatItRepeats(
        operatorType: String,
        shape: [Int]
    ) throws {
        let a = GradientCheck.tensor("a", [2, 3, 4], operatorType == "Pow" ? 0.5 : 0, 2)
        let b = GradientCheck.tensor("b", shape, 0.9, 1.1)
        // Far from where both are the same, and on both sides of zero.
        let steps = Tensor(
            name: "steps",
            shape: [4],
            floats: operatorType == "Pow" ? [0, 0.1, 0.2, 0.3] : [-4, 4, -3, 3]
        )
        let nodes = [
            Node("Add", inputs: ["a", "steps"], outputs: ["spread"]),
            Node(operatorType, inputs: ["spread", "b"], outputs: ["y"]),
        ]
        try GradientCheck(nodes, [a, b, steps]).run(threads: 2)
    }

    @Test func partsAndBordersPassGradientsToWhatTheyHold() throws {
        let x = GradientCheck.tensor("x", [2, 5, 3])
        let nodes = [
            Node(
                "Split",
                inputs: ["x", "sizes"],
                outputs: ["left", "right"],
                attributes: [attribute("axis", 1)]
            ),
            Node("Pad", inputs: ["left", "pads", "value"], outputs: ["framed"]),
            Node("Mul", inputs: ["framed", "right"], outputs: ["y"]),
        ]
        let value = Tensor(name: "value", shape: [], floats: [0.7])
        let constants = [integers("sizes", [2, 3]), integers("pads", [0, 1, 0, 0, 0, 0]), value]
        try GradientCheck(nodes, [x] + constants).run()
    }

    @Test func valueReadTwiceGetsBothGradients() throws {
        let x = GradientCheck.tensor("x", [2, 3])
        let nodes = [
            Node("Mul", inputs: ["x", "x"], outputs: ["square"]),
            Node("Tanh", inputs: ["x"], outputs: ["bent"]),
            Node("Add", inputs: ["square", "bent"], outputs: ["y"]),
        ]
        try GradientCheck(nodes, [x]).run()
    }

    @Test(arguments: [(1, 1), (2, 1), (1, 2), (2, 2)], [1, 2, 4])
    func convolutionHasAllItsGradients(steps: (Int, Int), groups: Int) throws {
        let (stride, dilation) = steps
        let x = GradientCheck.tensor("x", [2, 4, 7, 6])
        let w = GradientCheck.tensor("w", [4, 4 / groups, 3, 2])
        let b = GradientCheck.tensor("b", [4])
        let node = Node(
            "Conv",
            inputs: ["x", "w", "b"],
            outputs: ["y"],
            attributes: [
                attribute("strides", [stride, 1]), attribute("dilations", [dilation, 1]),
                attribute("pads", [1, 0, 1, 2]), attribute("group", groups),
            ]
        )
        try GradientCheck([node], [x, w, b]).run(threads: 2)
    }

    @Test func pointwiseConvolutionHasAllItsGradients() throws {
        let x = GradientCheck.tensor("x", [3, 5, 2, 3])
        let w = GradientCheck.tensor("w", [4, 5, 1, 1])
        try GradientCheck([Node("Conv", inputs: ["x", "w"], outputs: ["y"])], [x, w]).run()
    }

    @Test func convolutionOverOneAxisHasAllItsGradients() throws {
        let x = GradientCheck.tensor("x", [2, 3, 9])
        let w = GradientCheck.tensor("w", [2, 3, 4])
        let node = Node(
            "Conv",
            inputs: ["x", "w"],
            outputs: ["y"],
            attributes: [attribute("strides", [2]), attribute("pads", [2, 1])]
        )
        try GradientCheck([node], [x, w]).run()
    }

    @Test func sameUpperPaddingIsThatOfTheOperator() throws {
        let x = GradientCheck.tensor("x", [1, 2, 5, 5])
        let w = GradientCheck.tensor("w", [2, 2, 3, 3])
        let node = Node(
            "Conv",
            inputs: ["x", "w"],
            outputs: ["y"],
            attributes: [
                attribute("strides", [2, 2]),
                Attribute(name: "auto_pad", value: .string("SAME_UPPER")),
            ]
        )
        try GradientCheck([node], [x, w]).run()
    }

    private func normalization(isTraining: Bool, rectifies: Bool) -> GradientCheck {
        var nodes = [
            Node(
                "BatchNormalization",
                inputs: ["x", "scale", "shift", "mean", "variance"],
                outputs: [rectifies ? "normal" : "y"]
            )
        ]
        if rectifies { nodes.append(Node("Relu", inputs: ["normal"], outputs: ["y"])) }
        let initializers = [
            GradientCheck.tensor("x", [4, 3, 2, 2]), GradientCheck.tensor("scale", [3], 0.5, 2),
            GradientCheck.tensor("shift", [3], 2, 3), GradientCheck.tensor("mean", [3]),
            GradientCheck.tensor("variance", [3], 0.5, 2),
        ]
        return GradientCheck(nodes, initializers, isTraining: isTraining, distance: 3e-3)
    }

    @Test(arguments: [false, true], [false, true])
    func batchNormalizationPassesTheGradientOfItsStatistics(
        isTraining: Bool,
        rectifies: Bool
    ) throws {
        try normalization(isTraining: isTraining, rectifies: rectifies).run(threads: 3)
    }

    @Test func batchNormalizationMovesItsAveragesInTrainingOnly() throws {
        let check = normalization(isTraining: true, rectifies: false)
        let plan = try TrainingPlan(check.model, inputShapes: [:], output: "y")
        let before = plan.statistics.map { $0.values.toArray() }
        plan.forward(isTraining: false)
        #expect(plan.statistics.map { $0.values.toArray() } == before)
        plan.forward(isTraining: true)
        let x = check.initializers[0]
        guard case .float32(let values) = x.values else {
            Issue.record("the input is not float")
            return
        }
        let channel = (0..<4).flatMap { values[($0 * 12)..<($0 * 12 + 4)] }
        let mean = channel.reduce(0, +) / 16
        #expect(abs(plan.statistics[0].values.slice[0] - (0.9 * before[0][0] + 0.1 * mean)) < 1e-6)
        #expect(plan.weights.map(\.name) == ["x", "scale", "shift"])
    }

    @Test(arguments: ["MaxPool", "AveragePool"], [0, 1])
    func poolingPassesGradientsToItsWindow(operatorType: String, pad: Int) throws {
        let x = GradientCheck.distinct("x", [2, 3, 7, 5])
        let node = Node(
            operatorType,
            inputs: ["x"],
            outputs: ["y"],
            attributes: [
                attribute("kernel_shape", [3, 2]), attribute("strides", [2, 1]),
                attribute("pads", [pad, pad, pad, pad]),
            ]
        )
        try GradientCheck([node], [x]).run(threads: 2)
    }

    @Test func halvingPoolPassesGradientsToTheMaximum() throws {
        let x = GradientCheck.distinct("x", [2, 3, 7, 4])
        let node = Node(
            "MaxPool",
            inputs: ["x"],
            outputs: ["y"],
            attributes: [attribute("kernel_shape", [2, 2]), attribute("strides", [2, 2])]
        )
        try GradientCheck([node], [x]).run()
    }

    @Test(arguments: ["GlobalAveragePool", "GlobalMaxPool"])
    func globalPoolingPassesGradientsToTheImage(operatorType: String) throws {
        let x = GradientCheck.distinct("x", [2, 3, 3, 4])
        try GradientCheck([Node(operatorType, inputs: ["x"], outputs: ["y"])], [x]).run()
    }

    @Test(
        arguments: ["ReduceMean", "ReduceMax", "ReduceSum"],
        [[0], [1], [2], [-1], [0, 2], [0, 1, 2]]
    )
    func reductionPassesGradientsToItsAxes(operatorType: String, axes: [Int]) throws {
        let x = GradientCheck.distinct("x", [2, 3, 4])
        let node = Node(
            operatorType,
            inputs: ["x"],
            outputs: ["y"],
            attributes: [attribute("axes", axes), attribute("keepdims", axes.count % 2)]
        )
        try GradientCheck([node], [x]).run(threads: 2)
    }

    @Test(arguments: ["Softmax", "LogSoftmax"], [0, 1, -1])
    func softmaxHasItsGradientOverAnyAxis(operatorType: String, axis: Int) throws {
        let x = GradientCheck.tensor("x", [3, 4, 2])
        let node = Node(
            operatorType,
            inputs: ["x"],
            outputs: ["y"],
            attributes: [attribute("axis", axis)]
        )
        try GradientCheck([node], [x]).run()
    }

    @Test(arguments: [0, 1], [0, 1])
    func fullyConnectedLayerHasAllItsGradients(isTransposed: Int, transA: Int) throws {
        let x = GradientCheck.tensor("x", transA == 1 ? [3, 5] : [5, 3])
        let w = GradientCheck.tensor("w", isTransposed == 1 ? [4, 3] : [3, 4])
        let b = GradientCheck.tensor("b", transA == 1 ? [5, 1] : [4])
        let node = Node(
            "Gemm",
            inputs: ["x", "w", "b"],
            outputs: ["y"],
            attributes: [
                attribute("transB", isTransposed), attribute("transA", transA),
                Attribute(name: "alpha", value: .float(0.5)),
                Attribute(name: "beta", value: .float(2)),
            ]
        )
        try GradientCheck([node], [x, w, b]).run(threads: 2)
    }

    @Test(arguments: [[3, 4], [2, 3, 4]])
    func matrixProductHasBothGradients(shape: [Int]) throws {
        let a = GradientCheck.tensor("a", [2, 5, 3])
        let b = GradientCheck.tensor("b", shape)
        let node = Node("MatMul", inputs: ["a", "b"], outputs: ["y"])
        try GradientCheck([node], [a, b]).run(threads: 2)
    }

    @Test func movedElementsTakeTheirGradientsAlong() throws {
        let x = GradientCheck.tensor("x", [2, 3, 4])
        let z = GradientCheck.tensor("z", [4, 1, 2])
        let nodes = [
            Node(
                "Transpose",
                inputs: ["x"],
                outputs: ["turned"],
                attributes: [attribute("perm", [2, 1, 0])]
            ),
            Node(
                "Concat",
                inputs: ["turned", "z"],
                outputs: ["joined"],
                attributes: [attribute("axis", 1)]
            ),
            Node("Slice", inputs: ["joined", "starts", "ends", "axes", "steps"], outputs: ["cut"]),
            Node("Flatten", inputs: ["cut"], outputs: ["flat"]),
            Node("Reshape", inputs: ["flat", "shape"], outputs: ["shaped"]),
            Node("Unsqueeze", inputs: ["shaped", "front"], outputs: ["deep"]),
            Node("Squeeze", inputs: ["deep", "front"], outputs: ["shallow"]),
            Node("Mul", inputs: ["shallow", "shallow"], outputs: ["y"]),
        ]
        let constants = [
            integers("starts", [3, 1]), integers("ends", [-100, 100]), integers("axes", [0, 1]),
            integers("steps", [-2, 1]), integers("shape", [-1, 3]), integers("front", [0]),
        ]
        try GradientCheck(nodes, [x, z] + constants).run()
    }

    @Test func dropoutPassesGradientsWhereItPassedNumbers() throws {
        let x = GradientCheck.tensor("x", [4, 16])
        let ratio = Tensor(name: "ratio", shape: [], floats: [0.5])
        let node = Node("Dropout", inputs: ["x", "ratio"], outputs: ["y"])
        try GradientCheck([node], [x, ratio], isTraining: true).run()
        let plan = try TrainingPlan(
            GradientCheck([node], [x, ratio]).model,
            inputShapes: [:],
            output: "y"
        )
        plan.forward(isTraining: true, seed: 3)
        let dropped = plan.output.values.toArray().count { $0 == 0 }
        #expect((20...44).contains(dropped))
        plan.forward(isTraining: false, seed: 3)
        #expect(plan.output.values.toArray() == plan.weights[0].values.toArray())
    }

    @Test(arguments: ["forward", "reverse", "bidirectional"], [0, 1])
    func recurrentUnitHasAllItsGradients(direction: String, isLinear: Int) throws {
        let count = direction == "bidirectional" ? 2 : 1
        let initializers = [
            GradientCheck.tensor("x", [3, 2, 4]), GradientCheck.tensor("w", [count, 9, 4]),
            GradientCheck.tensor("r", [count, 9, 3]), GradientCheck.tensor("b", [count, 18]),
        ]
        let attributes = [
            Attribute(name: "direction", value: .string(direction)),
            attribute("hidden_size", 3), attribute("linear_before_reset", isLinear),
        ]
        for outputs in [["y"], ["", "y"]] {
            let node = Node(
                "GRU",
                inputs: ["x", "w", "r", "b"],
                outputs: outputs,
                attributes: attributes
            )
            try GradientCheck([node], initializers).run()
        }
    }

    @Test func attentionOverTimeHasItsGradients() throws {
        let x = GradientCheck.tensor("x", [2, 5, 4])
        let w = GradientCheck.tensor("w", [4, 3])
        let v = GradientCheck.tensor("v", [4, 3])
        let nodes = [
            Node("MatMul", inputs: ["x", "w"], outputs: ["weights"]),
            Node(
                "Softmax",
                inputs: ["weights"],
                outputs: ["attention"],
                attributes: [attribute("axis", 1)]
            ),
            Node("MatMul", inputs: ["x", "v"], outputs: ["logits"]),
            Node("Sigmoid", inputs: ["logits"], outputs: ["scores"]),
            Node("Mul", inputs: ["attention", "scores"], outputs: ["weighted"]),
            Node(
                "ReduceSum",
                inputs: ["weighted"],
                outputs: ["y"],
                attributes: [attribute("axes", [1]), attribute("keepdims", 0)]
            ),
        ]
        try GradientCheck(nodes, [x, w, v]).run()
    }
}
