import NeuralNetwork
import Testing

@Suite struct ModelRoundTripTests {
    static let model = Model(
        irVersion: 8,
        producerName: "tests",
        producerVersion: "1",
        operatorSets: [OperatorSet(version: 17)],
        graph: Graph(
            name: "g",
            nodes: [
                Node(
                    "Op",
                    name: "n",
                    inputs: ["x", "", "w"],
                    outputs: ["y"],
                    attributes: [
                        Attribute(name: "f", value: .float(0.5)),
                        Attribute(name: "i", value: .int(-3)),
                        Attribute(name: "s", value: .string("é")),
                        Attribute(name: "t", value: .tensor(Tensor(shape: [], floats: [2]))),
                        Attribute(name: "fs", value: .floats([1, 2])),
                        Attribute(name: "is", value: .ints([.min, .max])),
                        Attribute(name: "ss", value: .strings(["a", ""])),
                    ]
                )
            ],
            initializers: [
                Tensor(name: "w", shape: [2, 1], floats: [1, -2]),
                Tensor(name: "d", shape: [1], values: .float64([0.1])),
                Tensor(name: "b", shape: [2], values: .bool([true, false])),
                Tensor(name: "i8", shape: [2], values: .int8([-128, 127])),
                Tensor(name: "i16", shape: [2], values: .int16([-32768, 32767])),
                Tensor(name: "i32", shape: [1], values: .int32([.min])),
                Tensor(name: "i64", shape: [1], values: .int64([.min])),
                Tensor(name: "u8", shape: [1], values: .uint8([255])),
                Tensor(name: "u16", shape: [1], values: .uint16([65535])),
                Tensor(name: "u32", shape: [1], values: .uint32([.max])),
                Tensor(name: "u64", shape: [1], values: .uint64([.max])),
                Tensor(name: "empty", shape: [0, 3], floats: []),
            ],
            inputs: [
                ValueInfo(
                    name: "x",
                    elementType: .float32,
                    shape: [.symbolic("N"), .fixed(1), .unknown]
                )
            ],
            outputs: [ValueInfo(name: "y", elementType: .float32, shape: nil)]
        ),
        metadata: [MetadataEntry(key: "k", value: "v")]
    )

    @Test func whatIsWrittenIsReadBack() throws {
        #expect(try Model(serialized: Self.model.serialized()) == Self.model)
    }

    @Test func writingTwiceGivesEqualBytes() throws {
        #expect(try Self.model.serialized() == Self.model.serialized())
    }

    @Test func everyTruncationIsRefusedOrIsAShorterModel() throws {
        let bytes = try Self.model.serialized()
        for length in 0..<bytes.count {
            let model = try? Model(serialized: Array(bytes[..<length]))
            #expect(model != Self.model)
        }
    }

    @Test func anEmptyFileIsNoModel() {
        #expect(throws: ONNXFileError.malformed(reason: "no graph in its 0 bytes")) {
            try Model(serialized: [])
        }
    }

    @Test func aTextFileIsNoModel() {
        #expect(throws: ONNXFileError.self) {
            try Model(serialized: Array("this is not a model".utf8))
        }
    }

    @Test func aMissingFileIsNamedWithWhatToDo() {
        #expect(throws: ONNXFileError.self) { try Model(path: "/nonexistent/model.onnx") }
    }
}
