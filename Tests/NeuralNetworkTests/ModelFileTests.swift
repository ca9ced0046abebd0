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

    @Test func anEmptyFileIsNoModelOfEitherFormat() {
        let error = #expect(throws: ModelFileError.self) { try Model(serialized: []) }
        #expect(
            error?.description
                == "This is not a complete ONNX or TFLite model: it is empty. "
                + "Export or copy the file again."
        )
    }

    @Test func aTextFileIsNoModel() {
        #expect(throws: ModelFileError.self) {
            try Model(serialized: Array("this is not a model".utf8))
        }
    }

    @Test func aMissingFileIsNamedWithWhatToDo() {
        #expect(throws: ModelFileError.self) { try Model(path: "/nonexistent/model.onnx") }
    }
}

@Suite struct NPYArrayTests {
    @Test(arguments: [
        NPYArray(shape: [2, 3], values: .float32([1, -2, 0.5, 1e-30, .infinity, 6])),
        NPYArray(shape: [2], values: .float64([0.1, -1e300])),
        NPYArray(shape: [], values: .int64([-5])),
        NPYArray(shape: [3, 1], values: .int32([1, -1, .max])),
        NPYArray(shape: [0, 7], values: .bool([])),
        NPYArray(shape: [2], values: .bool([true, false])),
        NPYArray(shape: [3], values: .uint8([0, 128, 255])),
        NPYArray(shape: [2], values: .int8([-128, 127])),
        NPYArray(shape: [2], values: .int16([.min, .max])),
        NPYArray(shape: [2], values: .uint16([1, .max])),
        NPYArray(shape: [2], values: .uint32([1, .max])),
        NPYArray(shape: [1], values: .uint64([.max])),
    ])
    func whatIsWrittenIsReadBack(_ array: NPYArray) throws {
        #expect(try NPYArray(bytes: array.bytes) == array)
    }

    @Test func theHeaderFillsUpToAMultipleOf64Bytes() {
        let array = NPYArray(shape: [1], floats: [1])
        #expect(array.bytes.count == 128 + 4)
    }

    @Test func aTextFileIsNotAnArray() {
        #expect(throws: NPYError.notAnArray) { try NPYArray(bytes: Array("hello, world".utf8)) }
    }

    @Test func aTruncatedFileSaysHowManyBytesAreMissing() {
        let bytes = NPYArray(shape: [4], floats: [1, 2, 3, 4]).bytes
        #expect(throws: NPYError.wrongLength(expectedBytes: 16, foundBytes: 13)) {
            try NPYArray(bytes: Array(bytes.dropLast(3)))
        }
    }

    @Test func aTypeThatIsNotReadIsNamed() {
        let header = "{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }\n"
        #expect(throws: NPYError.unsupportedType("<c16")) {
            try NPYArray(bytes: Self.file(header, contentLength: 16))
        }
    }

    @Test func columnMajorStorageIsRefused() {
        let header = "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }\n"
        #expect(throws: NPYError.columnMajor) {
            try NPYArray(bytes: Self.file(header, contentLength: 4))
        }
    }

    @Test(arguments: [
        "(1,", "(-1,)", "(x,)", "(99999999999999999999,)", "(4294967296, 4294967296)",
    ])
    func aShapeThatIsNoShapeIsRefused(_ shape: String) {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }\n"
        #expect(throws: NPYError.self) {
            try NPYArray(bytes: Self.file(header, contentLength: 4))
        }
    }

    @Test func aMissingFileIsNamed() {
        #expect(throws: NPYError.self) { try NPYArray(path: "/nonexistent/array.npy") }
    }

    @Test func errorsAreOneLineWithTheValueAndWhatToDo() {
        #expect(
            NPYError.wrongLength(expectedBytes: 16, foundBytes: 13).description
                == "The array's header announces 16 bytes of numbers; the file has 13."
        )
    }

    private static func file(_ header: String, contentLength: Int) -> [UInt8] {
        [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
            + [UInt8](repeating: 0, count: contentLength)
    }
}

@Suite struct TensorShapeTests {
    @Test func aScalarHasOneElement() { #expect(TensorShape.elementCount(of: []) == 1) }
    @Test func anEmptyAxisLeavesNothing() {
        #expect(TensorShape.elementCount(of: [3, 0, 4]) == 0)
    }
    @Test func aProductThatOverflowsIsNoCount() {
        #expect(TensorShape.elementCount(of: [1 << 40, 1 << 40]) == nil)
    }
    @Test func aNegativeAxisIsNoCount() { #expect(TensorShape.elementCount(of: [2, -1]) == nil) }
}
