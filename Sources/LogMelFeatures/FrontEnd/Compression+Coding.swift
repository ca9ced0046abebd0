/// A compression as a mapping whose `kind` says which of the other keys hold.
extension Compression: Codable {
    /// Names of the kinds in descriptions.
    package enum Kind: String, CaseIterable, Sendable, Codable {
        case none
        case logOffset = "ln_offset"
        case logFloor = "ln_floor"
        case log10
        case decibel
        case cubeRoot = "cube_root"
        case pcen
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case kind, offset, floor, reference
        case topDecibels = "top_db"
        case gain, bias, power
        case timeConstantSeconds = "time_constant_s"
        case epsilon, start
    }

    package var kind: Kind {
        switch self {
        case .none: .none
        case .logOffset: .logOffset
        case .logFloor: .logFloor
        case .log10: .log10
        case .decibel: .decibel
        case .cubeRoot: .cubeRoot
        case .pcen: .pcen
        }
    }

    package init(from decoder: any Decoder) throws {
        let fields = try FieldReader<CodingKeys>(decoder, path: "compression.")
        let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
        switch try fields.required(fields.choice(.kind), .kind, "one of \(kinds)") as Kind {
        case .none:
            self = .none
        case .logOffset:
            self = .logOffset(
                try fields.required(fields.number(.offset), .offset, "a number above 0")
            )
        case .logFloor:
            self = .logFloor(
                try fields.required(fields.number(.floor), .floor, "a number above 0")
            )
        case .log10:
            self = .log10(try DecibelScale(fields))
        case .decibel:
            self = .decibel(try DecibelScale(fields))
        case .cubeRoot:
            self = .cubeRoot
        case .pcen:
            self = .pcen(try PCENSettings(fields))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(kind, forKey: .kind)
        switch self {
        case .none, .cubeRoot:
            return
        case .logOffset(let offset):
            try fields.encode(offset, forKey: .offset)
        case .logFloor(let floor):
            try fields.encode(floor, forKey: .floor)
        case .log10(let scale), .decibel(let scale):
            try fields.encode(scale.floor, forKey: .floor)
            switch scale.reference {
            case .value(let reference): try fields.encode(reference, forKey: .reference)
            case .patchMaximum: try fields.encode(patchMaximumName, forKey: .reference)
            }
            try fields.encodeIfPresent(scale.topDecibels, forKey: .topDecibels)
        case .pcen(let settings):
            try fields.encode(settings.gain, forKey: .gain)
            try fields.encode(settings.bias, forKey: .bias)
            try fields.encode(settings.power, forKey: .power)
            try fields.encode(settings.timeConstantSeconds, forKey: .timeConstantSeconds)
            try fields.encode(settings.epsilon, forKey: .epsilon)
            try fields.encode(settings.start, forKey: .start)
        }
    }
}

/// The reference that is not a number.
private let patchMaximumName = "max"

extension DecibelScale {
    fileprivate init(_ fields: FieldReader<Compression.CodingKeys>) throws {
        self.init()
        floor = try fields.number(.floor) ?? floor
        topDecibels = try fields.number(.topDecibels)
        let stated = try fields.number(.reference, or: patchMaximumName)
        if stated.isWord { reference = .patchMaximum }
        if let value = stated.value { reference = .value(value) }
    }
}

extension PCENSettings {
    fileprivate init(_ fields: FieldReader<Compression.CodingKeys>) throws {
        self.init()
        gain = try fields.number(.gain) ?? gain
        bias = try fields.number(.bias) ?? bias
        power = try fields.number(.power) ?? power
        timeConstantSeconds = try fields.number(.timeConstantSeconds) ?? timeConstantSeconds
        epsilon = try fields.number(.epsilon) ?? epsilon
        start = try fields.choice(.start) ?? start
    }
}
