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

/// Small models of every operator to start mutations from: ONNX's node tests, as they are and with
/// their inputs turned into weights.
enum MutationSeeds {
    /// The largest file that is mutated; larger ones only make the test slow.
    private static let largestSeed = 4096

    /// The files' bytes.
    static func models() throws -> [[UInt8]] {
        let supported = Set(SupportedOperators.names)
        var seeds: [[UInt8]] = []
        for test in try NodeTest.all() {
            guard let operators = test.operators, operators.isSubset(of: supported) else {
                continue
            }
            let path = test.folder.appending(path: "model.onnx").path
            var model = try Model(path: path)
            if (model.opset ?? 0) < SupportedOperators.opsets.lowerBound {
                model.operatorSets = [OperatorSet(version: SupportedOperators.opsets.lowerBound)]
            }
            let plain = try model.serialized()
            if plain.count <= largestSeed { seeds.append(plain) }
            for (index, input) in model.graph.inputs.enumerated().dropFirst() {
                let file = test.folder.appending(path: "test_data_set_0/input_\(index).pb").path
                guard var tensor = try? Tensor(path: file) else { continue }
                tensor.name = input.name
                model.graph.initializers.append(tensor)
            }
            let bound = try model.serialized()
            if bound.count <= largestSeed, bound != plain { seeds.append(bound) }
        }
        return seeds
    }
}

/// What became of mutated files.
struct MutationCounts: Sendable {
    var unreadable = 0
    var refused = 0
    var ran = 0
    var slowest = Duration.zero

    /// Reads, plans and runs one file.
    mutating func `try`(_ bytes: [UInt8]) {
        let started = ContinuousClock.now
        defer { slowest = max(slowest, ContinuousClock.now - started) }
        guard let model = try? Model(serialized: bytes) else {
            unreadable += 1
            return
        }
        let options = LoadOptions(
            dimensions: ["N": 1],
            maximumBytes: 1 << 18,
            maximumWork: 1 << 16
        )
        do {
            let session = try InferenceSession(model: model, options: options)
            _ = try session.run(
                session.inputs.map { input in
                    Tensor(name: input.name, shape: input.type.shape, zerosOf: input.type)
                }
            )
            ran += 1
        } catch {
            refused += 1
        }
        _ = try? StreamingSession(model: model, options: options)
    }

    /// Adds the counts of other files.
    mutating func add(_ other: MutationCounts) {
        unreadable += other.unreadable
        refused += other.refused
        ran += other.ran
        slowest = max(slowest, other.slowest)
    }
}

extension Tensor {
    /// A tensor of nothing but zeros.
    init(name: String, shape: [Int], zerosOf type: TensorType) {
        let count = type.elementCount
        let values: TensorValues
        switch type.elementType {
        case .float64: values = .float64(Array(repeating: 0, count: count))
        case .int8: values = .int8(Array(repeating: 0, count: count))
        case .int16: values = .int16(Array(repeating: 0, count: count))
        case .int32: values = .int32(Array(repeating: 0, count: count))
        case .int64: values = .int64(Array(repeating: 0, count: count))
        case .uint8: values = .uint8(Array(repeating: 0, count: count))
        case .uint16: values = .uint16(Array(repeating: 0, count: count))
        case .uint32: values = .uint32(Array(repeating: 0, count: count))
        case .uint64: values = .uint64(Array(repeating: 0, count: count))
        case .bool: values = .bool(Array(repeating: false, count: count))
        default: values = .float32(Array(repeating: 0, count: count))
        }
        self.init(name: name, shape: shape, values: values)
    }
}
