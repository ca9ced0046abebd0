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
                        found: "the same key twice",
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
        var (line, column, text) = (1, 1, "it is no YAML")
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
