/// One fault of a settings file: where it is, what was found there and what is allowed.
package struct DocumentProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where the fault is.
    package var position: DocumentPosition
    /// The dotted path of the key, such as `gate.open_dbfs`; empty for the document as a whole.
    package var key: String
    /// What stands there, such as `'loud'` or `an unknown key`.
    package var found: String
    /// What may stand there, such as `a number from -120 to 0`.
    package var allowed: String
    /// What to do about it, such as `did you mean 'open_dbfs'?`; empty if there is nothing to add.
    package var advice: String

    /// Creates the problem from its parts.
    package init(
        position: DocumentPosition,
        key: String,
        found: String,
        allowed: String,
        advice: String = ""
    ) {
        self.position = position
        self.key = key
        self.found = found
        self.allowed = allowed
        self.advice = advice
    }

    /// Whether the fault is a key that is not known, rather than a value that is not allowed.
    package var isUnknownKey: Bool { found == Self.unknownKey }

    static let unknownKey = "an unknown key"

    /// The problem in one line: `file:line:column: key: found …, allowed: …; advice`.
    package var description: String {
        let place = key.isEmpty ? "\(position)" : "\(position): \(key)"
        let ending = advice.isEmpty ? "" : "; \(advice)"
        return "\(place): found \(found), allowed: \(allowed)\(ending)"
    }
}
