import Settings

/// A section as `model.yaml` holds it: only what it says, in the file's own words.
struct SettingsDocument: Encodable {
    private let entries: [(key: String, text: String)]

    /// A class's rule; nil if it says nothing.
    init?(_ rule: ClassRuleOverlay) {
        self.init(rule, ClassRuleOverlay(), ClassRuleOverlay.settings)
    }

    /// A section of single values; nil if it has those of `usual`.
    init?<Section>(_ section: Section, _ usual: Section, _ table: SettingsTable<Section>) {
        let said = table.values(of: section)
        let unsaid = table.values(of: usual)
        entries = zip(said, unsaid).filter { $0.text != $1.text }.map { ($0.0.key, $0.0.text) }
        if entries.isEmpty { return nil }
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (key, text) in entries {
            if let flag = Bool(text) {
                try container.encode(flag, forKey: Key(key))
            } else if let number = Int(text) {
                try container.encode(number, forKey: Key(key))
            } else if let number = Double(text) {
                try container.encode(number, forKey: Key(key))
            } else if text.hasPrefix("[") {
                let names = text.dropFirst().dropLast().split(separator: ",")
                try container.encode(names.map { $0.filter { $0 != " " } }, forKey: Key(key))
            } else {
                try container.encode(text, forKey: Key(key))
            }
        }
    }
}
