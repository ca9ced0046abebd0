import NeuralNetwork
import Testing

/// Floats that another program computed.
struct ReferenceArray {
    let shape: [Int]
    let values: [Float]

    /// Reads an `.npy` file of float32.
    init(path: String) throws {
        let array = try NPYArray(path: path)
        shape = array.shape
        values = try #require(array.floats, "\(path) holds no floats")
    }

    /// Largest distance between two arrays, and the span of the reference's values.
    func difference(from values: [Float]) throws -> (maximum: Float, range: Float) {
        try #require(values.count == self.values.count, "another number of values")
        let maximum = zip(self.values, values).map { abs($0 - $1) }.reduce(0, max)
        let least = self.values.min() ?? 0
        let greatest = self.values.max() ?? 0
        return (maximum, greatest - least)
    }
}
