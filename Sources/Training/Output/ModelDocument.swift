import LogMelFeatures

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
