/// A manual page in the making, in the language of man(7).
///
/// Text is escaped, so that nothing in it is taken for an instruction.
struct RoffText {
    private(set) var text = ""

    /// Begins the page.
    ///
    /// - Parameters:
    ///   - title: Its name, such as `earwitness-run`.
    ///   - source: The program and its version.
    init(title: String, source: String) {
        line(".TH \(Self.escaped(title).uppercased()) 1 \"\" \"\(Self.escaped(source))\" \"\"")
    }

    /// A heading such as `OPTIONS`.
    mutating func section(_ heading: String) {
        line(".SH \"\(Self.escaped(heading))\"")
    }

    /// A heading within a section.
    mutating func subsection(_ heading: String) {
        line(".SS \"\(Self.escaped(heading))\"")
    }

    /// Paragraphs of text; an empty line of it begins the next.
    mutating func paragraphs(_ content: String) {
        for paragraph in content.split(separator: "\n\n") {
            line(".PP")
            body(String(paragraph))
        }
    }

    /// An entry of a list: a term in bold and what there is to say of it.
    ///
    /// - Parameters:
    ///   - term: What stands out, in bold.
    ///   - value: The name of a value after it, in italics.
    ///   - explanation: The text of the entry.
    mutating func entry(_ term: String, value: String? = nil, _ explanation: String) {
        line(".TP")
        let shownValue = value.map { " \\fI\(Self.escaped($0))\\fR" } ?? ""
        line("\\fB\(Self.escaped(term))\\fR\(shownValue)")
        body(explanation)
    }

    /// A line that keeps its form, its first words in bold.
    mutating func synopsis(_ words: String, _ rest: String) {
        line(".HP")
        line("\\fB\(Self.escaped(words))\\fR \(Self.escaped(rest))")
    }

    /// The names of other pages.
    mutating func references(_ names: [String]) {
        line(".PP")
        line(names.map { "\\fB\(Self.escaped($0))\\fR(1)" }.joined(separator: ", "))
    }

    private mutating func body(_ content: String) {
        for part in content.split(separator: "\n") {
            line(Self.escaped(String(part)))
        }
    }

    private mutating func line(_ content: String) {
        text += content + "\n"
    }

    /// Escapes what roff would take for its own: backslashes, a dot or quote that begins a line, and
    /// hyphens, which it would print as dashes that cannot be copied into a shell.
    static func escaped(_ text: String) -> String {
        let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
            .replacing("\"", with: "\\(dq")
        return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
    }
}
