import CAllocationCounter
import CLinuxSupport
import Testing

@testable import NeuralNetwork

@Suite struct InferencePlanTests {
    private func operators(_ model: Model, _ options: LoadOptions) throws -> [String] {
        try PreparedGraph(model, options, fusesResiduals: true).graph.nodes
            .map(\.operatorType)
    }

    @Test func theBootstrapModelIsFourConvolutionsTwoPoolsAndAHeadWithoutTransposes() throws {
        let options = LoadOptions(dimensions: ["N": 1, "frames": 96])
        #expect(
            try operators(ReferenceModels.model("bootstrap"), options) == [
                "Reshape", "Conv", "Conv", "MaxPool", "Conv", "MaxPool", "Conv", "ReduceMean",
                "ReduceMean", "ReduceMax", "Concat", "Gemm",
            ]
        )
    }

    @Test func normalisationAndActivationsDisappearIntoConvolutions() throws {
        let network = try OracleNetwork("mobilenet")
        let names = try operators(
            network.model,
            LoadOptions(inputShapes: network.inputShapes)
        )
        #expect(names.count { $0 == "Conv" } == 27)
        #expect(!names.contains("BatchNormalization"))
        #expect(!names.contains("Relu"))
        #expect(!names.contains("Transpose"))
    }

    @Test func residualSumsDisappearIntoConvolutions() throws {
        let network = try OracleNetwork("bands_first")
        let names = try operators(
            network.model,
            LoadOptions(inputShapes: network.inputShapes)
        )
        #expect(!names.contains("Add"))
    }

    @Test(arguments: ["MatMul", "Gemm"])
    func zerosAroundTheRowsOfProductsAreNotMultiplied(product: String) throws {
        func value(_ name: String, _ columns: Int) -> ValueInfo {
            ValueInfo(name: name, elementType: .float32, shape: [.fixed(2), .fixed(columns)])
        }
        let weights = (0..<12).map(Float.init)
        let model = Model(
            operatorSets: [OperatorSet(version: 17)],
            graph: Graph(
                name: "frames",
                nodes: [
                    Node("Pad", inputs: ["x", "pads"], outputs: ["padded"]),
                    Node(product, inputs: ["padded", "weights"], outputs: ["y"]),
                    Node(product, inputs: ["padded", "negative"], outputs: ["z"]),
                ],
                initializers: [
                    Tensor(name: "pads", shape: [4], integers: [0, 1, 0, 2]),
                    Tensor(name: "weights", shape: [6, 2], floats: weights),
                    Tensor(name: "negative", shape: [6, 2], floats: weights.map { -$0 }),
                ],
                inputs: [value("x", 3)],
                outputs: [value("y", 2), value("z", 2)]
            )
        )
        #expect(try operators(model, LoadOptions()) == [product, product])
        let session = try InferenceSession(model: model)
        let rows = Tensor(name: "x", shape: [2, 3], floats: [1, 2, 3, 4, 5, 6])
        let results = try session.run([rows])
        #expect(results[0].floats == [28, 34, 64, 79])
        #expect(results[1].floats == [-28, -34, -64, -79])
    }

    @Test func valuesTakeTurnsInMemory() throws {
        let network = try OracleNetwork("mobilenet")
        let options = LoadOptions(inputShapes: network.inputShapes)
        let prepared = try PreparedGraph(network.model, options, fusesResiduals: true)
        let graph = prepared.graph
        let shared = try StorageAssignment(prepared, maximumBytes: .max)
        let separate = try StorageAssignment(
            prepared,
            maximumBytes: .max,
            lasting: Set(graph.values.indices)
        )
        #expect(shared.byteCount * 3 < separate.byteCount)
    }

    @Test func aModelThatNeedsMoreMemoryThanAllowedIsRefused() throws {
        let network = try OracleNetwork("vgg")
        let options = LoadOptions(inputShapes: network.inputShapes, maximumBytes: 1 << 20)
        #expect(throws: ModelError.self) {
            try InferenceSession(model: network.model, options: options)
        }
    }

    @Test func aModelThatTakesMoreWorkThanAllowedIsRefused() throws {
        let network = try OracleNetwork("vgg")
        let options = LoadOptions(inputShapes: network.inputShapes, maximumWork: 1 << 20)
        #expect(throws: ModelError.self) {
            try InferenceSession(model: network.model, options: options)
        }
    }

    @Test func aNetworkThatGivesItsSpectrogramCanTakeIt() throws {
        func value(_ name: String) -> ValueInfo {
            ValueInfo(name: name, elementType: .float32, shape: [.fixed(3)])
        }
        let model = Model(
            operatorSets: [OperatorSet(version: 17)],
            graph: Graph(
                name: "two stages",
                nodes: [
                    Node("Mul", inputs: ["sound", "factor"], outputs: ["spectrogram"]),
                    Node("Add", inputs: ["spectrogram", "one"], outputs: ["scores"]),
                ],
                initializers: [
                    Tensor(name: "factor", shape: [], floats: [2]),
                    Tensor(name: "one", shape: [], floats: [1]),
                ],
                inputs: [value("sound")],
                outputs: [value("scores"), value("spectrogram")]
            )
        )
        let rest = try #require(model.starting(at: "spectrogram"))
        let session = try InferenceSession(model: rest)
        #expect(session.inputs.map(\.name) == ["spectrogram"])
        let outputs = try session.run([Tensor(name: "spectrogram", shape: [3], floats: [1, 2, 3])])
        #expect(outputs == [Tensor(name: "scores", shape: [3], floats: [2, 3, 4])])
        #expect(model.starting(at: "sound") == nil)
        #expect(model.starting(at: "nothing") == nil)
    }
}

