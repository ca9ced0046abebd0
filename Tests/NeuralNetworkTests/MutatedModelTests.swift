import Foundation
import NeuralNetwork
import Testing

/// Damaged and hostile files: an error or a network that runs, never a crash, a hang, or a heap of
/// memory.
@Suite struct MutatedModelTests {
    static let mutantCount = 100_000

    @Test func aHundredThousandMutatedFilesAreRefusedOrRunInBoundedTime() async throws {
        let seeds = try MutationSeeds.models()
        try #require(seeds.count > 400, "run Tests/NeuralNetworkTests/fetch-node-tests")
        let started = ContinuousClock.now
        let before = try Self.peakMemoryKilobytes()
        let lanes = 4
        let counts = await withTaskGroup(of: MutationCounts.self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var mutator = FileMutator(seed: UInt64(lane) + 1)
                    var modelMutator = ModelMutator(seed: UInt64(lane) + 1)
                    var counts = MutationCounts()
                    for index in 0..<Self.mutantCount / lanes {
                        let seed = seeds[(index * lanes + lane) % seeds.count]
                        if index % 2 == 0, let model = try? Model(serialized: seed),
                            let bytes = try? modelMutator.mutant(of: model).serialized()
                        {
                            counts.try(bytes)
                        } else {
                            let donor = seeds[index % seeds.count]
                            counts.try(mutator.mutant(of: seed, donor: donor))
                        }
                    }
                    return counts
                }
            }
            return await group.reduce(into: MutationCounts()) { $0.add($1) }
        }
        let duration = ContinuousClock.now - started
        let growth = try Self.peakMemoryKilobytes() - before
        print(
            "Mutated models: \(counts.unreadable) unreadable, \(counts.refused) refused, "
                + "\(counts.ran) ran, slowest \(counts.slowest), all in \(duration), "
                + "\(growth) kB more memory at the peak"
        )
        // Other tests, whole networks among them, run at the same time and count too.
        #expect(growth < 2_000_000)
        #expect(counts.unreadable + counts.refused + counts.ran == Self.mutantCount)
        #expect(counts.slowest < .seconds(10))
        #expect(counts.ran > 1000, "mutations are too wild to reach the engine")
    }

    /// The most memory that the process has had so far.
    private static func peakMemoryKilobytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) })
    }
}
