import Testing

@testable import NeuralNetwork

@Suite struct InferencePlanTests {
    private func operators(_ model: Model, _ options: LoadOptions) throws -> [String] {
        try PreparedGraph(model, options, fusesResiduals: true).graph.nodes
            .map { String(describing: type(of: $0.operation)) }
    }

    @Test func theBootstrapModelIsFourConvolutionsTwoPoolsAndAHeadWithoutTransposes() throws {
        let options = LoadOptions(dimensions: ["N": 1, "frames": 96])
        #expect(
            try operators(ReferenceModels.model("bootstrap"), options) == [
                "ReshapeOperator", "ConvOperator", "ConvOperator", "MaxPoolOperator",
                "ConvOperator", "MaxPoolOperator", "ConvOperator", "ReduceMeanOperator",
                "ReduceMeanOperator", "ReduceMaxOperator", "ConcatOperator", "GemmOperator",
            ]
        )
    }

    @Test func normalisationAndActivationsDisappearIntoConvolutions() throws {
        let network = try OracleNetwork("mobilenet")
        let names = try operators(
            network.model,
            LoadOptions(inputShapes: network.inputShapes)
        )
        #expect(names.count { $0 == "ConvOperator" } == 27)
        #expect(!names.contains("BatchNormalizationOperator"))
        #expect(!names.contains("ReluOperator"))
        #expect(!names.contains("TransposeOperator"))
    }

    @Test func residualSumsDisappearIntoConvolutions() throws {
        let network = try OracleNetwork("bands_first")
        let names = try operators(
            network.model,
            LoadOptions(inputShapes: network.inputShapes)
        )
        #expect(!names.contains("AddOperator"))
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
}
