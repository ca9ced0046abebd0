import Platform

/// One thing that is listened to: an element of `sources`.
package struct SourceSettings: Equatable, Sendable {
    /// The name in events.
    package var name: String
    /// Where the sound comes from.
    package var input: SourceInput
    /// The models that listen to it, by name or path; nil: the common ones.
    package var models: [String]?
    /// The rate requested from the device, in Hz; nil: the device's own.
    package var sampleRateHz: Int?
    /// The number of channels requested from the device; nil: the device's own.
    package var channels: Int?
    /// Which channel is used.
    package var channel: ChannelSelection
    /// How a program writes samples; nil for any other input, and for signed 16 bits.
    package var format: SampleEncoding?
    /// What is added to the level, in dB.
    package var gainDB: Float
    /// Whether sound levels are measured and written down, minute by minute.
    package var measuresLevels: Bool
    /// What makes sound pressure levels of them; nil: they stay relative to full scale.
    package var calibration: SoundCalibration?

    /// Creates the settings of a source.
    package init(
        name: String = "",
        input: SourceInput = .device("default"),
        models: [String]? = nil,
        sampleRateHz: Int? = nil,
        channels: Int? = nil,
        channel: ChannelSelection = .mix,
        format: SampleEncoding? = nil,
        gainDB: Float = 0,
        measuresLevels: Bool = true,
        calibration: SoundCalibration? = nil
    ) {
        self.name = name
        self.input = input
        self.models = models
        self.sampleRateHz = sampleRateHz
        self.channels = channels
        self.channel = channel
        self.format = format
        self.gainDB = gainDB
        self.measuresLevels = measuresLevels
        self.calibration = calibration
    }
}

extension SourceSettings {
    /// The keys of an element of `sources`.
    package static let settings = SettingsTable<SourceSettings>([
        .value("name", \.name, .name, appliesLive: false).required
            .help("The name that events of this source carry."),
        .optional("device", \.device, .sourceInput, unsaid: "none", appliesLive: false)
            .help("Where the sound comes from; `earwitness devices` lists the capture devices."),
        .value("command", \.command, .sourceProgram, appliesLive: false)
            .help("A program that writes PCM to its standard output, instead of `device`."),
        .optional(
            "models",
            \.models,
            .modelNames,
            unsaid: "those of `model` or `models`",
            appliesLive: false
        )
        .help("The models for this source, instead of `model` or `models`."),
        .optional(
            "sample_rate",
            \.sampleRateHz,
            .wholeNumber(in: 4_000...768_000),
            word: "auto",
            appliesLive: false
        )
        .help("The sample rate requested from the device, in Hz."),
        .optional(
            "channels",
            \.channels,
            .wholeNumber(in: 1...64),
            word: "auto",
            appliesLive: false
        )
        .help("The number of channels requested from the device; auto: the device's own."),
        .value("channel", \.channel, .channel, appliesLive: false)
            .help("The channel to listen to, from 1, or `mix`, the mean of all."),
        .optional("format", \.format, .choice, unsaid: "s16le", appliesLive: false)
            .help("How the program of `command` writes a sample, in FFmpeg's words."),
        .value("gain_db", \.gainDB, .number(in: -60...60), appliesLive: false)
            .help("Gain applied to the input before anything else, in dB."),
        .value("levels", \.measuresLevels, .flag, appliesLive: false)
            .help("Whether sound levels are measured and stored every minute."),
        .optional("calibration", \.calibration, .calibration, word: "none", appliesLive: false)
            .help("The calibration from dBFS to dB SPL; `earwitness calibrate` measures it."),
    ])
}

/// Where a source's sound comes from: the value of `device`, and the SPEC of `run --source`.
package enum SourceInput: Equatable, Sendable, CustomStringConvertible {
    /// An ALSA PCM, such as `default`, `hw:1,0` or `plughw:CARD=Mic`.
    case device(String)
    /// A recording, played at real-time pace.
    case file(path: String)
    /// The demo recording.
    case demo
    /// A program that writes PCM to its standard output: the program and its arguments.
    case program([String])

    /// Reads an ALSA PCM name, `file:PATH` or `demo`; nil if the text is empty or has no path.
    package init?(specification: String) {
        if specification == "demo" {
            self = .demo
        } else if specification.hasPrefix("file:") {
            let path = specification.dropFirst("file:".count)
            guard !path.isEmpty else { return nil }
            self = .file(path: String(path))
        } else {
            guard !specification.isEmpty, !specification.contains(where: \.isNewline) else {
                return nil
            }
            self = .device(specification)
        }
    }

    /// Whether it is a program that writes PCM.
    package var isProgram: Bool { if case .program = self { true } else { false } }

    package var description: String {
        switch self {
        case .device(let name): name
        case .file(let path): "file:\(path)"
        case .demo: "demo"
        case .program(let words):
            AddressText.withoutCredentials(words.map(Self.shellWord).joined(separator: " "))
        }
    }
}

