import ArgumentParser
import AudioFiles
import LogMelFeatures
import ModelLibrary
import NeuralNetwork
import Platform
import Settings

/// `earwitness features`: what a model's network would see of a recording.
struct FeaturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features",
        abstract: "Writes a model's input features of a recording, to check a front end.",
        discussion: """
            The file holds one array of 32-bit floats, shape [frames, bands], as numpy.load reads \
            it. Normalisation over a whole window (per patch) is not applied.
            """
    )

    @Argument(help: "The recording.") var path: String
    @Option(help: "The model, by name or path; without it the configured one.") var model: String?
    @Option(help: ArgumentHelp("The file to write.", valueName: "f.npy")) var output: String
    @Option(help: RecordingChannel.help) var channel = RecordingChannel.mix
    @OptionGroup var service: ServiceOptions

    func run() throws {
        let model = try service.loadModel(
            try self.model ?? service.loadConfiguration().commonModels[0]
        )
        if let recording = FileFacts(path), FileFacts(output)?.identity == recording.identity {
            throw CommandFailure(
                .usage,
                "--output is the recording '\(path)' itself. Choose another path."
            )
        }
        var features: [Float] = []
        let outcome = try RecordingFeatures(frontEnd: model.frontEnd, channel: channel)
            .forEachPiece(of: path) { piece in
                for index in piece.indices { features.append(piece[index]) }
            }
        let bandCount = model.frontEnd.bandCount
        let shape = [features.count / bandCount, bandCount]
        try NPYArray(shape: shape, floats: features).write(path: output)
        StandardError.write(
            "\(PathText.shown(output)): \(shape[0]) frames of \(bandCount) bands\n"
        )
        for warning in outcome.warnings { StandardError.writeMessage(warning) }
        if let reason = outcome.incompleteReason { throw CommandFailure(.badData, reason) }
    }
}

/// The features of a recording, piece by piece in constant memory.
struct RecordingFeatures {
    /// The front end that computes them.
    let frontEnd: FrontEnd
    /// What is read of a recording with several channels.
    var channel = RecordingChannel.mix

    /// Samples that are read at a time; the features do not depend on it.
    private static let framesPerRead = 1 << 15

    /// Hands out all frames of a recording.
    ///
    /// - Parameters:
    ///   - path: A recording, at any rate.
    ///   - each: Called with the next frames, shape `[frames, bandCount]`.
    /// - Returns: Why the recording breaks off before its end, nil if it is whole; and what a person
    ///   should know of how it was read.
    /// - Throws: When the file is not a recording, or what `each` throws.
    func forEachPiece(
        of path: String,
        _ each: (Span<Float>) throws -> Void
    ) throws -> (incompleteReason: String?, warnings: [String]) {
        let reader = try RecordingReader(path: path, channel: channel)
        let resampler = try StreamingResampler(
            fromRateHz: reader.sampleRateHz,
            toRateHz: frontEnd.sampleRateHz
        )
        let extractor = try FeatureExtractor(frontEnd)
        var (samples, resampled, features): ([Float], [Float], [Float]) = ([], [], [])
        var hasSound = false
        var incompleteReason: String?
        while incompleteReason == nil {
            samples.removeAll(keepingCapacity: true)
            do throws(RecordingError) {
                guard try reader.readMono(into: &samples, upTo: Self.framesPerRead) > 0 else {
                    break
                }
            } catch {
                guard hasSound else { throw error }
                incompleteReason = error.description
            }
            hasSound = true
            resampled.removeAll(keepingCapacity: true)
            resampler.process(samples.span, appendingTo: &resampled)
            features.removeAll(keepingCapacity: true)
            extractor.process(resampled.span, appendingTo: &features)
            try each(features.span)
        }
        resampled.removeAll(keepingCapacity: true)
        resampler.flush(appendingTo: &resampled)
        features.removeAll(keepingCapacity: true)
        extractor.process(resampled.span, appendingTo: &features)
        extractor.finish(appendingTo: &features)
        try each(features.span)
        return (incompleteReason ?? reader.truncation?.message, reader.warnings)
    }
}

extension FrontEnd {
    /// What of the sound the front end looks at, in hertz.
    var frequencyRangeHz: ClosedRange<Double> {
        switch representation {
        case .melBands: minimumFrequencyHz...max(minimumFrequencyHz, maximumFrequencyHz)
        case .stft, .waveform: 0...Double(sampleRateHz) / 2
        }
    }
}

extension [ClosedRange<Double>] {
    /// From the lowest to the highest of all; at least one.
    var joined: ClosedRange<Double> {
        let lowest = map(\.lowerBound).min() ?? 0
        return lowest...Swift.max(lowest, map(\.upperBound).max() ?? lowest)
    }
}
