import Foundation
import NeuralNetwork

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
                "The network takes \(names.count) input(s), \(names.joined(separator: ", ")); "
                    + "\(files.count) file(s) are given. Give one file an input, in this order."
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
            return Tensor(name: name, array: try NPYArray(path: path))
        } catch {
            throw CommandFailure(.badData, "\(path): \(error.description)")
        }
    }
}
