import Foundation
package import LogMelFeatures
import ModelLibrary
package import NeuralNetwork
import Platform
import SoundDatasets

/// A trained network that a training continues from, with a new last layer for its own classes or
/// with a row of its last layer for each group of its classes, or several that are combined as they
/// are.
package struct ContinuedNetwork: Equatable, Sendable {
    /// What the network is called in messages and on the card.
    package let name: String
    /// From samples to features, with the normalisation that the network was trained on.
    package let frontEnd: FrontEnd
    /// The number of frames in a window.
    package let windowFrames: Int
    /// How many of the first layers are frozen.
    package let frozenLayers: Int
    /// All but the last layer; gives ``Architecture/embeddingName``.
    let body: Model
    /// The shape of the input for one window.
    let windowShape: [Int]
    let embeddingSize: Int
    let frozen: Set<String>
    let digest: String
    /// The last layer to begin with; nil for one of random weights.
    let head: LastLayer?
    /// The network as it was, where its classes are taken together; it teaches the new one.
    let teacher: GroupTeacher?
    /// How the first of several networks was trained, as its model says.
    let firstRecipe: String?

    /// Reads a network from a model folder or, with its front end, from an ONNX or TFLite file.
    ///
    /// - Parameters:
    ///   - path: The folder or the file.
    ///   - frontEnd: What a file's input is, or what its first convolution of images reads where
    ///     a TFLite file computes that itself; a folder describes its own.
    ///   - windowFrames: How many frames a file's network sees.
    ///   - frozenLayers: How many of the first layers with weights are frozen.
    ///   - groups: Which of its classes make each of the training's; nil for new classes.
    /// - Throws: What cannot be read, or why the network cannot be continued from.
    package init(
        path: String,
        frontEnd: FrontEnd? = nil,
        windowFrames: Int? = nil,
        frozenLayers: Int = 0,
        groups: ClassGroups? = nil
    ) throws {
        name = (path as NSString).lastPathComponent
        let network: Model
        let scores: String
        if path.hasSuffix(".onnx") || path.hasSuffix(".tflite") {
            var file = try Model(path: path).withFloatWeights
            if path.hasSuffix(".tflite") { file = Self.fromPatches(file) ?? file }
            network = file
            guard let frontEnd, let windowFrames else {
                throw TrainingError.unusableNetwork(
                    path: path,
                    reason: "the file does not describe its input: give --front-end and "
                        + "--window-frames, or a model folder"
                )
            }
            self.frontEnd = frontEnd
            self.windowFrames = windowFrames
            scores = network.graph.outputs.first?.name ?? ""
            windowShape =
                frontEnd.layout == .framesByBands
                ? [frontEnd.channelCount, windowFrames, frontEnd.bandCount]
                : [frontEnd.channelCount, frontEnd.bandCount, windowFrames]
        } else {
            let model = try SoundModel.load(folder: path)
            network = model.network.withFloatWeights
            self.frontEnd = model.frontEnd
            self.windowFrames = model.windowFrames
            scores = model.about.network.scores
            windowShape = Array(model.inputShape.dropFirst())
        }
        let head = try NetworkHead(of: network.graph, scores: scores) {
            .unusableNetwork(path: path, reason: $0)
        }
        embeddingSize = head.inputCount
        body = Self.body(of: network, embedding: head.input)
        let layers = Self.layers(of: body.graph)
        guard (0...layers.count).contains(frozenLayers) else {
            throw TrainingError.invalidSetting(
                name: "--freeze",
                found: "\(frozenLayers)",
                allowed: "0 to \(layers.count), the layers with weights before the last one"
            )
        }
        self.frozenLayers = frozenLayers
        frozen = Set(layers.prefix(frozenLayers).joined())
        if let groups {
            self.head = try head.rows(groups.members.map { $0[0] }, path: path)
            teacher = GroupTeacher(
                model: Self.network(
                    body,
                    with: try head.rows(groups.members.flatMap(\.self), path: path),
                    dropout: nil
                ),
                sizes: groups.members.map(\.count)
            )
        } else {
            (self.head, teacher) = (nil, nil)
        }
        digest = try Self.digest(of: teacher?.model.graph ?? body.graph, head: nil)
        firstRecipe = nil
    }

    /// Whether it is several networks that need no training.
    package var isCombined: Bool { head != nil && teacher == nil }

    /// The name, the digest, the frozen layers and the sizes of groups: one text for each network to
    /// continue from.
    var identity: String {
        "\(name) \(digest) \(frozenLayers)" + (teacher.map { " \($0.sizes)" } ?? "")
    }

    /// Whether a weight belongs to the new last layer.
    static func isNew(_ weight: String) -> Bool { weight.hasPrefix(newPrefix) }

    private static let newPrefix = "new."

    /// Whether a weight is trained.
    package func isTrainable(_ weight: String) -> Bool { !frozen.contains(weight) }

    /// The shape of the input for a batch of windows.
    package func inputShape(batch: Int) -> [Int] { [batch] + windowShape }

    /// The network with its last layer, or with a new one of random weights.
    package func network(classCount: Int, seed: UInt64) -> Model {
        var generator = SeededGenerator(seed: seed)
        let bound = 1 / Float(max(embeddingSize, 1)).squareRoot()
        func weights(_ count: Int) -> [Float] {
            (0..<count).map { _ in generator.uniform(-bound, bound) }
        }
        let layer =
            head
            ?? LastLayer(weights: weights(classCount * embeddingSize), bias: weights(classCount))
        // A layer that knows its classes already begins where its network is.
        return Self.network(body, with: layer, dropout: teacher == nil ? 0.2 : nil)
    }

    private static func network(_ body: Model, with layer: LastLayer, dropout: Float?) -> Model {
        let classCount = layer.bias.count
        let embeddingSize = layer.weights.count / max(classCount, 1)
        var model = body
        var embedding = Architecture.embeddingName
        if let dropout {
            embedding = "new.kept"
            model.graph.initializers.append(Tensor(name: "new.ratio", shape: [], floats: [dropout]))
            model.graph.nodes.append(
                Node(
                    "Dropout",
                    name: embedding,
                    inputs: [Architecture.embeddingName, "new.ratio"],
                    outputs: [embedding]
                )
            )
        }
        model.graph.initializers += [
            Tensor(name: "new.weight", shape: [classCount, embeddingSize], floats: layer.weights),
            Tensor(name: "new.bias", shape: [classCount], floats: layer.bias),
        ]
        model.graph.nodes.append(
            Node(
                "Gemm",
                name: Architecture.logitsName,
                inputs: [embedding, "new.weight", "new.bias"],
                outputs: [Architecture.logitsName],
                attributes: [Attribute(name: "transB", value: .int(1))]
            )
        )
        func output(_ name: String, _ count: Int) -> ValueInfo {
            ValueInfo(name: name, elementType: .float32, shape: [.symbolic("N"), .fixed(count)])
        }
        model.graph.outputs = [
            output(Architecture.logitsName, classCount),
            output(Architecture.embeddingName, embeddingSize),
        ]
        return model
    }

    /// A TFLite network from what its first convolution of one-channel images reads on, for any
    /// number of images; nil without such a convolution.
    private static func fromPatches(_ network: Model) -> Model? {
        let first = network.graph.nodes.first { node in
            node.operatorType == "Conv"
                && network.graph.initializers.contains {
                    $0.name == node.inputs[1] && $0.shape.count == 4 && $0.shape[1] == 1
                }
        }
        guard let patch = first?.inputs[0] else { return nil }
        var rest = network
        rest.graph.nodes.removeAll { $0.outputs.contains(patch) }
        rest.graph.inputs = [
            ValueInfo(
                name: patch,
                elementType: .float32,
                shape: [.symbolic("N"), .fixed(1), .unknown, .unknown]
            )
        ]
        return rest
    }

    /// The nodes that the embedding depends on, with the names that training uses.
    static func body(of network: Model, embedding: String) -> Model {
        var model = network
        let nodes = network.graph.nodesNeeded(for: embedding)
        let wanted = Set(nodes.flatMap(\.inputs))
        let input = network.graph.inputs.first { input in
            wanted.contains(input.name)
                && !network.graph.initializers.contains { $0.name == input.name }
        }
        let reserved = [
            Architecture.inputName, Architecture.logitsName, Architecture.embeddingName,
        ]
        func renamed(_ name: String) -> String {
            if name == input?.name { return Architecture.inputName }
            if name == embedding { return Architecture.embeddingName }
            // Names of its own must not meet those of training and of the new layer.
            return reserved.contains(name) || isNew(name) ? "old.\(name)" : name
        }
        model.graph.nodes = nodes.map { node in
            var node = node
            node.inputs = node.inputs.map { $0.isEmpty ? "" : renamed($0) }
            node.outputs = node.outputs.map { $0.isEmpty ? "" : renamed($0) }
            return node
        }
        model.graph.initializers = network.graph.initializers
            .filter { wanted.contains($0.name) }
            .map { tensor in
                var tensor = tensor
                tensor.name = renamed(tensor.name)
                return tensor
            }
        model.graph.inputs =
            input.map { input in
                var input = input
                input.name = Architecture.inputName
                if input.shape?.isEmpty == false { input.shape?[0] = .symbolic("N") }
                return [input]
            } ?? []
        return model
    }

    /// A digest of a graph's ONNX bytes and of the last layer that is kept.
    static func digest(of graph: Graph, head: LastLayer?) throws(ModelFileError) -> String {
        var graph = graph
        if let head {
            graph.initializers += [
                Tensor(name: "head.weight", shape: [head.weights.count], floats: head.weights),
                Tensor(name: "head.bias", shape: [head.bias.count], floats: head.bias),
            ]
        }
        let bytes = try Model(operatorSets: [], graph: graph).serialized()
        return SHA256Digest(of: bytes).description
    }

    /// The weights of each layer that has some, from the input on.
    private static func layers(of graph: Graph) -> [[String]] {
        let floats = Set(
            graph.initializers.filter { if case .float32 = $0.values { true } else { false } }
                .map(\.name)
        )
        return graph.nodes.compactMap { node in
            let names = node.inputs.filter(floats.contains)
            return names.isEmpty || node.operatorType == "Dropout" ? nil : names
        }
    }
}

/// The last fully connected layer of a network that is kept.
struct LastLayer: Equatable, Sendable {
    /// What it multiplies the embedding by: [classes, embedding].
    let weights: [Float]
    /// What it adds: [classes].
    let bias: [Float]
}

extension NetworkHead {
    /// The layer of some of the classes.
    ///
    /// - Throws: That there are no such classes, or no floats.
    fileprivate func rows(_ places: [Int], path: String) throws(TrainingError) -> LastLayer {
        guard weights.count == outputCount * inputCount,
            places.allSatisfy({ $0 < outputCount })
        else {
            throw .unusableNetwork(
                path: path,
                reason: "the last layer has \(outputCount) classes of \(weights.count) float "
                    + "weights; give the labels of this network"
            )
        }
        return LastLayer(
            weights: places.flatMap { weights[$0 * inputCount..<($0 + 1) * inputCount] },
            bias: places.map { bias.isEmpty ? 0 : bias[$0] }
        )
    }
}
