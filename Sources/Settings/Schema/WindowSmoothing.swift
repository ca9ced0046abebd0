package import Detection

/// How the scores of several windows become one, as a file states it: `3` or `median 5`.
package struct WindowSmoothing: Equatable, Sendable {
    /// What is made of the scores.
    package var kind: ScoreSmoothing
    /// The number of windows.
    package var windows: Int

    /// Creates the value from its parts.
    package init(kind: ScoreSmoothing = .mean, windows: Int) {
        self.kind = kind
        self.windows = windows
    }
}

extension ValueForm where Value == WindowSmoothing {
    /// A number of windows, alone or after the name of what is made of them.
    static var windowSmoothing: ValueForm {
        ValueForm(
            allowed: "a number of windows from 1 to 64, alone or after mean, median or exponential",
            read: { node in
                let words = (node.plainText ?? "").split(separator: " ").map(String.init)
                guard let number = words.last.flatMap(Int.init), (1...64).contains(number) else {
                    return nil
                }
                switch words.count {
                case 1: return WindowSmoothing(windows: number)
                case 2:
                    return ScoreSmoothing(rawValue: words[0])
                        .map { WindowSmoothing(kind: $0, windows: number) }
                default: return nil
                }
            },
            write: { smoothing in
                smoothing.kind == .mean
                    ? "\(smoothing.windows)" : "\(smoothing.kind.rawValue) \(smoothing.windows)"
            }
        )
    }
}
