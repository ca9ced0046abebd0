import NeuralNetwork

/// Makes models that are well formed as files but make no sense, or too much of it: numbers at the
/// ends of their ranges, other types, other operators, crossed wires.
struct ModelMutator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0xD134_2543_DE82_EF95 | 1
    }

    /// A changed copy of a model.
    mutating func mutant(of model: Model) -> Model {
        var model = model
        for _ in 0..<1 + random(below: 3) { change(&model) }
        return model
    }

    private mutating func change(_ model: inout Model) {
        let graph = model.graph
        switch random(below: 9) {
        case 0, 1, 2:
            guard let node = pick(graph.nodes.indices),
                let attribute = pick(graph.nodes[node].attributes.indices)
            else { return }
            model.graph.nodes[node].attributes[attribute].value = changed(
                graph.nodes[node].attributes[attribute].value
            )
        case 3:
            guard let input = pick(graph.inputs.indices), var shape = graph.inputs[input].shape,
                let axis = pick(shape.indices)
            else { return }
            shape[axis] = .fixed(max(0, strangeNumber()))
            if random(below: 4) == 0 { shape.append(.fixed(1 + random(below: 4))) }
            model.graph.inputs[input].shape = shape
        case 4:
            guard let input = pick(graph.inputs.indices) else { return }
            let types: [ElementType] = [
                .float32, .float64, .int64, .int32, .uint8, .bool, .float16,
            ]
            model.graph.inputs[input].elementType = types[random(below: types.count)]
        case 5:
            guard let weight = pick(graph.initializers.indices) else { return }
            model.graph.initializers[weight] = changed(graph.initializers[weight])
        case 6:
            guard let node = pick(graph.nodes.indices) else { return }
            let names = SupportedOperators.names
            model.graph.nodes[node].operatorType = names[random(below: names.count)]
        case 7:
            guard let node = pick(graph.nodes.indices),
                let input = pick(graph.nodes[node].inputs.indices),
                let donor = pick(graph.nodes[node].inputs.indices)
            else { return }
            model.graph.nodes[node].inputs[input] = graph.nodes[node].inputs[donor]
        default:
            guard let node = pick(graph.nodes.indices) else { return }
            var copy = graph.nodes[node]
            copy.inputs = copy.inputs.map { _ in copy.outputs.first ?? "" }
            copy.outputs = copy.outputs.map { $0 + "'" }
            model.graph.nodes.insert(copy, at: node + 1)
            model.graph.outputs.append(
                ValueInfo(
                    name: copy.outputs.first ?? "",
                    elementType: .float32,
                    shape: nil
                )
            )
        }
    }

    private mutating func changed(_ value: AttributeValue) -> AttributeValue {
        switch value {
        case .int: return .int(Int64(strangeNumber()))
        case .float: return .float([0, -1, .infinity, .nan, 1e30, 1e-30][random(below: 6)])
        case .ints(var values):
            guard let index = pick(values.indices) else { return .ints([Int64(strangeNumber())]) }
            values[index] = Int64(strangeNumber())
            if random(below: 4) == 0 { values.append(Int64(strangeNumber())) }
            if random(below: 4) == 0 { values.removeLast() }
            return .ints(values)
        case .string: return .string(["", "SAME_UPPER", "reflect", "x"][random(below: 4)])
        default: return .ints([Int64(strangeNumber())])
        }
    }

    private mutating func changed(_ tensor: Tensor) -> Tensor {
        switch tensor.values {
        case .int64(var values):
            guard let index = pick(values.indices) else { return tensor }
            values[index] = Int64(strangeNumber())
            return Tensor(name: tensor.name, shape: tensor.shape, integers: values)
        case .float32(var values):
            guard let index = pick(values.indices) else { return tensor }
            values[index] = [0, -1, .infinity, .nan, 1e30, 1e-30][random(below: 6)]
            let shape = random(below: 3) == 0 ? [values.count] : tensor.shape
            return Tensor(name: tensor.name, shape: shape, floats: values)
        default: return tensor
        }
    }

    private mutating func strangeNumber() -> Int {
        let numbers = [
            0, 1, -1, 2, 3, 5, 7, 16, 100, 1000, 65_536, 1 << 20, 1 << 24, 1 << 31, 1 << 40, .max,
            .min, -2, -3, -100, -(1 << 31),
        ]
        return numbers[random(below: numbers.count)]
    }

    private mutating func pick(_ indices: Range<Int>) -> Int? {
        indices.isEmpty ? nil : random(below: indices.count)
    }

    /// Marsaglia's xorshift generator.
    private mutating func random(below bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }
}

/// Damages files in ways that transmission, other programs and ill will do; the same seed gives the
/// same damage.
struct FileMutator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    /// A damaged copy of a file; `donor` lends pieces.
    mutating func mutant(of file: [UInt8], donor: [UInt8]) -> [UInt8] {
        var bytes = file
        for _ in 0..<1 + random(below: 3) {
            guard !bytes.isEmpty else { break }
            let place = random(below: bytes.count)
            switch random(below: 8) {
            case 0: bytes[place] ^= 1 << UInt8(random(below: 8))
            case 1: bytes[place] = UInt8(random(below: 256))
            case 2: bytes[place] = bytes[place] &+ 1
            case 3: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF][random(below: 5)]
            case 4: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random(below: 16)))
            case 5:
                // The longest numbers of the format: −1, the greatest, a large length.
                let number: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]
                bytes.replaceSubrange(place...place, with: number.suffix(1 + random(below: 10)))
            case 6:
                guard !donor.isEmpty else { continue }
                let start = random(below: donor.count)
                let piece = donor[start..<min(donor.count, start + 1 + random(below: 32))]
                bytes.insert(contentsOf: piece, at: place)
            default: bytes.removeLast(random(below: bytes.count))
            }
        }
        return bytes
    }

    /// Marsaglia's xorshift generator.
    private mutating func random(below bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }
}
