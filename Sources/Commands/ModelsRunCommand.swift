import ArgumentParser
import Foundation
import ModelLibrary
import NeuralNetwork

extension ModelsCommand {
    /// `earwitness models run M IN.npy… --output DIR`.
    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Runs the bare network on given tensors, to check a conversion.",
            discussion: """
                Give one .npy file for each input of the network, in the network's order; the \
                shapes that the network leaves open are taken from them. Every output becomes \
                NAME.npy in the folder; one that cannot be computed, as a classifier's labels, is \
                left out.
                """
        )

        @Argument(help: "The model, by name or path, or the path of a .onnx file.")
        var model: String
        @Argument(help: ArgumentHelp("The inputs, one file each.", valueName: "in.npy"))
        var inputs: [String]
        @Option(help: ArgumentHelp("The folder for the outputs.", valueName: "folder"))
        var output: String
        @OptionGroup var service: ServiceOptions

        func run() throws {
            let network = try self.network()
            let tensors = try NetworkInputs(of: network.graph, files: inputs).tensors
            let shapes = Dictionary(tensors.map { ($0.name, $0.shape) }) { first, _ in first }
            let session = try InferenceSession(
                model: network,
                options: LoadOptions(inputShapes: shapes, requiredOutputs: [])
            )
            let results = try session.run(tensors)
            try OutputFolder.create(output, for: "the outputs")
            var rows: [[String]] = []
            for result in results {
                let path = "\(output)/\(OutputFolder.fileName(for: result.name)).npy"
                try NPYArray(result).write(path: path)
                rows.append([result.name, "\(result.elementType.name)\(result.shape)", path])
            }
            let names = Set(results.map(\.name))
            for output in network.graph.outputs where !names.contains(output.name) {
                rows.append([output.name, "left out: an operator before it is not supported"])
            }
            for row in rows {
                StandardError.write(row.joined(separator: "  ") + "\n")
            }
        }

        private func network() throws -> Model {
            guard model.hasSuffix(".onnx") else { return try service.loadModel(model).network }
            guard FileManager.default.fileExists(atPath: model) else {
                throw CommandFailure(.noInput, "There is no file '\(model)'. Check the path.")
            }
            do {
                return try Model(path: model)
            } catch {
                throw CommandFailure(.badData, "\(model): \(error.description)")
            }
        }
    }
}
