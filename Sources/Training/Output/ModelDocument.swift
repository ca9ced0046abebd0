import LogMelFeatures
import Settings

/// The content of a `model.yaml`.
struct ModelDocument: Encodable {
    struct Network: Encodable {
        var input: String
        var windowFrames: Int
        var scores: String
        var activation: String
        var embedding: String
        var sha256: String

        enum CodingKeys: String, CodingKey {
            case input, scores, activation, embedding, sha256
            case windowFrames = "window_frames"
        }
    }

    struct SoundClass: Encodable {
        var name: String
        var label: String
        var isPrivate: Bool?
        var isReported: Bool?
        var isEnabled: Bool?
        var calibration: SettingsDocument?
        var rule: SettingsDocument?

        enum CodingKeys: String, CodingKey {
            case name, label, calibration, rule
            case isPrivate = "private"
            case isReported = "report"
            case isEnabled = "enabled"
        }
    }

    struct Provenance: Encodable {
        var trainedOn: String
        var licence: String
        var recipe: String

        enum CodingKeys: String, CodingKey {
            case licence, recipe
            case trainedOn = "trained_on"
        }
    }

    struct Metric: Encodable {
        var name: String
        var value: Double
        var deviation: Double?
        var protocolText: String

        enum CodingKeys: String, CodingKey {
            case name, value, deviation
            case protocolText = "protocol"
        }
    }

    var name: String
    var version: String
    var description: String
    var frontEnd: FrontEnd
    var network: Network
    var rule: SettingsDocument?
    var classes: [SoundClass]
    var provenance: Provenance
    var metrics: [Metric]

    enum CodingKeys: String, CodingKey {
        case name, version, description, network, rule, classes, provenance, metrics
        case frontEnd = "front_end"
    }
}

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
