/// A YAML text in which keys that are given twice are renamed until it can be parsed.
///
/// The stand-ins have the length of the key, so that every position stays right, and are made of
/// private-use characters, so that they are no key of anybody's.
struct RepeatedKeyText {
    /// The text as it stands now.
    private(set) var text: String
    /// The keys that stand-ins stand for.
    private(set) var replacedKeys: [String: String] = [:]

    /// The first private-use character of Unicode's basic plane, and how many there are.
    private static let firstStandIn: UInt32 = 0xE000
    private static let standInCount: UInt32 = 6_400
    private static let maximumReplacements = 100

    init(_ text: String) {
        self.text = text
    }

    /// Renames the plain key that begins at `position`.
    ///
    /// - Returns: Whether the key was found there; a key in quotes is not.
    mutating func replace(_ key: String, at position: DocumentPosition) -> Bool {
        guard replacedKeys.count < Self.maximumReplacements else { return false }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.indices.contains(position.line - 1) else { return false }
        var scalars = Array(lines[position.line - 1].unicodeScalars)
        let start = position.column - 1
        let end = start + key.unicodeScalars.count
        guard start >= 0, end <= scalars.count,
            scalars[start..<end].elementsEqual(key.unicodeScalars),
            let standIn = Unicode.Scalar(
                Self.firstStandIn + UInt32(replacedKeys.count) % Self.standInCount
            )
        else { return false }
        scalars.replaceSubrange(start..<end, with: Array(repeating: standIn, count: end - start))
        var line = String.UnicodeScalarView()
        line.append(contentsOf: scalars)
        lines[position.line - 1] = String(line)
        text = lines.joined(separator: "\n")
        let name = String(
            String.UnicodeScalarView(Array(repeating: standIn, count: end - start))
        )
        replacedKeys[name] = key
        return true
    }
}
