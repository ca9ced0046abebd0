/// What a `.tflite` file holds, by the numbers of TensorFlow Lite's schema version 3.
///
/// Field numbers are those of `schema.fbs` in TensorFlow's repository.
struct TFLiteFile {
    /// Four bytes at place 4 of every such file.
    private static let identifier = Array("TFL3".utf8)
    private static let supportedVersion: UInt32 = 3

    /// What the program that wrote the file says of it.
    let description: String
    let tensors: [TFLiteTensor]
    let operators: [TFLiteOperator]
    /// The tensors that the caller gives.
    let inputs: [Int]
    /// The tensors that the caller gets.
    let outputs: [Int]
    private let buffers: [FlatTable]
    private let content: FlatBuffer

    /// Whether bytes begin as a `.tflite` file does.
    static func isOne(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 8 && bytes[4..<8].elementsEqual(identifier)
    }

    /// Reads the first subgraph, the one that a run begins with; others are only ever called.
    init(_ bytes: [UInt8]) throws(ModelFileError) {
        content = FlatBuffer(bytes)
        let model = try content.root()
        let version = try model.number(0, default: UInt32(0))
        guard version == Self.supportedVersion else {
            throw .malformed(
                .tflite,
                reason: "it has schema version \(version), not \(Self.supportedVersion)"
            )
        }
        description = try model.string(3)
        buffers = try model.tables(4)
        guard let graph = try model.tables(2).first else {
            throw .malformed(.tflite, reason: "it has no subgraph")
        }
        var tensors: [TFLiteTensor] = []
        for table in try graph.tables(0) { tensors.append(try TFLiteTensor(table)) }
        var codes: [TFLiteOperator.Code] = []
        for table in try model.tables(1) { codes.append(try TFLiteOperator.Code(table)) }
        var operators: [TFLiteOperator] = []
        for table in try graph.tables(3) {
            operators.append(try TFLiteOperator(table, index: operators.count, codes))
        }
        self.tensors = tensors
        self.operators = operators
        inputs = try graph.integers(1)
        outputs = try graph.integers(2)
        let used = operators.flatMap { $0.inputs.filter { $0 != -1 } + $0.outputs }
        for index in inputs + outputs + used where !tensors.indices.contains(index) {
            throw .malformed(
                .tflite,
                reason: "it refers to tensor \(index), but has \(tensors.count)"
            )
        }
    }

    /// The bytes of a tensor's content; none when it has no content of its own.
    func content(of tensor: TFLiteTensor) throws(ModelFileError) -> ArraySlice<UInt8> {
        guard tensor.buffer > 0 else { return [] }
        guard buffers.indices.contains(tensor.buffer) else {
            throw .malformedTensor(
                name: tensor.name,
                reason: "it is in buffer \(tensor.buffer), but there are \(buffers.count)"
            )
        }
        let table = buffers[tensor.buffer]
        // Large files have the content behind the FlatBuffers part.
        let offset = try table.number(1, default: UInt64(0))
        guard offset <= 1 else {
            let size = try table.number(2, default: UInt64(0))
            let end = UInt64(content.bytes.count)
            guard offset <= end, size <= end - offset else { throw FlatBuffer.cutShort }
            try content.spend(Int(size))
            return content.bytes[Int(offset)..<Int(offset + size)]
        }
        guard let range = try table.bytes(0) else { return [] }
        try content.spend(range.count)
        return content.bytes[range]
    }
}

/// A value of the network as the file declares it.
struct TFLiteTensor {
    let name: String
    /// The declared axes; those between operators may be wrong where a length is left open.
    let shape: [Int]
    /// The number of the type, which is looked up when the tensor is used.
    let typeNumber: Int
    let buffer: Int
    /// How integers stand for numbers; nil when they stand for themselves.
    let quantization: TFLiteQuantization?
    let isSparse: Bool

    init(_ table: FlatTable) throws(ModelFileError) {
        shape = try table.integers(0)
        typeNumber = Int(try table.number(1, default: Int8(0)))
        buffer = Int(try table.number(2, default: UInt32(0)))
        name = try table.string(3)
        quantization = try table.table(4).flatMap { (table) throws(ModelFileError) in
            try TFLiteQuantization(table)
        }
        isSparse = try table.table(6) != nil
    }
}

