/// What has been gathered while a document is read: every problem, and where each value stood.
package struct DocumentReading: Sendable {
    /// The problems, in the order in which they were met.
    package private(set) var problems: [DocumentProblem] = []
    /// The position of every value that was accepted, by dotted key path.
    package private(set) var positions: [String: DocumentPosition] = [:]

    /// Creates an empty record.
    package init() {}

    /// Notes that the value of `key` was taken from `position`.
    package mutating func accept(_ key: String, at position: DocumentPosition) {
        positions[key] = position
    }

    /// Notes a problem.
    package mutating func report(_ problem: DocumentProblem) {
        problems.append(problem)
    }

    /// Notes that `node` is not what `key` allows, and what to do about it.
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
                    ? "'~' and 'null' mean nothing: leave the key out, or write the text in quotes"
                    : advice
            )
        )
    }

    /// Notes that `entry`, at the path `key` and behind `previous`, is not one of the `known` keys.
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
