import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// Damaged TFLite files: an error or an answer of the right shape, never a crash or a hang.
///
/// `EARWITNESS_TFLITE_FUZZ` says how many files, `EARWITNESS_TFLITE_FUZZ_SEED` which ones.
@Suite struct TFLiteMutationTests {
    private static func setting(_ name: String, default fallback: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? fallback
    }

    private enum Outcome { case unreadable, refused, ran }

    private static func outcome(of bytes: [UInt8]) -> Outcome {
        guard let model = try? Model(serialized: bytes) else { return .unreadable }
        let options = LoadOptions(maximumBytes: 1 << 22, maximumWork: 1 << 22)
        guard let session = try? InferenceSession(model: model, options: options),
            let answer = try? session.run(
                session.inputs.map { input in
                    Tensor(name: input.name, shape: input.type.shape, zerosOf: input.type)
                }
            )
        else { return .refused }
        #expect(answer.map(\.type) == session.outputs.map(\.type))
        #expect(answer.map(\.name) == model.graph.outputs.map(\.name))
        return .ran
    }

    @Test func mutatedFilesAreRefusedOrRunInBoundedTime() throws {
        let count = Self.setting("EARWITNESS_TFLITE_FUZZ", default: 4000)
        let seed = Self.setting("EARWITNESS_TFLITE_FUZZ_SEED", default: 1)
        // Small ones reach more of the reader in the same time.
        let files = try TFLiteFixture.all.map { try $0.bytes }.filter { $0.count < 12_000 }
        try #require(files.count > 10)
        var generator = SeededNumbers(seed: UInt64(bitPattern: Int64(seed)))
        var counts: [Outcome: Int] = [:]
        var slowest = Duration.zero
        for index in 0..<count {
            let bytes = Self.mutant(of: files[index % files.count], &generator)
            let started = ContinuousClock.now
            counts[Self.outcome(of: bytes), default: 0] += 1
            slowest = max(slowest, ContinuousClock.now - started)
        }
        print("Mutated TFLite files: \(counts), slowest \(slowest)")
        #expect(counts.values.reduce(0, +) == count)
        #expect(slowest < .seconds(10))
        #expect(counts[.ran, default: 0] > count / 20, "mutations are too wild")
        #expect(counts[.unreadable, default: 0] > count / 20, "mutations are too tame")
    }

    /// A changed copy: numbers at the ends of their ranges, offsets that point elsewhere, bytes
    /// flipped, an end that is missing.
    private static func mutant(of file: [UInt8], _ generator: inout SeededNumbers) -> [UInt8] {
        var bytes = file
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let place = Int.random(in: 0..<bytes.count - 8, using: &generator) & ~3
            switch Int.random(in: 0..<9, using: &generator) {
            case 0, 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2, 3:
                let numbers: [UInt32] = [
                    0, 1, 2, 3, 4, 8, 127, 128, 255, 256, 65_535, 65_536, 0x7FFF_FFFF, 0x8000_0000,
                    0xFFFF_FFFE, 0xFFFF_FFFF, UInt32(bytes.count),
                ]
                put(numbers.randomElement(using: &generator) ?? 0, at: place, in: &bytes)
            case 4, 5:
                // An offset to some other place, or a count that is off by a few.
                let old = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << (8 * $1) }
                let step = Int.random(in: -64...64, using: &generator)
                put(old &+ UInt32(truncatingIfNeeded: step), at: place, in: &bytes)
            case 6:
                let other = Int.random(in: 0..<bytes.count - 8, using: &generator) & ~3
                for index in 0..<4 { bytes[place + index] = bytes[other + index] }
            case 7: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            default:
                guard Int.random(in: 0..<4, using: &generator) == 0 else { continue }
                bytes.removeLast(Int.random(in: 1..<bytes.count / 2, using: &generator))
            }
        }
        return bytes
    }

    private static func put(_ number: UInt32, at place: Int, in bytes: inout [UInt8]) {
        for index in 0..<4 {
            bytes[place + index] = UInt8(truncatingIfNeeded: number >> (8 * index))
        }
    }
}