/// Scales and zero points: a number is (integer − zero point) · scale.
struct TFLiteQuantization: Equatable {
    /// One for all, or one a place along the axis.
    let scales: [Float]
    /// As many as scales.
    let zeroPoints: [Int64]
    let axis: Int

    /// Reads the parameters; nil when there are none.
    init?(_ table: FlatTable) throws(ModelFileError) {
        guard let bits = try table.numbers(2, UInt32.self), !bits.isEmpty else { return nil }
        scales = bits.map { Float(bitPattern: $0) }
        let given = try table.numbers(3, Int64.self) ?? []
        zeroPoints =
            given.count == scales.count
            ? given : [Int64](repeating: given.first ?? 0, count: scales.count)
        axis = try table.int(6)
    }
}

/// An operation of the network as the file has it.
struct TFLiteOperator {
    /// Which operator it is: one of TensorFlow Lite's own, or a custom one by name.
    struct Code {
        let number: Int
        let customName: String

        init(_ table: FlatTable) throws(ModelFileError) {
            // The first field is a byte, and full since there are more than 127 operators.
            let narrow = Int(try table.number(0, default: Int8(0)))
            number = max(narrow, try table.int(3))
            customName = try table.string(1)
        }
    }

    let index: Int
    let code: Code
    /// Tensors by position; -1 where an optional one is left out.
    let inputs: [Int]
    let outputs: [Int]
    private let optionsKind: Int
    private let optionsTable: FlatTable?

    init(_ table: FlatTable, index: Int, _ codes: [Code]) throws(ModelFileError) {
        self.index = index
        let code = Int(try table.number(0, default: UInt32(0)))
        guard codes.indices.contains(code) else {
            throw .malformed(
                .tflite,
                reason: "operator \(index) has the code \(code), but there are \(codes.count)"
            )
        }
        self.code = codes[code]
        inputs = try table.integers(1)
        outputs = try table.integers(2)
        optionsKind = Int(try table.number(3, default: UInt8(0)))
        optionsTable = try table.table(4)
    }

    /// The options, where they are of the kind that the operator has.
    func options(_ kind: TFLiteOptionsKind) -> TFLiteOptions {
        TFLiteOptions(table: optionsKind == kind.rawValue ? optionsTable : nil)
    }
}

/// The options of an operator; those that are missing have their defaults.
struct TFLiteOptions {
    fileprivate let table: FlatTable?

    func int(_ field: Int, default fallback: Int32 = 0) throws(ModelFileError) -> Int {
        try table?.int(field, default: fallback) ?? Int(fallback)
    }

    func byte(_ field: Int) throws(ModelFileError) -> Int {
        Int(try table?.number(field, default: Int8(0)) ?? 0)
    }

    func flag(_ field: Int) throws(ModelFileError) -> Bool { try table?.flag(field) ?? false }

    func float(_ field: Int) throws(ModelFileError) -> Float? { try table?.float(field) }

    func integers(_ field: Int) throws(ModelFileError) -> [Int] {
        try table?.integers(field) ?? []
    }
}

/// The kinds of options that are read, with their numbers in the schema's union.
enum TFLiteOptionsKind: Int {
    case convolution = 1
    case depthwiseConvolution = 2
    case pool = 5
    case fullyConnected = 8
    case softmax = 9
    case concatenation = 10
    case add = 11
    case resizeBilinear = 15
    case reshape = 17
    case multiply = 21
    case gather = 23
    case reducer = 27
    case subtract = 28
    case divide = 29
    case squeeze = 30
    case stridedSlice = 32
    case split = 35
    case cast = 37
    case transposedConvolution = 49
    case pack = 59
    case unpack = 64
    case sequenceLSTM = 71
    case resizeNearest = 74
    case leakyRelu = 75
    case mirrorPad = 77
    case batchMatrixProduct = 101
    case gelu = 116
}
