import ArgumentParser
import Detection
import Evaluation
import Foundation
import LogMelFeatures
import ModelLibrary
import NeuralNetwork
import Settings
import SoundDatasets

/// `earwitness models`: the installed models, what is in one, and which of them listen.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Lists, adds, chooses, inspects and removes models.",
        subcommands: [
            List.self, Add.self, Use.self, Remove.self, Inspect.self, Run.self,
        ],
        defaultSubcommand: List.self
    )

    /// `earwitness models`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Lists the installed models."
        )

        @OptionGroup var service: ServiceOptions

        func run() throws {
            let inUse = try service.loadConfiguration().namedModels
                .compactMap { try? service.models.folder(of: $0.name) }
                .map { URL(fileURLWithPath: $0).resolvingSymlinksInPath() }
            let installation = service.installation
            var rows: [[String]] = []
            for folder in service.models.list() {
                do {
                    let model = try SoundModel.load(folder: folder)
                    rows.append([
                        inUse.contains(URL(fileURLWithPath: folder).resolvingSymlinksInPath())
                            ? "*" : "",
                        model.name, model.version, Self.classCount(of: model),
                        ModelSizeText.text(of: folder),
                        installation.isOwn(folder) ? "added" : "built in", folder,
                    ])
                } catch {
                    StandardError.writeMessage(error.description)
                }
            }
            try StandardOutput.write(
                TextTable(
                    header: ["", "model", "version", "classes", "size", "origin", "folder"],
                    rows: rows,
                    rightAligned: [3, 4]
                ).text
            )
        }

        /// The classes that are reported by default, of how many the network has.
        private static func classCount(of model: SoundModel) -> String {
            let network = model.about.classes.count
            return model.about.groups.isEmpty
                ? "\(network)" : "\(model.about.groups.count) of \(network)"
        }
    }
}

extension ModelsCommand {
    /// `earwitness models inspect M`.
    struct Inspect: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows a model's front end, layers, parameters, classes and metrics.",
            discussion: """
                Of a .onnx or .tflite file alone it shows inputs, outputs and layers. On a terminal, \
                long names of layers are shortened.
                """
        )

        @Argument(help: "The model, by name or path, or the path of a .onnx or .tflite file.")
        var model: String
        @OptionGroup var service: ServiceOptions

        func run() throws {
            let width = StandardOutput.terminalWidth
            if let network = try BareNetwork(path: model) {
                return try StandardOutput.write(NetworkReport(network, width: width).text)
            }
            let model = try service.loadModel(self.model)
            try StandardOutput.write(try ModelReport(model, width: width).text)
        }
    }
}

extension ModelsCommand {
    /// `earwitness models run M IN.npy… --output DIR`.
    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Runs only the network on given tensors, to check a conversion.",
            discussion: """
                Give one .npy file for each input of the network, in the network's order; the \
                files set the shapes that the network leaves open. Every output is written to \
                NAME.npy in the folder; an output that cannot be computed, such as a classifier's \
                labels, is skipped.
                """
        )

        @Argument(help: "The model, by name or path, or the path of a .onnx or .tflite file.")
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
            let (session, given) = try session(for: network, tensors, shapes)
            let results = try session.run(given)
            try OutputFolder.create(output, for: "the outputs")
            var rows: [[String]] = []
            for result in results {
                let path = "\(output)/\(OutputFolder.fileName(for: result.name)).npy"
                try NPYArray(result).write(path: path)
                rows.append([result.name, "\(result.elementType.name)\(result.shape)", path])
            }
            let names = Set(results.map(\.name))
            for output in network.graph.outputs where !names.contains(output.name) {
                rows.append([output.name, "skipped: an operator before it is not supported"])
            }
            for row in rows {
                StandardError.write(row.joined(separator: "  ") + "\n")
            }
        }

        /// A session for the tensors, and those of them that a run takes.
        ///
        /// A single integer or truth value may decide what the network does, such as a sample rate: it
        /// is a constant for this run if the network cannot do without.
        private func session(
            for network: Model,
            _ tensors: [Tensor],
            _ shapes: [String: [Int]]
        ) throws -> (InferenceSession, [Tensor]) {
            do {
                let options = LoadOptions(inputShapes: shapes, requiredOutputs: [])
                return (try InferenceSession(model: network, options: options), tensors)
            } catch {
                let constants = tensors.filter {
                    $0.values.count == 1 && [.int64, .int32, .bool].contains($0.elementType)
                }
                guard !constants.isEmpty else { throw error }
                let names = Set(constants.map(\.name))
                let options = LoadOptions(
                    inputShapes: shapes.filter { !names.contains($0.key) },
                    constants: Dictionary(uniqueKeysWithValues: constants.map { ($0.name, $0) }),
                    requiredOutputs: []
                )
                return (
                    try InferenceSession(model: network, options: options),
                    tensors.filter { !names.contains($0.name) }
                )
            }
        }

        private func network() throws -> Model {
            try BareNetwork(path: model)?.model ?? service.loadModel(model).network
        }
    }
}

/// The tensors for a network's inputs, read from files.
struct NetworkInputs {
    /// One tensor an input, in the network's order and with its name.
    let tensors: [Tensor]

    /// Reads one file an input.
    ///
    /// - Parameters:
    ///   - graph: The network.
    ///   - files: The paths of `.npy` files, in the order of the network's inputs.
    /// - Throws: When there are more or fewer files than inputs, or one is no array.
    init(of graph: Graph, files: [String]) throws(CommandFailure) {
        // Old files list their weights as inputs too.
        let weights = Set(graph.initializers.map(\.name))
        let names = graph.inputs.map(\.name).filter { !weights.contains($0) }
        guard files.count == names.count else {
            throw CommandFailure(
                .usage,
                "The network has \(names.count) input(s), \(names.joined(separator: ", ")), but "
                    + "\(files.count) file(s) are given. Give one file per input, in this order."
            )
        }
        var tensors: [Tensor] = []
        for (name, path) in zip(names, files) {
            tensors.append(try Self.tensor(name: name, path: path))
        }
        self.tensors = tensors
    }

    private static func tensor(name: String, path: String) throws(CommandFailure) -> Tensor {
        guard FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure(.noInput, "There is no file '\(path)'. Check the path.")
        }
        do {
            let array = try NPYArray(path: path)
            return Tensor(name: name, shape: array.shape, values: array.values)
        } catch {
            throw CommandFailure(.badData, "\(path): \(error.description)")
        }
    }
}

extension NPYArray {
    /// An output of a network as an array.
    ///
    /// - Throws: When the numbers are of a type that cannot be written, such as strings.
    init(_ tensor: Tensor) throws(CommandFailure) {
        if case .opaque = tensor.values {
            throw CommandFailure(
                .badData,
                "Output '\(tensor.name)' has type \(tensor.elementType.name), which cannot be "
                    + "written as .npy. Cast it to float in the network."
            )
        }
        self.init(shape: tensor.shape, values: tensor.values)
    }
}
