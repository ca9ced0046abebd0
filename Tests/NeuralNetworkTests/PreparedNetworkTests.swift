import Testing

@testable import NeuralNetwork

@Suite struct PreparedNetworkTests {
    private static let windowFrames = 96
    private static let bandCount = 64

    private func bootstrap() throws -> PreparedNetwork {
        let options = LoadOptions(inputShapes: [
            "logmel": [1, 1, Self.windowFrames, Self.bandCount]
        ])
        return PreparedNetwork(model: try ReferenceModels.model("bootstrap"), options: options)
    }

    private func frames(_ count: Int) -> [Float] {
        (0..<count * Self.bandCount).map { Float($0 * 7_919 % 1_013) / 500 - 1 }
    }

    private func scores(of session: StreamingSession, frames: [Float]) throws -> [Float] {
        var scores: [Float] = []
        try session.push(frames.span, output: "probs", appendingTo: &scores)
        return scores
    }

    @Test func aSecondSessionPacksNoWeights() throws {
        let network = try bootstrap()
        let first = try network.makeStreamingSession(hopFrames: 24)
        let packed = network.packedWeightCount
        #expect(packed > 0)
        let second = try network.makeStreamingSession(hopFrames: 24)
        #expect(network.packedWeightCount == packed)
        let frames = frames(Self.windowFrames + 240)
        let expected = try scores(of: first, frames: frames)
        #expect(!expected.isEmpty)
        #expect(try scores(of: second, frames: frames) == expected)
    }

    @Test func sessionsThatShareWeightsScoreAsOneOfTheirOwnToTheBit() throws {
        let network = try bootstrap()
        let alone = try StreamingSession(
            model: network.model,
            options: LoadOptions(inputShapes: [
                "logmel": [1, 1, Self.windowFrames, Self.bandCount]
            ]),
            hopFrames: 24
        )
        let sound = frames(Self.windowFrames + 240)
        let expected = try scores(of: alone, frames: sound)
        let one = try network.makeStreamingSession(hopFrames: 24)
        let other = try network.makeStreamingSession(hopFrames: 24)
        // Turn by turn, with other frames in the other session.
        var heard: [Float] = []
        var rest: [Float] = []
        let noise = frames(Self.windowFrames + 24).map { -$0 }
        for start in stride(from: 0, to: sound.count, by: 24 * Self.bandCount) {
            let piece = Array(sound[start..<start + 24 * Self.bandCount])
            try one.push(piece.span, output: "probs", appendingTo: &heard)
            try other.push(noise.span, output: "probs", appendingTo: &rest)
        }
        #expect(heard == expected)
    }

    @Test func sessionsOfOneNetworkRunOnSeveralThreads() async throws {
        let network = try bootstrap()
        let sound = frames(Self.windowFrames + 480)
        let expected = try scores(of: network.makeStreamingSession(hopFrames: 24), frames: sound)
        try await withThrowingTaskGroup(of: [Float].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let session = try network.makeStreamingSession(hopFrames: 24)
                    return try scores(of: session, frames: sound)
                }
            }
            for try await scores in group {
                #expect(scores == expected)
            }
        }
    }

    @Test func theSmallestHopIsFoundOut() throws {
        let network = try bootstrap()
        #expect(try network.smallestHop() == 8)
        #expect(try network.smallestHop() == 8)
    }
}

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
