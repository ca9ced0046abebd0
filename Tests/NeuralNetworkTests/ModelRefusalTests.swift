import NeuralNetwork
import Testing

/// What the engine does not run is refused when it is loaded, by node, operator and opset.
@Suite struct ModelRefusalTests {
    private static func model(
        _ nodes: [Node],
        opset: Int = 17,
        input: [Dimension] = [.fixed(1), .fixed(4)],
        type: ElementType = .float32,
        initializers: [Tensor] = [],
        output: String = "y"
    ) -> Model {
        Model(
            operatorSets: [OperatorSet(version: opset)],
            graph: Graph(
                name: "g",
                nodes: nodes,
                initializers: initializers,
                inputs: [ValueInfo(name: "x", elementType: type, shape: input)],
                outputs: [ValueInfo(name: output, elementType: .float32, shape: nil)]
            )
        )
    }

    private static func refusal(
        of model: Model,
        options: LoadOptions = LoadOptions()
    ) -> String? {
        do {
            _ = try InferenceSession(model: model, options: options)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func anUnknownOperatorIsNamed() {
        let model = Self.model([Node("Einsum", name: "mix", inputs: ["x"], outputs: ["y"])])
        #expect(
            Self.refusal(of: model)
                == "Node 'mix' (Einsum, opset 17) cannot run: the operator is not supported."
        )
    }

    @Test func aNodeWithoutANameIsNamedByItsPlace() {
        let model = Self.model([Node("Einsum", inputs: ["x"], outputs: ["y"])])
        #expect(Self.refusal(of: model)?.hasPrefix("Node 'Einsum_0' (Einsum, opset 17)") == true)
    }

    @Test func anOperatorOfAnotherDomainIsRefused() {
        let model = Self.model(
            [Node("Relu", name: "n", domain: "com.microsoft", inputs: ["x"], outputs: ["y"])])
        #expect(
            Self.refusal(of: model)
                == "Node 'n' (Relu, opset 17) cannot run: the operator of the domain "
                + "'com.microsoft' is not supported."
        )
    }