extension SourceInput {
    /// A word as a shell needs it, since what is shown is tried in a terminal.
    private static func shellWord(_ word: String) -> String {
        let isPlain = word.wholeMatch(of: /[A-Za-z0-9_.,:\/@%+=-]+/) != nil
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}

/// How a program writes a sample: signed or float, its bits, the order of its bytes.
package enum SampleEncoding: String, CaseIterable, Sendable {
    case s16le, s16be, s24le, s24be, s32le, s32be, f32le, f32be
}

extension SourceSettings {
    /// The input in so far as `device` names it; nil for a program.
    fileprivate var device: SourceInput? {
        get { input.isProgram ? nil : input }
        set { if let newValue { input = newValue } }
    }

    /// The program in so far as `command` names it; empty for any other input.
    fileprivate var command: [String] {
        get { if case .program(let words) = input { words } else { [] } }
        set { input = .program(newValue) }
    }
}

/// Which of a device's channels is listened to.
package enum ChannelSelection: Equatable, Sendable {
    /// The mean of all channels.
    case mix
    /// One channel, counted from 1.
    case only(number: Int)

    /// The channel's index from 0; nil for the mix.
    package var index: Int? {
        guard case .only(let number) = self else { return nil }
        return number - 1
    }
}

extension ValueForm where Value == SourceInput {
    /// An ALSA PCM name, `file:PATH` or `demo`.
    static var sourceInput: ValueForm {
        ValueForm(
            allowed: "an ALSA PCM name (default, plughw:CARD=Mic), file:PATH or demo",
            read: { node in node.text.flatMap(SourceInput.init(specification:)) },
            write: { $0.description }
        )
    }
}

extension ValueForm where Value == [String] {
    /// A program that writes sound, and its arguments.
    static var sourceProgram: ValueForm {
        ValueForm(
            allowed: "a list of a program and its arguments, such as "
                + "[arecord, -q, -t, raw, -f, S16_LE, -r, 16000]",
            read: { node in
                guard case .sequence = node.content, let words = node.texts,
                    let name = words.first, !name.isEmpty, name != "-",
                    name.hasPrefix("/") || !name.contains(where: { $0 == "/" || $0 == " " }),
                    words.allSatisfy({ !$0.utf8.contains(0) && !$0.contains(where: \.isNewline) })
                else { return nil }
                return words
            },
            write: { words in
                let text = AddressText.withoutCredentials(words.joined(separator: ", "))
                return words.isEmpty ? "none" : "[\(text)]"
            },
            advice: { node in
                switch node.texts?.first {
                case let first? where first.contains(" "):
                    "there is no shell: write each argument as an element of the list"
                case let first? where first.contains("/"):
                    "give the program's whole path, or its name alone"
                default: ""
                }
            }
        )
    }

    /// A list of models, or one of them by itself.
    static var modelNames: ValueForm {
        let name = ValueForm<String>.text("a model's name or the path of its folder")
        return ValueForm(
            allowed: "a list of models by name or path, such as [household-2, birds]",
            read: { node in
                guard case .sequence(let nodes) = node.content else {
                    return name.read(node).map { [$0] }
                }
                let names = nodes.compactMap(name.read)
                return names.count == nodes.count ? names : nil
            },
            write: { "[\($0.joined(separator: ", "))]" }
        )
    }
}

extension ValueForm where Value == ChannelSelection {
    /// `mix` or the number of a channel.
    static var channel: ValueForm {
        ValueForm(
            allowed: "mix, or a channel's number from 1 to 64",
            read: { node in
                guard let text = node.plainText else { return nil }
                if text == "mix" { return .mix }
                guard let number = Int(text), (1...64).contains(number) else { return nil }
                return .only(number: number)
            },
            write: { selection in
                switch selection {
                case .mix: "mix"
                case .only(let number): String(number)
                }
            },
            advice: ValueForm<Int>.wholeNumber(in: 1...64).advice
        )
    }
}
