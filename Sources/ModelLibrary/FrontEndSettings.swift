package import LogMelFeatures
package import Settings

/// The section `front_end` of a `model.yaml`, as it stands in the file.
///
/// Every key may be left out: `preset` names what then holds, and without a preset the values of
/// `FrontEnd()` do, with the last triangle ending at half the sample rate.
struct FrontEndSection: Sendable {
    private var preset: Preset?
    private var frontEnd = FrontEnd()
    private var maximumFrequencyHz: Double?
    private var compression = CompressionSection()
    private var normalisation = NormalisationSection()

    /// The keys of the section.
    static let settings = SettingsTable<FrontEndSection>([
        .optional("preset", \.preset, .choice, unsaid: "")
            .help("The front end that the keys change."),
        .value("representation", \.frontEnd.representation, .choice)
            .help("What a frame holds."),
        .value("sample_rate_hz", \.frontEnd.sampleRateHz, .wholeNumber(in: 1_000...768_000))
            .help("The rate that samples must have."),
        .value("sample_scale", \.frontEnd.sampleScale, .positive)
            .help("The factor on samples of ±1."),
        .value("remove_frame_mean", \.frontEnd.removesFrameMean, .flag)
            .help("Whether each frame's mean is subtracted."),
        .value("pre_emphasis", \.frontEnd.preEmphasis, .finite)
            .help("The pre-emphasis; 0 for none."),
        .value("window", \.frontEnd.window, .choice)
            .help("The shape of the analysis window."),
        .value("window_length", \.frontEnd.windowLength, .length)
            .help("Samples under the window."),
        .value("fft_length", \.frontEnd.fftLength, .length)
            .help("Samples in a Fourier transform."),
        .value("hop_length", \.frontEnd.hopLength, .length)
            .help("Samples from frame to frame."),
        .value("window_placement", \.frontEnd.windowPlacement, .choice)
            .help("Where a shorter window lies in the transform."),
        .value("framing", \.frontEnd.framing, .choice)
            .help("How frames lie on the recording."),
        .value("padding", \.frontEnd.padding, .choice)
            .help("What lies beyond the recording's ends."),
        .value("spectrum", \.frontEnd.spectrum, .choice)
            .help("Power or magnitude."),
        .value("mel_scale", \.frontEnd.melScale, .choice)
            .help("The formula from hertz to mel."),
        .value("mel_normalisation", \.frontEnd.melNormalisation, .choice)
            .help("Triangle heights."),
        .value("mel_triangles", \.frontEnd.melTriangles, .choice)
            .help("Where their sides are straight."),
        .value("band_count", \.frontEnd.melBandCount, .length)
            .help("The number of mel bands."),
        .value("min_frequency_hz", \.frontEnd.minimumFrequencyHz, .number(in: 0...384_000))
            .help("The lower edge of the first triangle."),
        .optional("max_frequency_hz", \.maximumFrequencyHz, .number(in: 0...384_000), unsaid: "")
            .help("The upper edge of the last triangle."),
        .section("compression", \.compression, CompressionSection.settings),
        .section("normalisation", \.normalisation, NormalisationSection.settings),
        .value("layout", \.frontEnd.layout, .choice)
            .help("The order of a patch's axes."),
        .value("channel_count", \.frontEnd.channelCount, .wholeNumber(in: 1...64))
            .help("How often the patch is repeated along the channel axis."),
    ])

    /// The section that states everything of a front end, so that it does not change with presets.
    init(_ frontEnd: FrontEnd) {
        self.frontEnd = frontEnd
        maximumFrequencyHz = frontEnd.maximumFrequencyHz
        compression = CompressionSection(frontEnd.compression)
        normalisation = NormalisationSection(frontEnd.normalisation)
    }

