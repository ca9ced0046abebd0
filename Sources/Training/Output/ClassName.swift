/// Names for classes and models that files, queries and settings can hold.
enum ClassName {
    /// A name of letters, digits, `_`, `-` and `.`, at most 64 long.
    static func name(from text: String) -> String {
        let allowed = text.map { $0.isLetter || $0.isNumber || "_-.".contains($0) ? $0 : "_" }
        let name = String(allowed.drop { !$0.isLetter && !$0.isNumber }.prefix(64))
        return name.isEmpty ? "sound" : name
    }

    /// A name for each text, with a number behind those that would be equal.
    static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.map { text in
            let base = name(from: text)
            var name = base
            var number = 2
            while !seen.insert(name).inserted {
                name = "\(base.prefix(58))_\(number)"
                number += 1
            }
            return name
        }
    }

    /// A label for people: words instead of underscores, the first letter large.
    static func label(from name: String) -> String {
        let words = name.map { "_-".contains($0) ? " " : $0 }
        return words.prefix(1).map { $0.uppercased() }.joined() + String(words.dropFirst())
    }
}
