import Foundation

/// What a recording's file name says of its source.
package struct ClipSource: Equatable {
    /// The fold of names like `1-30226-A.ogg`: fold, source, take.
    package let fold: Int?
    /// The source; the name itself where it follows no such pattern.
    package let group: String

    /// Reads a name.
    package init(fileName: String) {
        let stem = fileName.lastIndex(of: ".").map { fileName[..<$0] } ?? fileName[...]
        let parts = stem.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count >= 3, let fold = Int(parts[0]), (1...99).contains(fold),
            !parts[1].isEmpty, parts[1].allSatisfy(\.isNumber)
        {
            self.fold = fold
            group = String(parts[1])
        } else if let mark = stem.range(of: "_nohash_") {
            fold = nil
            group = String(stem[..<mark.lowerBound])
        } else {
            fold = nil
            group = String(stem)
        }
    }
}
