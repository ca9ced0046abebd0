import NeuralNetwork

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
