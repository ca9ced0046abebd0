import Detection
package import LogMelFeatures
package import NeuralNetwork

/// What a user says of a network that is added, where the file does not say it.
package struct AddedModelOptions: Equatable, Sendable {
    /// The model's name; nil: after the kind of network, else after the file.
    package var name: String?
    /// The front end by name, for a network that takes spectrograms.
    package var preset: Preset?
    /// The rate in Hz, for a network that takes samples.
    package var sampleRateHz: Int?
    /// The output with one number a class, where there are several.
    package var scores: String?
    /// What makes probabilities of that output.
    package var activation: ScoreActivation?
    /// How willing BirdNET is to name a species, 0.5 to 1.5.
    package var sensitivity: Double?
    /// The seconds that neighbouring windows share.
    package var overlap: Double?
    /// Where the model will listen.
    package var location = LocationDescription()
    /// The licence under which the user has the file.
    package var licence: String?

    /// Creates the options of a user who says nothing.
    package init() {}
}

/// Why a file does not become a model, and what to do about it, in one line.
package struct AddedModelError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The exit code of a command that fails with it, as in `sysexits.h`.
    package let exitCode: Int32
    package let description: String

    /// Something that only the user knows is missing, or is not possible.
    static func usage(_ text: String) -> AddedModelError {
        AddedModelError(exitCode: 64, description: text)
    }

    /// The network or the labels can't be used.
    static func badData(_ text: String) -> AddedModelError {
        AddedModelError(exitCode: 65, description: text)
    }
}

