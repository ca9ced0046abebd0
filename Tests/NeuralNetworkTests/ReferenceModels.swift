import NeuralNetwork
import TestSupport

/// The trained networks that the tests hold the engine against.
enum ReferenceModels {
    /// The network's model file.
    static func model(_ name: String) throws -> Model {
        try Model(path: ReferenceNetworks.path("model.onnx", of: name))
    }

    /// One of the arrays that came with the network.
    static func array(_ file: String, of name: String) throws -> NPYArray {
        try NPYArray(path: ReferenceNetworks.path("\(file).npy", of: name))
    }
}
