import NeuralNetwork
import Testing

@Suite struct ModelSummaryTests {
    @Test func theBootstrapModelHasTheParametersAndWorkOfItsCard() throws {
        let summary = try ModelSummary(
            model: ReferenceModels.model("bootstrap"),
            options: LoadOptions(dimensions: ["N": 1, "frames": 96])
        )
        #expect(summary.parameterCount == 99_037)
        #expect(summary.multiplyAdds == 17_622_740)
        #expect(summary.opset == 13)
        #expect(summary.layers.first?.outputShape == [1, 16, 46, 32])
        guard case .hopByHop(let windowFrames, let hopFrames, let report) = summary.streaming else {
            Issue.record("the network streams")
            return
        }
        #expect(windowFrames == 96)
        #expect(hopFrames == 8)
        #expect(
            report.wholeWindowReasons.first
                == "node 'ReduceMean_12' (ReduceMean) needs the whole window"
        )
    }

    @Test func aNetworkOfSeveralWindowsSaysWhyItRunsWindowByWindow() throws {
        let network = try OracleNetwork("urban")
        let summary = try ModelSummary(
            model: network.model,
            options: LoadOptions(inputShapes: network.inputShapes)
        )
        guard case .windowByWindow(let reason) = summary.streaming else {
            Issue.record("four windows at once are no stream")
            return
        }
        #expect(reason.hasPrefix("node 'Conv_1' (Conv) "))
    }
}
