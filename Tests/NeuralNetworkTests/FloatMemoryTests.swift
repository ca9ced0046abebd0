import Foundation
import Testing

@testable import NeuralNetwork

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

@Suite struct InstructionLevelTests {
    @Test func baselineIsAlwaysThereAndBestIsTheHighestSupported() {
        #expect(InstructionLevel.baseline.isSupported)
        #expect(InstructionLevel.best == InstructionLevel.supported.max())
    }
}

@Suite struct FourierTransformTests {
    @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 12, 16, 25, 31, 64, 100, 257])
    func everyLengthEqualsTheSumOfItsDefinition(_ length: Int) {
        let real = (0..<length).map { sin(Double($0 * $0) * 0.7) }
        let imaginary = (0..<length).map { cos(Double($0) * 1.3) }
        let forwards = FourierTransform(length: length, isInverse: false)
        let backwards = FourierTransform(length: length, isInverse: true)
        for index in 0..<length { forwards.set(index, real[index], imaginary[index]) }
        forwards.run()
        for bin in 0..<length {
            var sum = (0.0, 0.0)
            for index in 0..<length {
                let angle = -2 * Double.pi * Double(bin * index % length) / Double(length)
                sum.0 += real[index] * cos(angle) - imaginary[index] * sin(angle)
                sum.1 += real[index] * sin(angle) + imaginary[index] * cos(angle)
            }
            let (x, y) = (forwards.numbers[2 * bin], forwards.numbers[2 * bin + 1])
            #expect(abs(Double(x) - sum.0) < 2e-5)
            #expect(abs(Double(y) - sum.1) < 2e-5)
            backwards.set(bin, Double(x), Double(y))
        }
        backwards.run()
        for index in 0..<length {
            #expect(abs(Double(backwards.numbers[2 * index]) - real[index]) < 1e-6)
            #expect(abs(Double(backwards.numbers[2 * index + 1]) - imaginary[index]) < 1e-6)
        }
    }
}
