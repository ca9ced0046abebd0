/// One fault of a settings file: where it is, what was found there and what is allowed.
package struct DocumentProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where the fault is.
    package var position: DocumentPosition
    /// The dotted path of the key, such as `gate.open_dbfs`; empty for the document as a whole.
    package var key: String
    /// What stands there, such as `'loud'` or `an unknown key`.
    package var found: String
    /// What may stand there, such as `a number from -120 to 0`.
    package var allowed: String
    /// What to do about it, such as `did you mean 'open_dbfs'?`; empty if there is nothing to add.
    package var advice: String

    /// Creates the problem from its parts.
    package init(
        position: DocumentPosition,
        key: String,
        found: String,
        allowed: String,
        advice: String = ""
    ) {
        self.position = position
        self.key = key
        self.found = found
        self.allowed = allowed
        self.advice = advice
    }

    /// Whether the fault is a key that is not known, rather than a value that is not allowed.
    package var isUnknownKey: Bool { found == Self.unknownKey }

    static let unknownKey = "an unknown key"

    /// The problem in one line: `file:line:column: key: found …, allowed: …; advice`.
    package var description: String {
        let place = key.isEmpty ? "\(position)" : "\(position): \(key)"
        let ending = advice.isEmpty ? "" : "; \(advice)"
        return "\(place): found \(found), allowed: \(allowed)\(ending)"
    }
}

/// A place in a text file, as editors count: the first line and column are 1.
package struct DocumentPosition: Hashable, Sendable, CustomStringConvertible {
    /// The file's path, as the user gave it.
    package var file: String
    /// The line, from 1.
    package var line: Int
    /// The column in Unicode scalars, from 1.
    package var column: Int

    /// Creates the position from its parts.
    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }
}

/// What has been gathered while a document is read: every problem, and where each value stood.
package struct DocumentReading: Sendable {
    /// The problems, in the order in which they were met.
    package private(set) var problems: [DocumentProblem] = []
    /// The position of every value that was accepted, by dotted key path.
    package private(set) var positions: [String: DocumentPosition] = [:]

    /// Creates an empty record.
    package init() {}

    /// Records that the value of `key` was taken from `position`.
    package mutating func accept(_ key: String, at position: DocumentPosition) {
        positions[key] = position
    }

    /// Records a problem.
    package mutating func report(_ problem: DocumentProblem) {
        problems.append(problem)
    }

    /// Records that `node` is not what `key` allows, and what to do about it.
    package mutating func refuse(
        _ node: YAMLNode,
        for key: String,
        allowed: String,
        advice: String = ""
    ) {
        report(
            DocumentProblem(
                position: node.position,
                key: key,
                found: node.summary,
                allowed: allowed,
                advice: advice.isEmpty && node.isNullWord
                    ? "'~' and 'null' are no value: remove the key, or write the text in quotes"
                    : advice
            )
        )
    }

    /// Records that `entry`, at the path `key` and after `previous`, is not one of the `known` keys.
    package mutating func refuseUnknownKey(
        _ entry: YAMLNode.Entry,
        path key: String,
        known: [String],
        after previous: YAMLNode.Entry? = nil
    ) {
        report(
            DocumentProblem(
                position: entry.keyPosition,
                key: key,
                found: DocumentProblem.unknownKey,
                allowed: known.joined(separator: ", "),
                advice: entry.surprise(after: previous, known: known)
                    ?? NearestName.advice(for: entry.key, among: known)
            )
        )
    }
}

/// Finds the known name that a misspelt one was probably meant to be.
package enum NearestName {
    /// The name with the smallest edit distance to `name`; nil only if there are no names.
    ///
    /// Of several equally near names the first in alphabetical order wins.
    package static func find(_ name: String, among names: [String]) -> String? {
        names.sorted().min { editDistance(name, $0) < editDistance(name, $1) }
    }

    /// The advice that ends a message about an unknown key.
    ///
    /// A near key is asked for; a far one is only stated, because it is hardly what was meant.
    package static func advice(for key: String, among keys: [String]) -> String {
        guard let nearest = find(key, among: keys) else { return "" }
        let question = question(for: key, among: keys)
        return question.isEmpty ? "the nearest known key is '\(nearest)'" : question
    }

    /// Asks for the name that was probably meant, of a class, a model or a source; empty if none is
    /// near.
    package static func question(for name: String, among names: [String]) -> String {
        guard let nearest = find(name, among: names),
            editDistance(name, nearest) <= max(2, nearest.count / 3)
        else { return "" }
        return "did you mean '\(nearest)'?"
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours between two names.
    ///
    /// Optimal string alignment distance (Damerau 1964), without regard to case.
    package static func editDistance(_ left: String, _ right: String) -> Int {
        let left = Array(left.lowercased())
        let right = Array(right.lowercased())
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var distance = min(
                    previous[column] + (letter == other ? 0 : 1),
                    previous[column + 1] + 1,
                    current[column] + 1
                )
                let isSwap =
                    row > 0 && column > 0 && letter == right[column - 1] && left[row - 1] == other
                if isSwap {
                    distance = min(distance, beforePrevious[column - 1] + 1)
                }
                current.append(distance)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
