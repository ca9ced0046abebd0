import NeuralNetwork
import Testing

@Suite struct FloatMemoryTests {
    @Test func startsWithZeros() {
        #expect(FloatMemory(count: 5).readOnly.toArray() == [0, 0, 0, 0, 0])
    }

    @Test func sliceKeepsTheMemoryAlive() {
        let slice = FloatMemory([1, 2, 3, 4]).readOnly[1..<3]
        #expect(slice.toArray() == [2, 3])
    }

    @Test func sliceWritesIntoTheMemory() {
        let memory = FloatMemory(count: 4)
        memory.slice(at: 1, count: 2).update(from: FloatMemory([7, 8]).readOnly)
        memory.slice[3] = 9
        #expect(memory.readOnly.toArray() == [0, 7, 8, 9])
    }

    @Test func accessOutsideASliceStopsTheProgram() async {
        await #expect(processExitsWith: .failure) {
            let slice = FloatMemory(count: 4).readOnly[1..<3]
            _ = slice[2]
        }
        await #expect(processExitsWith: .failure) {
            _ = FloatMemory(count: 4).slice[2..<5]
        }
    }
}
