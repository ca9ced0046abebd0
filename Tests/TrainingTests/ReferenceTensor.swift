import Foundation
import NeuralNetwork

/// A tensor that `Fixtures/make_fixtures.py` wrote.
struct ReferenceTensor: Decodable {
    let shape: [Int]
    let values: [Float]

    func named(_ name: String, shape other: [Int]? = nil) -> Tensor {
        Tensor(name: name, shape: other ?? shape, floats: values)
    }

    /// The largest difference, as a share of the largest number.
    func distance(to other: [Float]) -> Float {
        guard other.count == values.count else { return .infinity }
        let largest = values.reduce(Float(1e-6)) { max($0, abs($1)) }
        return zip(values, other).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) } / largest
    }

    /// Reads a file of the fixtures.
    static func read<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appendingPathComponent("Fixtures/\(name)"))
        return try JSONDecoder().decode(Content.self, from: data)
    }
}
