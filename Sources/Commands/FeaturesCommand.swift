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
            it. What a front end does to a whole window, such as a normalisation per patch, is not \
            in it.
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
                "--output is the recording '\(path)' itself. Choose another place."
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