    @Test func anOperatorThatTheOpsetDoesNotHaveIsRefused() {
        let model = Self.model([Node("Gelu", name: "n", inputs: ["x"], outputs: ["y"])])
        #expect(
            Self.refusal(of: model)
                == "Node 'n' (Gelu, opset 17) cannot run: the operator exists only since opset "
                + "20."
        )
    }

    @Test func anUnknownAttributeIsRefused() {
        let node = Node(
            "Relu",
            name: "n",
            inputs: ["x"],
            outputs: ["y"],
            attributes: [Attribute(name: "slope", value: .float(1))]
        )
        #expect(
            Self.refusal(of: Self.model([node]))
                == "Node 'n' (Relu, opset 17) cannot run: its attribute 'slope' is not supported."
        )
    }

    @Test func aTypeThatNothingComputesWithIsRefused() {
        let model = Self.model(
            [Node("Relu", name: "n", inputs: ["x"], outputs: ["y"])],
            type: .float16
        )
        #expect(
            Self.refusal(of: model)
                == "Node 'x' (graph input, opset 17) cannot run: values of type float16 are not "
                + "supported."
        )
    }

    @Test(arguments: [10, 27])
    func anOpsetOutsideTheRangeIsRefused(_ opset: Int) {
        let model = Self.model([Node("Relu", inputs: ["x"], outputs: ["y"])], opset: opset)
        #expect(
            Self.refusal(of: model)
                == "The model uses opset \(opset); export it with opset 11 to 26."
        )
    }

    @Test func anOpenAxisIsNamed() {
        let model = Self.model(
            [Node("Relu", inputs: ["x"], outputs: ["y"])],
            input: [.symbolic("N"), .fixed(4)]
        )
        #expect(
            Self.refusal(of: model)
                == "Axis 0 ('N') of input 'x' has no fixed length; give one."
        )
        #expect(Self.refusal(of: model, options: LoadOptions(dimensions: ["N": 2])) == nil)
    }

    @Test func aShapeThatIsKnownOnlyAtRunTimeIsRefused() {
        let nodes = [
            Node(
                "Cast",
                inputs: ["x"],
                outputs: ["s"],
                attributes: [Attribute(name: "to", value: .int(7))]
            ),
            Node("Reshape", name: "n", inputs: ["x", "s"], outputs: ["y"]),
        ]
        #expect(
            Self.refusal(of: Self.model(nodes, input: [.fixed(2)]))
                == "Node 'n' (Reshape, opset 17) cannot run: the shape (input 1) is not a "
                + "constant."
        )
    }

    @Test func aValueThatNothingComputesIsNamed() {
        let nodes = [Node("Add", name: "n", inputs: ["x", "z"], outputs: ["y"])]
        #expect(
            Self.refusal(of: Self.model(nodes))
                == "Node 'n' (Add, opset 17) cannot run: no earlier node computes its input 'z'."
        )
    }

    @Test func aValueThatIsDefinedTwiceIsNamed() {
        let nodes = [
            Node("Relu", inputs: ["x"], outputs: ["y"]), Node("Abs", inputs: ["x"], outputs: ["y"]),
        ]
        #expect(
            Self.refusal(of: Self.model(nodes))
                == "The model's graph is malformed: the value 'y' is defined twice. "
                + "Export the model again."
        )
    }

    @Test func anOutputThatNothingComputesIsNamed() {
        let nodes = [Node("Relu", inputs: ["x"], outputs: ["y"])]
        #expect(
            Self.refusal(of: Self.model(nodes, output: "scores"))
                == "The model's graph is malformed: no node computes its output 'scores'. "
                + "Export the model again."
        )
    }

    @Test func aValueThatIsTooLargeIsRefusedBeforeItIsMade() {
        let nodes = [Node("Expand", name: "n", inputs: ["x", "s"], outputs: ["y"])]
        let shape = Tensor(name: "s", shape: [3], integers: [1 << 20, 1 << 20, 4])
        #expect(
            Self.refusal(of: Self.model(nodes, initializers: [shape]))
                == "The output of 'n' would need 17592186044416 bytes; at most 2147483648 are "
                + "allowed."
        )
    }

    @Test func weightsThatDoNotFitAreRefusedWithBothShapes() {
        let weights = Tensor(
            name: "w",
            shape: [2, 3, 3, 3],
            floats: Array(repeating: 0, count: 54)
        )
        let model = Self.model(
            [Node("Conv", name: "n", inputs: ["x", "w"], outputs: ["y"])],
            input: [.fixed(1), .fixed(1), .fixed(8), .fixed(8)],
            initializers: [weights]
        )
        #expect(
            Self.refusal(of: model)
                == "Node 'n' (Conv, opset 17) cannot run: weights of shape [2, 3, 3, 3] in 1 groups "
                + "do not fit 1 channels."
        )
    }

    @Test func anInputOfAnotherShapeIsRefusedByTheRun() throws {
        let model = Self.model([Node("Relu", inputs: ["x"], outputs: ["y"])])
        let session = try InferenceSession(model: model)
        #expect(
            throws: ModelError.mismatchedInput(
                name: "x",
                expected: "float[1, 4]",
                found: "float[4]"
            )
        ) {
            try session.run([Tensor(name: "x", shape: [4], floats: [1, 2, 3, 4])])
        }
    }

    @Test func anOutputThatTheNetworkDoesNotHaveIsNamedWithThoseItHas() throws {
        let session = try InferenceSession(
            model: Self.model([Node("Relu", inputs: ["x"], outputs: ["y"])])
        )
        var scores: [Float] = [0, 0, 0, 0]
        var result = scores.mutableSpan
        let message = #expect(throws: ModelError.self) {
            try session.copyOutput("probs", into: &result)
        }
        #expect(message?.description == "The model has no output 'probs'; it has 'y'.")
    }
}
