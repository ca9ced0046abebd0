import NeuralNetwork
import Testing

/// ONNX's `If`, of which a branch is taken when the network is loaded.
@Suite struct ConditionalTests {
    /// x · 2 where x has `rank` axes, else x + the constant 1; twice over, one inside the other.
    private static func model(condition: [Node], constants: [Tensor] = []) throws -> Model {
        func branch(_ operatorType: String, _ number: Float) -> Graph {
            Graph(
                name: "branch",
                nodes: [Node(operatorType, inputs: ["x", "number"], outputs: ["result"])],
                initializers: [Tensor(name: "number", shape: [], floats: [number])],
                inputs: [],
                outputs: [ValueInfo(name: "result", elementType: .float32, shape: nil)]
            )
        }
        func conditional(_ output: String, _ then: Graph, _ other: Graph) -> Node {
            Node(
                "If",
                name: "choice",
                inputs: ["condition"],
                outputs: [output],
                attributes: [
                    Attribute(name: "then_branch", value: .graph(then)),
                    Attribute(name: "else_branch", value: .graph(other)),
                ]
            )
        }
        let inner = Graph(
            name: "outer",
            nodes: [conditional("result", branch("Mul", 2), branch("Unknown", 0))],
            initializers: [],
            inputs: [],
            outputs: [ValueInfo(name: "result", elementType: .float32, shape: nil)]
        )
        let model = Model(
            operatorSets: [OperatorSet(version: 17)],
            graph: Graph(
                name: "g",
                nodes: condition + [conditional("y", inner, branch("Add", 1))],
                initializers: constants,
                inputs: [
                    ValueInfo(
                        name: "x",
                        elementType: .float32,
                        shape: [.symbolic("N"), .fixed(2)]
                    )
                ],
                outputs: [ValueInfo(name: "y", elementType: .float32, shape: nil)]
            )
        )
        // As it comes from a file.
        return try Model(serialized: model.serialized())
    }

    /// Whether the first axis of x has the length 1, as PyTorch's `squeeze` asks.
    private static let isOneRow = [
        Node("Shape", inputs: ["x"], outputs: ["shape"]),
        Node("Gather", inputs: ["shape", "zero"], outputs: ["rows"]),
        Node("Equal", inputs: ["rows", "one"], outputs: ["condition"]),
    ]
    private static let numbers = [
        Tensor(name: "zero", shape: [], integers: [0]),
        Tensor(name: "one", shape: [], integers: [1]),
    ]

    private static func answer(rows: Int, of model: Model? = nil) throws -> [Float]? {
        let session = try InferenceSession(
            model: model ?? Self.model(condition: isOneRow, constants: numbers),
            options: LoadOptions(dimensions: ["N": rows])
        )
        let floats = (0..<rows * 2).map(Float.init)
        return try session.run([Tensor(name: "x", shape: [rows, 2], floats: floats)])[0].floats
    }

    @Test func theBranchIsTakenThatTheShapesChoose() throws {
        #expect(try Self.answer(rows: 1) == [0, 2])
        #expect(try Self.answer(rows: 2) == [1, 2, 3, 4])
    }

    @Test func branchesMayLeaveOutTheTypesOfTheirResultsAsPyTorchDoes() throws {
        var bytes = try Self.model(condition: Self.isOneRow, constants: Self.numbers).serialized()
        // A result of element type 1, float; 0 says nothing.
        let typed = Array("result".utf8) + [0x12, 0x04, 0x0A, 0x02, 0x08, 0x01]
        var count = 0
        for start in 0..<bytes.count - typed.count
        where bytes[start..<start + typed.count].elementsEqual(typed) {
            bytes[start + typed.count - 1] = 0
            count += 1
        }
        try #require(count == 4)
        let model = try Model(serialized: bytes)
        #expect(try Self.answer(rows: 1, of: model) == [0, 2])
        #expect(try Self.answer(rows: 2, of: model) == [1, 2, 3, 4])
    }

    @Test func aConditionOfTheRunIsRefusedByName() throws {
        let nodes = [
            Node("ReduceMax", inputs: ["x"], outputs: ["most"]),
            Node("Greater", inputs: ["most", "limit"], outputs: ["condition"]),
        ]
        let limit = Tensor(name: "limit", shape: [], floats: [0.5])
        let error = #expect(throws: ModelError.self) {
            try InferenceSession(
                model: Self.model(condition: nodes, constants: [limit]),
                options: LoadOptions(dimensions: ["N": 1])
            )
        }
        #expect(
            error?.description
                == "Node 'choice' (If, opset 17) cannot run: its condition 'condition' is known only "
                + "at run time; export the network with fixed shapes and options."
        )
    }
}
