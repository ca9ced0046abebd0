/// The functions that a source text declares at the top level of its types and their extensions.
///
/// Reads text of the project's form, in which a type ends with a bracket at the line's beginning.
struct DeclaredFunctions {
    /// Every function as pages name it, `StreamDates.date(_:appendingTo:)`.
    let names: Set<String>

    /// Reads the functions of a source text.
    init(in text: String) {
        let beginning =
            /^(?:@\w+ )*(?:(?:package|private|fileprivate|final) )*(?:struct|class|actor|enum|extension) (\w+)/
        var type: String?
        var names: Set<String> = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
            if let found = line.firstMatch(of: beginning) {
                type = String(found.output.1)
            } else if line == "}" {
                type = nil
            }
            guard let type, let function = line.firstMatch(of: /^    (?:[a-z@]\w* )*func (\w+)/)
            else { continue }
            let rest = lines[number...].joined(separator: "\n")
            names.insert("\(type).\(function.output.1)(\(Self.labels(of: rest)))")
        }
        self.names = names
    }

    /// The labels of the first parameter list of a text, `_:appendingTo:`.
    private static func labels(of text: String) -> String {
        var depth = 0
        var parameters = [""]
        var previous: Character = " "
        for character in text.drop(while: { $0 != "(" }) {
            switch character {
            case "(", "[", "{", "<": depth += 1
            case ">" where previous == "-": break
            case ")", "]", "}", ">": depth -= 1
            case "," where depth == 1: parameters.append("")
            default: parameters[parameters.count - 1].append(character)
            }
            if depth == 0 { break }
            previous = character
        }
        return parameters.compactMap { parameter in
            parameter.split { $0.isWhitespace || $0 == ":" }.first.map { "\($0):" }
        }.joined()
    }
}
