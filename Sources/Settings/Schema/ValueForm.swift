/// What one setting's value looks like in a file: how it is read, written and described.
package struct ValueForm<Value: Sendable>: Sendable {
    /// What is allowed, as it ends the sentence "allowed: …".
    package var allowed: String
    /// Reads a value; nil if the node is not one that is allowed.
    package var read: @Sendable (YAMLNode) -> Value?
    /// Writes a value as it would stand in the file.
    package var write: @Sendable (Value) -> String
    /// What to do about a value that is not allowed; empty where the message says enough.
    package var advice: @Sendable (YAMLNode) -> String

    /// Creates the form from its parts.
    package init(
        allowed: String,
        read: @escaping @Sendable (YAMLNode) -> Value?,
        write: @escaping @Sendable (Value) -> String,
        advice: @escaping @Sendable (YAMLNode) -> String = { _ in "" }
    ) {
        self.allowed = allowed
        self.read = read
        self.write = write
        self.advice = advice
    }

    /// This form, or a word that stands for "no value", such as `auto` or `off`.
    package func or(_ word: String) -> ValueForm<Value?> {
        ValueForm<Value?>(
            allowed: "\(allowed), or \(word)",
            read: { node in
                if node.means(word) { return .some(nil) }
                guard let value = self.read(node) else { return nil }
                return .some(value)
            },
            write: { value in value.map(self.write) ?? word },
            advice: advice
        )
    }

    /// This form for a setting that may be left out, with what then holds.
    package func orElse(_ whatHolds: String) -> ValueForm<Value?> {
        ValueForm<Value?>(
            allowed: allowed,
            read: { node in
                guard let value = self.read(node) else { return nil }
                return .some(value)
            },
            write: { value in value.map(self.write) ?? whatHolds },
            advice: advice
        )
    }
}
