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

    /// Notes that `node` is not what `key` allows.
    package mutating func refuse(_ node: YAMLNode, for key: String, allowed: String) {
        report(
            DocumentProblem(
                position: node.position,
                key: key,
                found: node.summary,
                allowed: allowed
            )
        )
    }

    /// Notes that `entry`, at the path `key`, is none of the `known` keys.
    package mutating func refuseUnknownKey(
        _ entry: YAMLNode.Entry,
        path key: String,
        known: [String]
    ) {
        report(
            DocumentProblem(
                position: entry.keyPosition,
                key: key,
                found: "an unknown key",
                allowed: known.joined(separator: ", "),
                advice: NearestName.advice(for: entry.key, among: known)
            )
        )
    }
}
