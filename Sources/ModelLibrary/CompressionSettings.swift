import LogMelFeatures
import Settings

/// A key that a kind of compression or normalisation needs.
struct MissingKey: Error {
    let section: String
    let key: String
    let allowed: String
}

/// The section `compression`: `kind` says which of the other keys hold.
struct CompressionSection: Sendable {
    private var kind: Compression.Kind?
    private var offset: Float?
    private var floor: Float?
    private var reference: DecibelScale.Reference?
    private var topDecibels: Float?
    private var gain: Float?
    private var bias: Float?
    private var power: Float?
    private var timeConstantSeconds: Float?
    private var epsilon: Float?
    private var start: PCENSettings.Start?

    static let settings = SettingsTable<CompressionSection>([
        .optional("kind", \.kind, .choice, unsaid: "")
            .help("The formula."),
        .optional("offset", \.offset, .positive, unsaid: "")
            .help("What is added, of ln_offset."),
        .optional("floor", \.floor, .positive, unsaid: "")
            .help("The smallest value of a band."),
        .optional("reference", \.reference, .reference, unsaid: "")
            .help("What becomes 0 dB."),
        .optional("top_db", \.topDecibels, .positive, unsaid: "")
            .help("The range below the maximum."),
        .optional("gain", \.gain, .finite, unsaid: "")
            .help("PCEN's exponent of the smoothed past."),
        .optional("bias", \.bias, .finite, unsaid: "")
            .help("What PCEN adds before the root."),
        .optional("power", \.power, .positive, unsaid: "")
            .help("PCEN's exponent of the root."),
        .optional("time_constant_s", \.timeConstantSeconds, .positive, unsaid: "")
            .help("PCEN's time."),
        .optional("epsilon", \.epsilon, .positive, unsaid: "")
            .help("What PCEN adds to the past."),
        .optional("start", \.start, .choice, unsaid: "")
            .help("PCEN's past before the first frame."),
    ])

    init() {}

    init(_ compression: Compression) {
        kind = compression.kind
        switch compression {
        case .none, .cubeRoot: break
        case .logOffset(let offset): self.offset = offset
        case .logFloor(let floor): self.floor = floor
        case .log10(let scale), .decibel(let scale):
            (floor, reference, topDecibels) = (scale.floor, scale.reference, scale.topDecibels)
        case .pcen(let settings):
            (gain, bias, power) = (settings.gain, settings.bias, settings.power)
            timeConstantSeconds = settings.timeConstantSeconds
            (epsilon, start) = (settings.epsilon, settings.start)
        }
    }

    func value() throws(MissingKey) -> Compression {
        switch kind {
        case nil: throw missing("kind", ValueForm<Compression.Kind>.choice.allowed)
        case .some(.none): return .none
        case .logOffset:
            guard let offset else { throw missing("offset", "a number above 0") }
            return .logOffset(offset)
        case .logFloor:
            guard let floor else { throw missing("floor", "a number above 0") }
            return .logFloor(floor)
        case .log10: return .log10(scale)
        case .decibel: return .decibel(scale)
        case .cubeRoot: return .cubeRoot
        case .pcen:
            var settings = PCENSettings()
            settings.gain = gain ?? settings.gain
            settings.bias = bias ?? settings.bias
            settings.power = power ?? settings.power
            settings.timeConstantSeconds = timeConstantSeconds ?? settings.timeConstantSeconds
            settings.epsilon = epsilon ?? settings.epsilon
            settings.start = start ?? settings.start
            return .pcen(settings)
        }
    }

    private var scale: DecibelScale {
        var scale = DecibelScale(topDecibels: topDecibels)
        scale.floor = floor ?? scale.floor
        scale.reference = reference ?? scale.reference
        return scale
    }

    private func missing(_ key: String, _ allowed: String) -> MissingKey {
        MissingKey(section: "compression", key: key, allowed: allowed)
    }
}

/// The section `normalisation`: `kind` says which of the other keys hold.
struct NormalisationSection: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case none, global
        case perBand = "per_band"
        case perPatch = "per_patch"
    }

    private var kind: Kind?
    private var mean: [Float]?
    private var deviation: [Float]?
    private var deviationFloor: Float?

    static let settings = SettingsTable<NormalisationSection>([
        .optional("kind", \.kind, .choice, unsaid: "")
            .help("The formula."),
        .optional("mean", \.mean, .numbers, unsaid: "")
            .help("What is subtracted."),
        .optional("deviation", \.deviation, .numbers, unsaid: "")
            .help("What is divided by."),
        .optional("deviation_floor", \.deviationFloor, .positive, unsaid: "")
            .help("Its least value."),
    ])

    init() {}

    init(_ normalisation: Normalisation) {
        switch normalisation {
        case .none: kind = Kind.none
        case .global(let mean, let deviation):
            (kind, self.mean, self.deviation) = (.global, [mean], [deviation])
        case .perBand(let mean, let deviation):
            (kind, self.mean, self.deviation) = (.perBand, mean, deviation)
        case .perPatch(let floor): (kind, deviationFloor) = (.perPatch, floor)
        }
    }

    func value() throws -> Normalisation {
        let list = "a list with a number for each band"
        switch kind {
        case nil: throw missing("kind", ValueForm<Kind>.choice.allowed)
        case .some(.none): return .none
        case .global:
            return .global(
                mean: try one(mean, "mean", "a number"),
                deviation: try one(deviation, "deviation", "a number above 0")
            )
        case .perBand:
            guard let mean else { throw missing("mean", list) }
            guard let deviation else { throw missing("deviation", list) }
            return .perBand(mean: mean, deviation: deviation)
        case .perPatch:
            guard let deviationFloor else { throw missing("deviation_floor", "a number above 0") }
            return .perPatch(deviationFloor: deviationFloor)
        }
    }

    private func one(_ numbers: [Float]?, _ key: String, _ allowed: String) throws -> Float {
        guard let numbers else { throw missing(key, allowed) }
        guard numbers.count == 1 else {
            throw FrontEndError.invalidValue(
                field: "normalisation.\(key)",
                value: "a list",
                allowed: "\(allowed), since kind is global"
            )
        }
        return numbers[0]
    }

    private func missing(_ key: String, _ allowed: String) -> MissingKey {
        MissingKey(section: "normalisation", key: key, allowed: allowed)
    }
}

extension ValueForm where Value == Float {
    static var positive: ValueForm { .number(in: 1e-30...1e30) }
    static var finite: ValueForm { .number(in: -1e30...1e30) }
}

extension ValueForm where Value == DecibelScale.Reference {
    fileprivate static var reference: ValueForm {
        ValueForm(
            allowed: "a number above 0 or max",
            read: { node in
                if node.text == "max" { return .patchMaximum }
                return ValueForm<Float>.positive.read(node).map { .value($0) }
            },
            write: { reference in
                switch reference {
                case .value(let value): value.settingText
                case .patchMaximum: "max"
                }
            }
        )
    }
}

extension ValueForm where Value == [Float] {
    fileprivate static var numbers: ValueForm {
        ValueForm(
            allowed: "a number, or a list with a number for each band",
            read: { node in
                guard case .sequence(let nodes) = node.content else {
                    return ValueForm<Float>.finite.read(node).map { [$0] }
                }
                let numbers = nodes.compactMap(ValueForm<Float>.finite.read)
                return numbers.count == nodes.count ? numbers : nil
            },
            write: { numbers in
                let list = numbers.map(\.settingText).joined(separator: ", ")
                return numbers.count == 1 ? list : "[\(list)]"
            }
        )
    }
}
