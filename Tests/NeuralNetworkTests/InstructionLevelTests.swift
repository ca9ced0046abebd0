import NeuralNetwork
import Testing

@Suite struct InstructionLevelTests {
    @Test func baselineIsAlwaysThereAndBestIsTheHighestSupported() {
        #expect(InstructionLevel.baseline.isSupported)
        #expect(InstructionLevel.best == InstructionLevel.supported.max())
    }
}
