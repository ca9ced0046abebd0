/// What YAML, or a habit from elsewhere, makes of a value: understood where it can only mean one
/// thing, else explained.
extension YAMLNode {
    /// What the value means as a truth: `on`, `yes` and `true` are the same to YAML 1.1, and
    /// programs that write YAML put any of them, in any case and in quotes; nil for other words.
    var truth: Bool? {
        switch text?.lowercased() {
        case "on", "yes", "true": true
        case "off", "no", "false": false
        default: nil
        }
    }

    /// Whether the value is `word`, which stands for "no value": also in quotes, in another case,
    /// as YAML's null, and for `off` as any word that is false.
    func means(_ word: String) -> Bool {
        if isNullWord || text?.lowercased() == word { return true }
        return word == "off" && truth == false
    }

    /// Whether `~` or `null` stands here, rather than nothing at all.
    var isNullWord: Bool {
        guard case .scalar(let text, _) = content else { return false }
        return isNothing && !text.isEmpty
    }

    /// Says what to do about text that looks like a number and is not a valid one.
    ///
    /// - Parameter isWhole: Whether only whole numbers are allowed.
    /// - Returns: The advice; empty if it does not look like a number.
    func numberAdvice(isWhole: Bool) -> String {
        guard let text else { return "" }
        let isPlain = plainText != nil
        if text.isDecimalNumber {
            if !isPlain { return "remove the quotes" }
            guard isWhole, Int(text) == nil, let number = Double(text), abs(number) < 1e15,
                number == number.rounded()
            else { return "" }
            return "write it as \(Int64(number))"
        }
        // Thousands grouped by hand, and the minus signs and dashes of word processors.
        let plain = String(
            text.filter { $0 != "_" && $0 != " " }.map { "−–—".contains($0) ? "-" : $0 }
        )
        if plain != text, plain.isDecimalNumber { return "write it as \(plain)" }
        if text.wholeMatch(of: /[+-]?\d+,\d+/) != nil {
            return isWhole
                ? "write it as \(text.filter { $0 != "," })"
                : "write it with a decimal point: \(text.replacing(",", with: "."))"
        }
        if text.wholeMatch(of: /0[xob][0-9a-fA-F]+/) != nil { return "write it in decimal digits" }
        if let match = text.wholeMatch(of: /(\d{1,4}):(\d\d)(?::(\d\d))?/) {
            let parts = [match.1, match.2, match.3 ?? ""].compactMap { Int($0) }
            return "write it as one number, \(parts.reduce(0) { 60 * $0 + $1 })"
        }
        if text.wholeMatch(of: /[+-]?[0-9.]+ *[A-Za-zµ%°].*/) != nil {
            return "give the number only, in the unit of the key's name"
        }
        return ""
    }

    /// Why text that looks like a size is not valid; empty if it does not look like one.
    var sizeAdvice: String {
        guard let text else { return "" }
        if let match = text.wholeMatch(of: /([0-9.]+) *([KMGTkmgt])i?/) {
            let unit = match.2.uppercased()
            return
                "write \(match.1) \(unit)B (powers of 1000) or \(match.1) \(unit)iB (powers of 1024)"
        }
        if text.contains(/^\d+,\d+/) {
            return "write it with a decimal point: \(text.replacing(",", with: "."))"
        }
        return ""
    }
}

extension YAMLNode.Entry {
    /// Says what YAML made of the text that this unknown key comes from.
    ///
    /// - Parameters:
    ///   - previous: The entry before it in the same section.
    ///   - known: The keys that are known there.
    /// - Returns: The explanation; nil if the key is just unknown.
    func surprise(after previous: YAMLNode.Entry?, known: [String]) -> String? {
        if let previous, let text = previous.value.text,
            value.content == .scalar("", isQuoted: false),
            previous.keyPosition.line == keyPosition.line
        {
            let start = "between braces a comma ends the value: write"
            if text.isDecimalNumber, key.first?.isNumber == true {
                return "\(start) '\(previous.key): \(text).\(key)', with a decimal point"
            }
            if text.isDecimalNumber, key.isDecimalNumber {
                return "\(start) a list, '\(previous.key): [\(text), \(key)]'"
            }
            return "\(start) it in quotes, '\(previous.key): \"\(text),\(key)\"'"
        }
        let word: String? =
            switch key.lowercased() {
            case "true", "yes": "on"
            case "false", "no": "off"
            default: nil
            }
        guard let word, known.contains(word) else { return nil }
        return "some programs that write YAML turn '\(word)' into '\(key)': write it in quotes"
    }
}

/// What to do about a line that is no YAML.
enum SyntaxAdvice {
    private static let common =
        "check the indentation and the quotes there and in the line above"

    /// The advice on an error at a line, from 1, of a text; the parser often notices a line late.
    static func text(line: Int, of document: String) -> String {
        let lines = document.split(separator: "\n", omittingEmptySubsequences: false)
        for index in [line - 1, line - 2] where lines.indices.contains(index) {
            if let advice = advice(on: lines[index]) { return advice }
        }
        return common
    }

    private static func advice(on line: Substring) -> String? {
        if line.prefix(while: \.isWhitespace).contains("\t") {
            return "indent with spaces, not with tabs"
        }
        // Characters with a meaning of their own, and an address such as [::1]:8137, which is not a list.
        let special = /([A-Za-z_]+): +([@`%&*!|>][^,}\]#]*|\[[^\]]*\][^\s,}\]#]+)/
        if let match = line.firstMatch(of: special) {
            return quoting(match.2, of: match.1)
        }
        guard let match = line.firstMatch(of: /([A-Za-z_]+): +([^\s"'#\[{].*: .*)/) else {
            return nil
        }
        return quoting(match.2, of: match.1)
    }

    private static func quoting(_ value: Substring, of key: Substring) -> String {
        let quoted = String(value).trimmedEnd.replacing("'", with: "''")
        return "write the value in quotes: \(key): '\(quoted)'"
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        String(reversed().drop(while: \.isWhitespace).reversed())
    }
}
