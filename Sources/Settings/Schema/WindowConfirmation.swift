/// How many windows must agree before an event opens, as a file states it: `2 of 3`.
package struct WindowConfirmation: Equatable, Sendable {
    /// How many of the windows must have reached `on`.
    package var hits: Int
    /// The number of windows that are looked at.
    package var windows: Int

    /// Creates the value from its parts.
    package init(hits: Int, windows: Int) {
        self.hits = hits
        self.windows = windows
    }
}

extension ValueForm where Value == WindowConfirmation {
    /// `K of N`.
    static var windowConfirmation: ValueForm {
        ValueForm(
            allowed: "'K of N' windows such as 2 of 3, K at most N, N at most 64",
            read: { node in
                let words = (node.plainText ?? "").split(separator: " ")
                guard words.count == 3, words[1] == "of", let hits = Int(words[0]),
                    let windows = Int(words[2]), (1...64).contains(windows),
                    (1...windows).contains(hits)
                else { return nil }
                return WindowConfirmation(hits: hits, windows: windows)
            },
            write: { "\($0.hits) of \($0.windows)" }
        )
    }
}