@Suite struct ArenaLayoutTests {
    @Test func placesThatAreInUseNeverOverlap() {
        var arena = ArenaLayout()
        var inUse: [Range<Int>] = []
        var state: UInt64 = 7
        for _ in 0..<5000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let number = Int(state >> 33)
            if number % 3 == 0, !inUse.isEmpty {
                let place = inUse.remove(at: number / 3 % inUse.count)
                arena.free(at: place.lowerBound, count: place.count)
            } else {
                let count = 1 + number % 1000
                let start = arena.allocate(count)
                let place = start..<start + count
                #expect(!inUse.contains { $0.overlaps(place) })
                #expect(place.upperBound <= arena.size)
                inUse.append(place)
            }
        }
    }

    @Test func whatWasGivenBackIsUsedAgain() {
        var arena = ArenaLayout()
        let first = arena.allocate(100)
        let second = arena.allocate(100)
        arena.free(at: first, count: 100)
        arena.free(at: second, count: 100)
        #expect(arena.allocate(200) == first)
        #expect(arena.size == 224)
    }

    @Test func placesBeginAtCacheLines() {
        var arena = ArenaLayout()
        for count in 1...20 { #expect(arena.allocate(count) % 16 == 0) }
    }
}

// There is one counter; in sanitizer builds, which bring an allocator of their own, it counts
// nothing and nothing is expected of it.
@Suite(.serialized) struct RunAllocationTests {
    @Test(arguments: ["vgg", "mobilenet", "cnn128", "spectrogram", "urban", "resnest"])
    func aRunAllocatesNothing(_ name: String) throws {
        let network = try OracleNetwork(name)
        let session = try InferenceSession(
            model: network.model,
            options: LoadOptions(inputShapes: network.inputShapes)
        )
        guard case .float32(let input) = network.inputs[0].values else { return }
        let shape = network.inputs[0].shape
        let output = session.outputs[0]
        var scores = [Float](repeating: 0, count: output.type.elementCount)
        var result = scores.mutableSpan
        try session.run(input.span, shape: shape, output: output.name, into: &result)
        allocation_counter_watch(linux_thread_id())
        try session.run(input.span, shape: shape, output: output.name, into: &result)
        let allocations = allocation_counter_allocations()
        allocation_counter_watch(0)
        #expect(allocations == 0)
    }

    @Test(arguments: ["cnn128", "vgg"])
    func aHopAllocatesNothing(_ name: String) throws {
        let network = try OracleNetwork(name)
        let session = try StreamingSession(
            model: network.model,
            options: LoadOptions(inputShapes: network.inputShapes)
        )
        guard case .float32(let window) = network.inputs[0].values else { return }
        let output = session.outputs[0].name
        var scores: [Float] = []
        scores.reserveCapacity(1000)
        let hop = session.hopFrames * session.frameLength
        try session.push(window.span, output: output, appendingTo: &scores)
        try session.push(window.span.extracting(0..<hop), output: output, appendingTo: &scores)
        allocation_counter_watch(linux_thread_id())
        try session.push(window.span.extracting(0..<hop), output: output, appendingTo: &scores)
        let allocations = allocation_counter_allocations()
        allocation_counter_watch(0)
        #expect(allocations == 0)
    }
}
