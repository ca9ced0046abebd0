import ArgumentParser

/// Text by the columns that a terminal shows it in, with colours that take none.
enum TerminalText {
    /// The columns that a text takes.
    static func width(of text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + columns(of: $1) }
    }

    /// The text in exactly so many columns: cut with an ellipsis, or filled with spaces.
    ///
    /// - Parameters:
    ///   - text: Text without colours.
    ///   - width: The columns.
    ///   - trailing: Whether it is filled on the left, as numbers are.
    /// - Returns: Text of this width.
    static func fitted(_ text: String, to width: Int, trailing: Bool = false) -> String {
        let cut = cut(text, to: width)
        let fill = String(repeating: " ", count: max(0, width - self.width(of: cut)))
        return trailing ? fill + cut : cut + fill
    }

    /// The text in at most so many columns, with an ellipsis where something is missing.
    static func cut(_ text: String, to width: Int) -> String {
        guard self.width(of: text) > width else { return text }
        guard width > 0 else { return "" }
        var (result, used) = ("", 0)
        for character in text {
            let columns = self.width(of: String(character))
            guard used + columns < width else { break }
            result.append(character)
            used += columns
        }
        return result + "…"
    }

    /// The lines of a text that is broken between words.
    ///
    /// - Parameters:
    ///   - text: One line.
    ///   - width: The most columns of a line; a longer word has a line of its own and sticks out.
    ///   - indent: The spaces before every line but the first.
    /// - Returns: At least one line.
    static func wrapped(_ text: String, width: Int, indent: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let candidate = line.isEmpty ? String(word) : "\(line) \(word)"
            let room = lines.isEmpty ? width : width - indent
            if line.isEmpty || self.width(of: candidate) <= room {
                line = candidate
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        lines.append(line)
        let margin = String(repeating: " ", count: indent)
        return lines.enumerated().map { $0 == 0 ? $1 : margin + $1 }
    }

    private static func columns(of scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0..<0x300: scalar.value < 32 || (127..<160).contains(scalar.value) ? 0 : 1
        // Han, Kana, Hangul, full-width forms and pictures: the wide ones of Unicode's annex 11.
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            2
        default:
            [.nonspacingMark, .enclosingMark, .format].contains(scalar.properties.generalCategory)
                ? 0 : 1
        }
    }
}

/// Colours from the terminal's own sixteen, which suit its background, as the numbers of the escape
/// sequence that selects them.
enum TerminalStyle {
    static let bold = "1"
    static let dim = "2"
    static let red = "31"
    static let green = "32"
    static let yellow = "33"

    /// The text in a style; unchanged without one, or where nothing is coloured.
    static func styled(_ text: String, _ style: String?, _ isColored: Bool) -> String {
        guard isColored, let style else { return text }
        return "\u{1B}[\(style)m\(text)\u{1B}[0m"
    }

    /// A colour of its own for each class, the same at every place and time.
    static func ofClass(_ name: String) -> String {
        let codes = [32, 33, 34, 35, 36, 92, 93, 94, 95, 96]
        let sum = name.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
        return "1;\(codes[sum % codes.count])"
    }

    /// How sure a score is: green from 0.9, yellow from 0.7.
    static func ofScore(_ score: Double) -> String? {
        score >= 0.9 ? green : score >= 0.7 ? yellow : nil
    }
}

/// Whether a command shows colours.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument {
    case auto, always, never

    /// The decision: what the user asks for, else on a terminal that can, unless `NO_COLOR` is set.
    var isOn: Bool {
        switch self {
        case .auto: Terminal.showsColor
        case .always: true
        case .never: false
        }
    }
}

/// The option that every command with colours has.
struct ColorOptions: ParsableArguments {
    @Option(help: "Colours: auto, always or never.") var color = ColorChoice.auto
}
