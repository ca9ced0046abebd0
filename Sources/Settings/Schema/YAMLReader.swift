import Yams

/// Reads a YAML text into nodes that know their lines.
package enum YAMLReader {
    /// The longest text that is read, in bytes.
    ///
    /// Settings and model descriptions are far smaller.
    package static let maximumByteCount = 1 << 20
    /// The largest number of values, aliases expanded: a small text can otherwise be made to
    /// stand for billions of them.
    static let maximumNodeCount = 100_000

    /// Reads the only document of `text`.
    ///
    /// - Parameters:
    ///   - text: The YAML.
    ///   - file: The path that positions name.
    ///   - reading: Receives a problem for every key that is given twice.
    /// - Returns: The document; an empty mapping if the text has no content.
    /// - Throws: The problem, if the text is not YAML.
    package static func read(
        _ text: String,
        file: String,
        reading: inout DocumentReading
    ) throws(DocumentProblem) -> YAMLNode {
        guard text.utf8.count <= maximumByteCount else {
            throw DocumentProblem(
                position: DocumentPosition(file: file, line: 1, column: 1),
                key: "",
                found: "\(text.utf8.count) bytes",
                allowed: "at most \(maximumByteCount)"
            )
        }
        var document = RepeatedKeyText(text)
        while true {
            do {
                guard let root = try Yams.compose(yaml: document.text) else {
                    return YAMLNode(
                        .mapping([]),
                        at: DocumentPosition(file: file, line: 1, column: 1)
                    )
                }
                var conversion = YAMLConversion(file: file, replacedKeys: document.replacedKeys)
                let node = try conversion.node(from: root)
                for problem in conversion.problems {
                    reading.report(problem)
                }
                return node
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                // The exception tells only the first place: that key is renamed, so that the
                // second one and everything else in the file are checked, too.
                let position = DocumentPosition(
                    file: file,
                    line: context.mark.line,
                    column: context.mark.column
                )
                guard let key = keys.first, document.replace(key, at: position) else {
                    throw DocumentProblem(
                        position: position,
                        key: keys.first ?? "",
                        found: "a duplicate key",
                        allowed: "each key once"
                    )
                }
            } catch let problem as DocumentProblem {
                throw problem
            } catch {
                throw syntaxProblem(error, file: file, text: text)
            }
        }
    }

    private static func syntaxProblem(
        _ error: any Error,
        file: String,
        text document: String
    ) -> DocumentProblem {
        var (line, column, text) = (1, 1, "it is not YAML")
        switch error {
        case YamlError.scanner(_, let reason, let mark, _),
            YamlError.parser(_, let reason, let mark, _),
            YamlError.composer(_, let reason, let mark, _):
            (line, column, text) = (mark.line, mark.column, reason)
        case YamlError.reader(let reason, let offset, _, let yaml):
            let lines = yaml.prefix(offset ?? 0)
                .split(separator: "\n", omittingEmptySubsequences: false)
            (line, column, text) = (max(1, lines.count), (lines.last?.count ?? 0) + 1, reason)
        default:
            break
        }
        return DocumentProblem(
            position: DocumentPosition(file: file, line: line, column: column),
            key: "",
            found: "a syntax error (\(text))",
            allowed: "YAML",
            advice: SyntaxAdvice.text(line: line, of: document)
        )
    }
}

/// Turns the nodes of the parser into values of our own, with positions.
struct YAMLConversion {
    private let file: String
    private let replacedKeys: [String: String]
    private var nodeCount = 0
    /// The keys that were given twice or are not text.
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
                allowed: "fewer; aliases count as the values they refer to"
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
                        found: "a duplicate key",
                        allowed: "each key once",
                        advice: "it is already in line \(first.line)"
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

/// A YAML text in which keys that are given twice are renamed until it can be parsed.
///
/// The stand-ins have the length of the key, so that every position stays right, and are made of
/// private-use characters, so that no file has them as a key.
struct RepeatedKeyText {
    /// The text as it stands now.
    private(set) var text: String
    /// The keys that stand-ins stand for.
    private(set) var replacedKeys: [String: String] = [:]

    /// The first private-use character of Unicode's basic plane, and how many there are.
    private static let firstStandIn: UInt32 = 0xE000
    private static let standInCount: UInt32 = 6_400
    private static let maximumReplacements = 100

    init(_ text: String) {
        self.text = text
    }

    /// Renames the plain key that begins at `position`.
    ///
    /// - Returns: Whether the key was found there; a key in quotes is not.
    mutating func replace(_ key: String, at position: DocumentPosition) -> Bool {
        guard replacedKeys.count < Self.maximumReplacements else { return false }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.indices.contains(position.line - 1) else { return false }
        var scalars = Array(lines[position.line - 1].unicodeScalars)
        let start = position.column - 1
        let end = start + key.unicodeScalars.count
        guard start >= 0, end <= scalars.count,
            scalars[start..<end].elementsEqual(key.unicodeScalars),
            let standIn = Unicode.Scalar(
                Self.firstStandIn + UInt32(replacedKeys.count) % Self.standInCount
            )
        else { return false }
        scalars.replaceSubrange(start..<end, with: Array(repeating: standIn, count: end - start))
        var line = String.UnicodeScalarView()
        line.append(contentsOf: scalars)
        lines[position.line - 1] = String(line)
        text = lines.joined(separator: "\n")
        let name = String(
            String.UnicodeScalarView(Array(repeating: standIn, count: end - start))
        )
        replacedKeys[name] = key
        return true
    }
}
