import LogMelFeatures
import ModelLibrary
import NeuralNetwork

/// One of the models that are taken together.
struct CombinedMember {
    let model: SoundModel
    let head: NetworkHead
    /// Where each class is among its scores.
    private let places: [Int]

    init(
        path: String,
        classNames: [String],
        settings: TrainingSettings
    ) throws(TrainingError) {
        let fitting: FittingModel
        do {
            fitting = try FittingModel(path: path, classNames: classNames, settings: settings)
        } catch {
            switch error {
            case .unreadable(let reason): throw .unreadableModel(reason: reason)
            case .other(let reason): throw .unusableMember(path: path, reason: reason)
            }
        }
        model = fitting.model
        places = fitting.places
        do {
            head = try NetworkHead(
                of: model.network.graph,
                scores: model.about.network.scores
            )
        } catch {
            throw .unusableMember(path: path, reason: error.reason)
        }
        guard head.weights.count == head.inputCount * head.outputCount,
            head.outputCount == classNames.count,
            head.bias.isEmpty || head.bias.count == head.outputCount
        else {
            throw .unusableMember(
                path: path,
                reason: "its last layer does not give one number for each class"
            )
        }
    }

    /// The weights of a class of the training: [embedding].
    func weights(of place: Int) -> ArraySlice<Float> {
        let start = places[place] * head.inputCount
        return head.weights[start..<start + head.inputCount]
    }

    func bias(of place: Int) -> Float {
        head.bias.isEmpty ? 0 : head.bias[places[place]]
    }

    /// All but the last layer, every name but the input's with a prefix.
    ///
    /// - Parameters:
    ///   - prefix: What its names begin with.
    ///   - frontEnd: Under whose normalisation its input is.
    /// - Returns: A graph that gives the embedding under its name with the prefix.
    func body(prefix: String, frontEnd: FrontEnd) -> Model {
        var body = ContinuedNetwork.body(of: model.network, embedding: head.input)
        let rescaled = addRescaling(to: &body.graph, from: frontEnd)
        func renamed(_ name: String) -> String {
            name.isEmpty || name == Architecture.inputName ? name : prefix + name
        }
        for index in body.graph.nodes.indices {
            body.graph.nodes[index].name = renamed(body.graph.nodes[index].name)
            body.graph.nodes[index].inputs = body.graph.nodes[index].inputs.map {
                // The rescaling itself, the first node, reads what the front end gives.
                renamed($0 == Architecture.inputName && index > 0 ? rescaled : $0)
            }
            body.graph.nodes[index].outputs = body.graph.nodes[index].outputs.map(renamed)
        }
        for index in body.graph.initializers.indices {
            body.graph.initializers[index].name = renamed(body.graph.initializers[index].name)
        }
        return body
    }

    /// Begins a network with what brings its input under its own normalisation.
    ///
    /// - Returns: The value that takes the input's place.
    private func addRescaling(to graph: inout Graph, from frontEnd: FrontEnd) -> String {
        let rescaling = PatchRescaling(from: frontEnd, to: model.frontEnd)
        guard let bands = rescaling.bands else { return Architecture.inputName }
        let shape =
            rescaling.isFramesByBands ? [1, 1, 1, bands.count] : [1, 1, bands.count, 1]
        graph.initializers += [
            Tensor(name: "rescaled.factor", shape: shape, floats: bands.map(\.factor)),
            Tensor(name: "rescaled.offset", shape: shape, floats: bands.map(\.offset)),
        ]
        graph.nodes.insert(
            contentsOf: [
                Node(
                    "Mul",
                    name: "rescaled.scaled",
                    inputs: [Architecture.inputName, "rescaled.factor"],
                    outputs: ["rescaled.scaled"]
                ),
                Node(
                    "Add",
                    name: "rescaled",
                    inputs: ["rescaled.scaled", "rescaled.offset"],
                    outputs: ["rescaled"]
                ),
            ],
            at: 0
        )
        return "rescaled"
    }
}
