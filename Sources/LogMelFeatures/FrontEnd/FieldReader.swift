/// Reads optional fields of a keyed container, with errors that name field, value and choice.
struct FieldReader<Key: CodingKey & CaseIterable & RawRepresentable<String>> {
    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private let container: KeyedDecodingContainer<Key>
    private let path: String

    /// Opens the container and refuses keys that `Key` does not have.
    ///
    /// `path` is the prefix of the field names in errors, such as `compression.`.
    /// - Throws: `FrontEndError` for an unknown key, or when there is no mapping.
    init(_ decoder: any Decoder, path: String) throws {
        self.path = path
        do {
            container = try decoder.container(keyedBy: Key.self)
            let known = Key.allCases.map(\.rawValue)
            let found = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
            if let stranger = found.filter({ !known.contains($0) }).min() {
                throw FrontEndError.unknownKey(
                    path + stranger,
                    nearest: nearestName(to: stranger, among: known),
                    known: known
                )
            }
        } catch is DecodingError {
            throw FrontEndError.wrongType(
                field: String(path.dropLast()),
                expected: "a mapping of keys to values"
            )
        }
    }

    func integer(_ key: Key) throws -> Int? {
        try read(key, expecting: "a whole number")
    }

    func number(_ key: Key) throws -> Float? {
        try read(key, expecting: "a number")
    }

    func hertz(_ key: Key) throws -> Double? {
        try read(key, expecting: "a number of hertz")
    }

    func numbers(_ key: Key) throws -> [Float]? {
        try read(key, expecting: "a list of numbers")
    }

    func flag(_ key: Key) throws -> Bool? {
        try read(key, expecting: "true or false")
    }

    func value<Value: Decodable>(_ key: Key) throws -> Value? {
        try read(key, expecting: "a mapping of keys to values")
    }

    /// A number, or nil when the field holds `word` instead.
    func number(_ key: Key, or word: String) throws -> (value: Float?, isWord: Bool) {
        if let name = try? container.decodeIfPresent(String.self, forKey: key), name == word {
            return (nil, true)
        }
        return (try read(key, expecting: "a number or \(word)"), false)
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: Key) throws -> Choice? {
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        guard let name: String = try read(key, expecting: "one of \(names)") else { return nil }
        guard let choice = Choice(rawValue: name) else {
            throw FrontEndError.invalidValue(
                field: path + key.rawValue,
                value: "'\(name)'",
                allowed: "one of \(names)"
            )
        }
        return choice
    }

    /// A field that has no default.
    func required<Value>(_ value: Value?, _ key: Key, _ expected: String) throws -> Value {
        guard let value else {
            throw FrontEndError.invalidValue(
                field: path + key.rawValue,
                value: "missing",
                allowed: expected
            )
        }
        return value
    }

    private func read<Value: Decodable>(_ key: Key, expecting expected: String) throws -> Value? {
        do {
            return try container.decodeIfPresent(Value.self, forKey: key)
        } catch is DecodingError {
            throw FrontEndError.wrongType(field: path + key.rawValue, expected: expected)
        }
    }
}

/// The name that differs least from a misspelt one, if it is near enough to be meant.
private func nearestName(to name: String, among known: [String]) -> String? {
    let ranked = known.map { (distance: editDistance(name, $0), name: $0) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(2, name.count / 3) ? best.name : nil
}

/// Levenshtein's distance: insertions, deletions and replacements that turn one into the other.
private func editDistance(_ first: String, _ second: String) -> Int {
    let second = Array(second)
    var row = Array(0...second.count)
    for (line, character) in first.enumerated() {
        var diagonal = row[0]
        row[0] = line + 1
        for column in second.indices {
            let replaced = diagonal + (character == second[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
        }
    }
    return row[second.count]
}
