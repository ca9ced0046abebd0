/// The bytes of a FlatBuffers file, read with every place checked.
///
/// The layout is that of FlatBuffers' "Internals" page: little-endian numbers, tables that point to
/// a list of their fields' places (vtable), vectors behind a count of 32 bits.
final class FlatBuffer {
    let bytes: [UInt8]
    /// How many more elements of vectors may be read.
    ///
    /// A file may name one vector from many places; without a limit, a small one could ask for
    /// more work than any machine has.
    private var remainingElements: Int

    /// Wraps the bytes of a file; nothing is read yet.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        remainingElements = 1 << 16 + 16 * bytes.count
    }

    /// The table that the file begins with.
    func root() throws(ModelFileError) -> FlatTable {
        try FlatTable(self, at: try target(of: 0))
    }

    /// The number at a place, whose bytes must all be inside the file.
    func number<Number: FixedWidthInteger>(
        _ type: Number.Type,
        at place: Int
    ) throws(ModelFileError) -> Number {
        let width = Number.bitWidth / 8
        guard place >= 0, place <= bytes.count - width else { throw Self.cutShort }
        var number: Number = 0
        for index in (0..<width).reversed() {
            number = number << 8 | Number(truncatingIfNeeded: bytes[place + index])
        }
        return number
    }

    /// Where the offset at a place points to.
    func target(of place: Int) throws(ModelFileError) -> Int {
        let target = place + Int(try number(UInt32.self, at: place))
        guard target < bytes.count else { throw Self.cutShort }
        return target
    }

    /// The vector that the offset at a place points to.
    func vector(at place: Int, elementWidth: Int) throws(ModelFileError) -> FlatVector {
        let start = try target(of: place)
        let count = Int(try number(UInt32.self, at: start))
        guard count <= (bytes.count - start - 4) / elementWidth else { throw Self.cutShort }
        return FlatVector(start: start + 4, count: count)
    }

    /// Counts elements that are about to be read.
    func spend(_ count: Int) throws(ModelFileError) {
        guard count <= remainingElements else {
            throw .malformed(.tflite, reason: "it names the same lists again and again")
        }
        remainingElements -= count
    }

    /// The error for a place outside the file.
    static var cutShort: ModelFileError {
        .malformed(.tflite, reason: "an offset points outside the file")
    }
}

/// Elements of one width, one after the other; all inside the file.
struct FlatVector {
    let start: Int
    let count: Int
}

/// A table of a FlatBuffers file: fields by their number in the schema, each of which may be
/// missing and then has its default.
struct FlatTable {
    let buffer: FlatBuffer
    private let start: Int
    private let fields: Int
    private let fieldCount: Int

    init(_ buffer: FlatBuffer, at start: Int) throws(ModelFileError) {
        let fields = start - Int(try buffer.number(Int32.self, at: start))
        guard fields >= 0 else { throw FlatBuffer.cutShort }
        let size = Int(try buffer.number(UInt16.self, at: fields))
        guard size >= 4, fields <= buffer.bytes.count - size else { throw FlatBuffer.cutShort }
        self.buffer = buffer
        self.start = start
        self.fields = fields
        fieldCount = (size - 4) / 2
    }

    /// Where a field is; nil if it is missing.
    private func place(of field: Int) throws(ModelFileError) -> Int? {
        guard field < fieldCount else { return nil }
        let offset = Int(try buffer.number(UInt16.self, at: fields + 4 + 2 * field))
        return offset == 0 ? nil : start + offset
    }

    /// A number, or its default.
    func number<Number: FixedWidthInteger>(
        _ field: Int,
        default fallback: Number
    ) throws(ModelFileError) -> Number {
        guard let place = try place(of: field) else { return fallback }
        return try buffer.number(Number.self, at: place)
    }

    /// A 32-bit integer, or its default.
    func int(_ field: Int, default fallback: Int32 = 0) throws(ModelFileError) -> Int {
        Int(try number(field, default: fallback))
    }

    /// A truth value; false when it is missing.
    func flag(_ field: Int) throws(ModelFileError) -> Bool {
        try number(field, default: UInt8(0)) != 0
    }

    /// A float; 0 when it is missing.
    func float(_ field: Int) throws(ModelFileError) -> Float {
        Float(bitPattern: try number(field, default: UInt32(0)))
    }

    /// A table, or nil if it is missing.
    func table(_ field: Int) throws(ModelFileError) -> FlatTable? {
        guard let place = try place(of: field) else { return nil }
        return try FlatTable(buffer, at: buffer.target(of: place))
    }

    /// Where bytes of a vector are; nil if it is missing.
    func bytes(_ field: Int) throws(ModelFileError) -> Range<Int>? {
        guard let place = try place(of: field) else { return nil }
        let vector = try buffer.vector(at: place, elementWidth: 1)
        return vector.start..<vector.start + vector.count
    }

    /// A text; empty when it is missing.
    func string(_ field: Int) throws(ModelFileError) -> String {
        guard let range = try bytes(field) else { return "" }
        try buffer.spend(range.count)
        return String(decoding: buffer.bytes[range], as: UTF8.self)
    }

    /// The numbers of a vector; nil if it is missing.
    func numbers<Number: FixedWidthInteger>(
        _ field: Int,
        _ type: Number.Type
    ) throws(ModelFileError) -> [Number]? {
        guard let place = try place(of: field) else { return nil }
        let width = Number.bitWidth / 8
        let vector = try buffer.vector(at: place, elementWidth: width)
        try buffer.spend(vector.count)
        var numbers: [Number] = []
        for index in 0..<vector.count {
            numbers.append(try buffer.number(type, at: vector.start + index * width))
        }
        return numbers
    }

    /// The 32-bit integers of a vector; none if it is missing.
    func integers(_ field: Int) throws(ModelFileError) -> [Int] {
        try numbers(field, Int32.self)?.map(Int.init) ?? []
    }

    /// The tables of a vector; none if it is missing.
    func tables(_ field: Int) throws(ModelFileError) -> [FlatTable] {
        guard let place = try place(of: field) else { return [] }
        let vector = try buffer.vector(at: place, elementWidth: 4)
        try buffer.spend(vector.count)
        var tables: [FlatTable] = []
        for index in 0..<vector.count {
            let target = try buffer.target(of: vector.start + 4 * index)
            tables.append(try FlatTable(buffer, at: target))
        }
        return tables
    }
}
