import NeuralNetwork
import Testing

@Suite struct NPYArrayTests {
    @Test(arguments: [
        NPYArray(shape: [2, 3], values: .float32([1, -2, 0.5, 1e-30, .infinity, 6])),
        NPYArray(shape: [2], values: .float64([0.1, -1e300])),
        NPYArray(shape: [], values: .int64([-5])),
        NPYArray(shape: [3, 1], values: .int32([1, -1, .max])),
        NPYArray(shape: [0, 7], values: .bool([])),
        NPYArray(shape: [2], values: .bool([true, false])),
        NPYArray(shape: [3], values: .uint8([0, 128, 255])),
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
