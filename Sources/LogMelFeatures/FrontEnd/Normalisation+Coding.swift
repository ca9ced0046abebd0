/// A normalisation as a mapping whose `kind` says which of the other keys hold.
extension Normalisation: Codable {
    /// Names of the kinds in descriptions.
    package enum Kind: String, CaseIterable, Sendable, Codable {
        case none, global
        case perBand = "per_band"
        case perPatch = "per_patch"
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case kind, mean, deviation
        case deviationFloor = "deviation_floor"
    }

    package init(from decoder: any Decoder) throws {
        let fields = try FieldReader<CodingKeys>(decoder, path: "normalisation.")
        let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
        switch try fields.required(fields.choice(.kind), .kind, "one of \(kinds)") as Kind {
        case .none:
            self = .none
        case .global:
            self = .global(
                mean: try fields.required(fields.number(.mean), .mean, "a number"),
                deviation: try fields.required(
                    fields.number(.deviation),
                    .deviation,
                    "a number above 0"
                )
            )
        case .perBand:
            self = .perBand(
                mean: try fields.required(
                    fields.numbers(.mean),
                    .mean,
                    "a list with a number for each band"
                ),
                deviation: try fields.required(
                    fields.numbers(.deviation),
                    .deviation,
                    "a list with a number for each band"
                )
            )
        case .perPatch:
            self = .perPatch(
                deviationFloor: try fields.required(
                    fields.number(.deviationFloor),
                    .deviationFloor,
                    "a number above 0"
                )
            )
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .none:
            try fields.encode(Kind.none, forKey: .kind)
        case .global(let mean, let deviation):
            try fields.encode(Kind.global, forKey: .kind)
            try fields.encode(mean, forKey: .mean)
            try fields.encode(deviation, forKey: .deviation)
        case .perBand(let mean, let deviation):
            try fields.encode(Kind.perBand, forKey: .kind)
            try fields.encode(mean, forKey: .mean)
            try fields.encode(deviation, forKey: .deviation)
        case .perPatch(let floor):
            try fields.encode(Kind.perPatch, forKey: .kind)
            try fields.encode(floor, forKey: .deviationFloor)
        }
    }
}