    /// Reads a section.
    ///
    /// - Parameters:
    ///   - node: The section.
    ///   - path: Its dotted path.
    ///   - reading: Receives every problem, with the line of the key at fault.
    /// - Returns: A front end that can be computed; nil if there are problems.
    static func read(
        _ node: YAMLNode,
        path: String,
        reading: inout DocumentReading
    ) -> FrontEnd? {
        var section = FrontEndSection()
        if let entry = node.entry(at: "preset"),
            let preset = ValueForm<Preset>.choice.read(entry.value)
        {
            section.frontEnd = preset.frontEnd
        }
        var found = DocumentReading()
        settings.read(node, path: path, into: &section, reading: &found)
        if found.problems.isEmpty { section.complete(from: node, path: path, reading: &found) }
        for problem in found.problems { reading.report(problem) }
        return found.problems.isEmpty ? section.frontEnd : nil
    }

    private init() {}

    /// Puts together what depends on several keys, and checks the whole.
    private mutating func complete(
        from node: YAMLNode,
        path: String,
        reading: inout DocumentReading
    ) {
        if let stated = maximumFrequencyHz {
            frontEnd.maximumFrequencyHz = stated
        } else if preset == nil {
            frontEnd.maximumFrequencyHz = Double(frontEnd.sampleRateHz) / 2
        }
        do {
            if node.entry(at: "compression") != nil {
                frontEnd.compression = try compression.value()
            }
            if node.entry(at: "normalisation") != nil {
                frontEnd.normalisation = try normalisation.value()
            }
            try frontEnd.validate()
        } catch let missing as MissingKey {
            let section = node.entry(at: missing.section)
            reading.report(
                DocumentProblem(
                    position: section?.keyPosition ?? node.position,
                    key: "\(path).\(missing.section).\(missing.key)",
                    found: "nothing",
                    allowed: missing.allowed,
                    advice: "add the key '\(missing.key)' to this section"
                )
            )
        } catch FrontEndError.invalidValue(let field, let value, let allowed) {
            reading.report(
                DocumentProblem(
                    position: node.entry(at: field)?.value.position ?? node.position,
                    key: "\(path).\(field)",
                    found: value,
                    allowed: allowed
                )
            )
        } catch {
            reading.refuse(node, for: path, allowed: "a front end, see docs/front-ends.md")
        }
    }
}

extension ModelDescription {
    /// Reads the section `front_end`, for this file and those of a training.
    @Sendable package static func readFrontEnd(
        _ node: YAMLNode,
        path: String,
        reading: inout DocumentReading
    ) -> FrontEnd? {
        FrontEndSection.read(node, path: path, reading: &reading)
    }
}

extension ValueForm where Value == Int {
    /// A number of samples or bands; the front end itself knows the limits.
    fileprivate static var length: ValueForm { .wholeNumber(in: 1...1_048_576) }
}

// MARK: - Writing

/// Written as the section stands in a file, complete, so that it does not change with presets.
extension FrontEnd: Encodable {
    package func encode(to encoder: any Encoder) throws {
        let values = FrontEndSection.settings.values(of: FrontEndSection(self))
        let entries = values.filter { !$0.text.isEmpty }
            .map { (path: $0.key.split(separator: "."), text: $0.text) }
        try WrittenSection(entries: entries).encode(to: encoder)
    }
}

/// Keys with values in the file's words, which become numbers, truths, lists and sections.
private struct WrittenSection: Encodable {
    let entries: [(path: [Substring], text: String)]

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        var seen: Set<Substring> = []
        for (path, text) in entries where seen.insert(path[0]).inserted {
            let key = Key(stringValue: String(path[0]))
            if path.count > 1 {
                let inner = entries.filter { $0.path[0] == path[0] }
                    .map { (path: Array($0.path.dropFirst()), text: $0.text) }
                try container.encode(WrittenSection(entries: inner), forKey: key)
            } else if let flag = Bool(text) {
                try container.encode(flag, forKey: key)
            } else if let number = Int(text) {
                try container.encode(number, forKey: key)
            } else if let number = Double(text) {
                try container.encode(number, forKey: key)
            } else if text.hasPrefix("[") {
                let numbers = text.split { "[], ".contains($0) }.compactMap { Double($0) }
                try container.encode(numbers, forKey: key)
            } else {
                try container.encode(text, forKey: key)
            }
        }
    }
}
