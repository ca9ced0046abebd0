import CAllocationCounter
import CLinuxSupport
import NeuralNetwork
import Testing

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
