import Yams

/// Turns the nodes of the parser into values of our own, with positions.
struct YAMLConversion {
    private let file: String
    private let replacedKeys: [String: String]
    private var nodeCount = 0
    /// The keys that were given twice or are no text.
    private(set) var problems: [DocumentProblem] = []

    /// Prepares for one document; `replacedKeys` are those that ``RepeatedKeyText`` renamed, by
    /// their stand-ins.
    init(file: String, replacedKeys: [String: String]) {
        self.file = file
        self.replacedKeys = replacedKeys
    }

    mutating func node(from node: Node) throws(DocumentProblem) -> YAMLNode {
        let position = self.position(of: node)
        nodeCount += 1
        guard nodeCount <= YAMLReader.maximumNodeCount else {
            throw DocumentProblem(
                position: position,
                key: "",
                found: "more than \(YAMLReader.maximumNodeCount) values",
                allowed: "fewer; aliases count with everything that they stand for"
            )
        }
        switch node {
        case .scalar(let scalar):
            let isQuoted = scalar.style != .plain && scalar.style != .any
            return YAMLNode(.scalar(scalar.string, isQuoted: isQuoted), at: position)
        case .sequence(let sequence):
            var elements: [YAMLNode] = []
            for element in sequence {
                elements.append(try self.node(from: element))
            }
            return YAMLNode(.sequence(elements), at: position)
        case .mapping(let mapping):
            return YAMLNode(.mapping(try entries(of: mapping)), at: position)
        case .alias:
            throw DocumentProblem(
                position: position,
                key: "",
                found: "an alias",
                allowed: "a value"
            )
        }
    }

    private mutating func entries(
        of mapping: Node.Mapping
    ) throws(DocumentProblem)
        -> [YAMLNode.Entry]
    {
        var entries: [YAMLNode.Entry] = []
        var firstPositions: [String: DocumentPosition] = [:]
        for (keyNode, valueNode) in mapping {
            let keyPosition = position(of: keyNode)
            guard let text = keyNode.scalar?.string else {
                problems.append(
                    DocumentProblem(
                        position: keyPosition,
                        key: "",
                        found: "a list or section as a key",
                        allowed: "a name"
                    )
                )
                continue
            }
            let value = try node(from: valueNode)
            let key = replacedKeys[text] ?? text
            if let first = firstPositions[key] {
                problems.append(
                    DocumentProblem(
                        position: keyPosition,
                        key: key,
                        found: "the same key again",
                        allowed: "each key once",
                        advice: "it stands in line \(first.line) already"
                    )
                )
                continue
            }
            firstPositions[key] = keyPosition
            entries.append(YAMLNode.Entry(key: key, keyPosition: keyPosition, value: value))
        }
        return entries
    }

    private func position(of node: Node) -> DocumentPosition {
        DocumentPosition(
            file: file,
            line: node.mark?.line ?? 1,
            column: node.mark?.column ?? 1
        )
    }
}