/// A network as its file has it: what can be known of its use.
package struct AddedNetwork: Sendable {
    /// A kind of network that is recognised.
    package enum Kind: Equatable, Sendable {
        case yamnet, birdNET
        /// Teachable Machine's sound project as it exports it for TensorFlow Lite.
        case teachableMachine
        case other
    }

    /// What kind it is.
    package let kind: Kind
    /// The name of its input, or of the output from which it is used on.
    package let input: String
    /// The lengths of the input's axes that are not 1.
    let axes: [Int]
    /// The name of the output with one number a class.
    package let scores: String
    /// The number of classes; nil if the network leaves it open.
    package let classCount: Int?

    private static let yamnetSamples = 15_600
    private static let yamnetPatch = [96, 64]
    private static let yamnetClasses = 521
    private static let birdNETSamples = 144_000
    private static let birdNETClasses = 6_522
    private static let teachableMachineSamples = 44_032

    /// Looks at a network.
    ///
    /// - Parameters:
    ///   - model: The content of its file.
    ///   - options: What the user says of it.
    ///   - labelCount: How many labels there are; nil: none are known.
    /// - Throws: What is missing, or why it can't be listened with.
    package init(
        _ model: Model,
        options: AddedModelOptions,
        labelCount: Int?
    ) throws(AddedModelError) {
        let weights = Set(model.graph.initializers.map(\.name))
        let inputs = model.graph.inputs.filter { !weights.contains($0.name) }
        guard let input = inputs.first, inputs.count == 1 else {
            throw .badData(
                "The network has \(inputs.count) inputs instead of one, so that it can't be "
                    + "listened with; 'earwitness models run' runs it on given tensors."
            )
        }
        guard Self.openAxes(of: input) == 0 else {
            throw .badData(
                "The input '\(input.name)' leaves the length of an axis open "
                    + "([\((input.shape ?? []).map(\.description).joined(separator: ", "))]). Export "
                    + "the network with fixed lengths, or write its model.yaml by hand "
                    + "(docs/models.md)."
            )
        }
        let axes = Self.longAxes(of: input)
        let output = try Self.output(of: model, named: options.scores, labelCount: labelCount)
        scores = output.name
        classCount = Self.classCount(of: output)
        kind =
            switch (axes, classCount) {
            case ([Self.yamnetSamples], Self.yamnetClasses), (Self.yamnetPatch, Self.yamnetClasses):
                .yamnet
            case ([Self.birdNETSamples], Self.birdNETClasses): .birdNET
            case ([Self.teachableMachineSamples], _): .teachableMachine
            default: .other
            }
        // YAMNet gives its spectrogram too. Taken from there on, what overlapping windows share is
        // computed once.
        let spectrogram = model.graph.outputs.first {
            Self.longAxes(of: $0) == Self.yamnetPatch && model.starting(at: $0.name) != nil
        }
        let start = kind == .yamnet ? spectrogram ?? input : input
        self.input = start.name
        self.axes = Self.longAxes(of: start)
    }

    /// Whether the input is a stretch of samples, rather than a spectrogram.
    package var takesSamples: Bool { axes.count == 1 }

    /// The front end and the number of frames in a window.
    ///
    /// - Throws: The option that is missing, with what it may be.
    package func frontEnd(
        _ options: AddedModelOptions
    ) throws(AddedModelError) -> (frontEnd: FrontEnd, preset: Preset?, windowFrames: Int) {
        switch axes.count {
        case 1: try waveform(axes[0], options)
        case 2: try patch(axes[0], axes[1], options)
        default:
            throw .badData(
                "The input '\(input)' has \(axes.count) axes longer than 1 (\(axesText)); a model "
                    + "takes samples (1 axis) or a spectrogram (2). Write its model.yaml by hand "
                    + "(docs/models.md)."
            )
        }
    }

    private func waveform(
        _ count: Int,
        _ options: AddedModelOptions
    ) throws(AddedModelError) -> (FrontEnd, Preset?, Int) {
        guard options.preset == nil else {
            throw .usage("The network takes \(count) samples, so leave out --preset.")
        }
        let known: Int? =
            switch kind {
            case .yamnet: 16_000
            case .birdNET: 48_000
            case .teachableMachine: 44_100
            case .other: nil
            }
        guard let rate = options.sampleRateHz ?? known else {
            throw .usage(
                "The network takes \(count) samples; their rate is unknown. Give it as --rate HZ, "
                    + "such as 16000 (\(Self.seconds(count, 16_000))), 22050, 32000, 44100 or "
                    + "48000 (\(Self.seconds(count, 48_000)))."
            )
        }
        var frontEnd = FrontEnd()
        frontEnd.representation = .waveform
        frontEnd.sampleRateHz = rate
        frontEnd.maximumFrequencyHz = Double(rate) / 2
        frontEnd.hopLength = kind == .yamnet ? 240 : Self.hop(of: count, rateHz: rate)
        return (frontEnd, nil, count / frontEnd.hopLength)
    }

    private func patch(
        _ rows: Int,
        _ columns: Int,
        _ options: AddedModelOptions
    ) throws(AddedModelError) -> (FrontEnd, Preset?, Int) {
        guard options.sampleRateHz == nil else {
            throw .usage(
                "The network takes spectrograms, whose rate follows from --preset; leave out "
                    + "--rate."
            )
        }
        guard [rows, columns] != [43, 232] else {
            throw .badData(
                "The network takes Teachable Machine's spectrograms of a browser (43 × 232), which "
                    + "can't be computed here. Export the project as TensorFlow Lite instead: that "
                    + "network takes samples."
            )
        }
        guard let preset = options.preset ?? (kind == .yamnet ? .yamnet : nil) else {
            let fitting = Preset.allCases.filter {
                [rows, columns].contains($0.frontEnd.bandCount)
            }
            let words = (fitting.isEmpty ? Preset.allCases : fitting).map(\.rawValue)
            throw .usage(
                "The network takes spectrograms of \(rows) × \(columns); how they are made is "
                    + "unknown. Give it as --preset NAME, one of \(words.joined(separator: ", "))"
                    + (fitting.isEmpty ? "" : " (with as many bands; any other gets them)") + "."
            )
        }
        var frontEnd = preset.frontEnd
        let bands = frontEnd.bandCount
        if rows == bands, columns != bands {
            frontEnd.layout = .bandsByFrames
        } else if columns == bands, rows != bands {
            frontEnd.layout = .framesByBands
        }
        let isFramesByBands = frontEnd.layout == .framesByBands
        frontEnd.melBandCount = isFramesByBands ? columns : rows
        return (frontEnd, preset, isFramesByBands ? rows : columns)
    }

    private var axesText: String { axes.map(String.init).joined(separator: " × ") }

    /// The samples of a frame: of those that divide a window the nearest to 10 ms.
    private static func hop(of count: Int, rateHz: Int) -> Int {
        let wanted = rateHz / 100
        let divisors = (1...max(1, count)).filter { count % $0 == 0 && $0 >= rateHz / 1_000 }
        return divisors.min { abs($0 - wanted) < abs($1 - wanted) } ?? count
    }

    private static func seconds(_ count: Int, _ rateHz: Int) -> String {
        let hundredths = (Double(count) / Double(rateHz) * 100).rounded()
        return "\(hundredths / 100) s"
    }

    private static func longAxes(of value: ValueInfo) -> [Int] {
        lengths(of: value).filter { $0 != 1 }
    }

    /// How many axes behind the first, that of the batch, have no fixed length.
    private static func openAxes(of value: ValueInfo) -> Int {
        (value.shape ?? []).dropFirst().count { if case .fixed = $0 { false } else { true } }
    }

    private static func lengths(of value: ValueInfo) -> [Int] {
        (value.shape ?? []).compactMap { if case .fixed(let length) = $0 { length } else { nil } }
    }

    private static func classCount(of output: ValueInfo) -> Int? {
        let lengths = lengths(of: output)
        let count = lengths.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
        return lengths.isEmpty || count < 1 ? nil : count
    }

    /// The output with one number a class.
    private static func output(
        of model: Model,
        named name: String?,
        labelCount: Int?
    ) throws(AddedModelError) -> ValueInfo {
        let outputs = model.graph.outputs.filter { $0.elementType == .float32 }
        let texts = outputs.map {
            "\($0.name) (\(classCount(of: $0).map(String.init) ?? "?") numbers)"
        }
        if let name {
            guard let output = outputs.first(where: { $0.name == name }) else {
                throw .usage(
                    "The network has no output '\(name)'. Give --scores one of "
                        + "\(texts.joined(separator: ", "))."
                )
            }
            return output
        }
        for count in [labelCount, yamnetClasses].compactMap(\.self) {
            let fitting = outputs.filter { classCount(of: $0) == count }
            if fitting.count == 1 { return fitting[0] }
        }
        guard let output = outputs.first else {
            throw .badData("The network has no output of float numbers.")
        }
        guard outputs.count == 1 else {
            throw .usage(
                "The network has \(outputs.count) outputs. Give the one with a number a class as "
                    + "--scores NAME: \(texts.joined(separator: ", "))."
            )
        }
        return output
    }
}
