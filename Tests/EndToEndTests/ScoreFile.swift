import Foundation

/// Each hop's scores as `--scores` writes them and as the database keeps them: a byte a class, 255
/// while the gate was closed.
struct ScoreFile {
    /// The scores, shape `[hops][classes]`, in the database's steps.
    let bytes: [[Int]]

    /// Reads a CSV of `--scores`.
    init(path: String) throws {
        let table = try String(contentsOfFile: path, encoding: .utf8)
        bytes = table.split(separator: "\n").dropFirst().map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).dropFirst().map { field in
                Double(field).map { Int(($0 * 254).rounded()) } ?? 255
            }
        }
    }

    /// The hops of a row of the database: the number of classes, a space, and hexadecimal digits.
    static func bytes(ofRow row: Substring) -> [[Int]] {
        let parts = row.split(separator: " ")
        guard let classCount = parts.first.flatMap({ Int($0) }), parts.count == 2 else { return [] }
        let digits = Array(parts[1])
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            Int(String(digits[$0...$0 + 1]), radix: 16)
        }
        return stride(from: 0, to: bytes.count, by: classCount).map {
            Array(bytes[$0..<$0 + classCount])
        }
    }
}
