import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// A small network in `Fixtures/tflite` with an input and LiteRT's answer; `make-tflite-networks.py`
/// makes them.
struct TFLiteFixture: Sendable, CustomTestStringConvertible {
    let name: String

    var testDescription: String { name }

    /// All of them, by name.
    static let all: [TFLiteFixture] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".tflite") }.sorted()
            .map { TFLiteFixture(name: String($0.dropLast(7))) }
    }()

    private static let folder = Checkout.folder
        .appendingPathComponent("Tests/NeuralNetworkTests/Fixtures/tflite")

    var path: String { Self.folder.appendingPathComponent("\(name).tflite").path }

    var bytes: [UInt8] {
        get throws { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
    }

    /// What LiteRT was given and what it answered, in the file's order.
    var answer: Answer {
        get throws {
            let file = Self.folder.appendingPathComponent("\(name).json")
            return try JSONDecoder().decode(Answer.self, from: Data(contentsOf: file))
        }
    }

    struct Answer: Decodable {
        let inputs: [Numbers]
        let outputs: [Numbers]
    }

    /// A tensor as NumPy has it in memory.
    struct Numbers: Decodable {
        let type: String
        let shape: [Int]
        let data: Data

        /// The tensor under a name.
        func tensor(named name: String) -> Tensor? {
            func read<Number: BitwiseCopyable>(_ type: Number.Type) -> [Number] {
                data.withUnsafeBytes { raw in
                    (0..<raw.count / MemoryLayout<Number>.size).map {
                        raw.loadUnaligned(
                            fromByteOffset: $0 * MemoryLayout<Number>.size,
                            as: Number.self
                        )
                    }
                }
            }
            let values: TensorValues? =
                switch type {
                case "float32": .float32(read(Float.self))
                case "int8": .int8(read(Int8.self))
                case "uint8": .uint8(read(UInt8.self))
                case "int16": .int16(read(Int16.self))
                case "int32": .int32(read(Int32.self))
                case "int64": .int64(read(Int64.self))
                case "bool": .bool(data.map { $0 != 0 })
                default: nil
                }
            return values.map { Tensor(name: name, shape: shape, values: $0) }
        }
    }
}

extension TensorValues {
    /// The numbers as doubles; none for types that no network here has.
    var asDoubles: [Double] {
        switch self {
        case .float32(let numbers): numbers.map(Double.init)
        case .int8(let numbers): numbers.map(Double.init)
        case .uint8(let numbers): numbers.map(Double.init)
        case .int16(let numbers): numbers.map(Double.init)
        case .int32(let numbers): numbers.map(Double.init)
        case .int64(let numbers): numbers.map(Double.init)
        case .bool(let truths): truths.map { $0 ? 1 : 0 }
        default: []
        }
    }
}
