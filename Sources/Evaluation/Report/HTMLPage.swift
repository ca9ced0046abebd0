/// A page that needs nothing but itself: tables and drawings in one file, without a script.
struct HTMLPage {
    private let title: String
    private let heading: String
    private let subject: String
    private var sections: [String] = []

    /// Begins a page.
    ///
    /// - Parameters:
    ///   - title: What the window is called.
    ///   - heading: The page's heading.
    ///   - subject: What the page is about, under the heading.
    init(title: String, heading: String, subject: String) {
        self.title = title
        self.heading = heading
        self.subject = subject
    }

    /// Adds a section; its content is HTML.
    mutating func add(_ heading: String, _ content: String) {
        let name = "section-\(sections.count + 1)"
        sections.append(
            "<section aria-labelledby=\"\(name)\">"
                + "<h2 id=\"\(name)\">\(Self.escaped(heading))</h2>\n\(content)</section>"
        )
    }

    /// The page.
    var text: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(Self.escaped(title))</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <header>
        <h1>\(Self.escaped(heading))</h1>
        <p class="subject">\(Self.escaped(subject))</p>
        </header>
        <main>
        \(sections.joined(separator: "\n"))
        </main>
        </body>
        </html>

        """
    }

    /// Text that cannot be taken for markup.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;")
            .replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    /// A paragraph that says how to read what follows.
    static func note(_ text: String) -> String { "<p class=\"note\">\(escaped(text))</p>\n" }

    /// What is looked at by those who want to know more.
    static func details(_ summary: String, _ content: String) -> String {
        "<details><summary>\(escaped(summary))</summary>\n\(content)</details>\n"
    }
}
