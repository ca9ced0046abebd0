import Foundation
import Testing

/// A float32 array of an `.npy` file, in C order.
struct ReferenceArray {
    let shape: [Int]
    let values: [Float]

    /// Reads an array; a missing or foreign file is a failed requirement that names it.
    init(path: String) throws {
        let data = try #require(
            FileManager.default.contents(atPath: path),
            "no file at \(path)"
        )
        try #require(data.count > 10 && data.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]))
        let headerEnd = 10 + Int(data[8]) + 256 * Int(data[9])
        let header = try #require(
            String(bytes: data[10..<headerEnd], encoding: .isoLatin1),
            "no header in \(path)"
        )
        try #require(header.contains("'<f4'") && header.contains("'fortran_order': False"))
        let match = try #require(header.firstMatch(of: #/\(([0-9, ]*)\)/#))
        shape = match.1.split(separator: ",").compactMap {
            Int($0.trimmingCharacters(in: .whitespaces))
        }
        let body = data[headerEnd...]
        try #require(body.count == 4 * shape.reduce(1, *), "\(path) is cut short")
        values = stride(from: headerEnd, to: data.count, by: 4).map { offset in
            let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(data[offset + $1]) << (8 * $1) }
            return Float(bitPattern: bits)
        }
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
