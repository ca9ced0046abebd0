import Foundation

/// One JSON object a line, as commands print it.
enum JSONLines {
    /// Reads every line that is an object.
    static func objects(in text: String) -> [[String: Any]] {
        text.split(separator: "\n").compactMap { line in
            try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        }
    }
}
