private import Foundation
private import Platform

extension NPYArray {
    /// Reads an `.npy` file.
    ///
    /// - Throws: ``NPYError`` when the file cannot be read or is not such an array.
    package init(path: String) throws(NPYError) {
        let content: Data
        do {
            content = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw .unreadable(path: path, reason: FileFailure.reason(error))
        }
        try self.init(bytes: [UInt8](content))
    }

    /// Reads the bytes of an `.npy` file, versions 1 to 3.
    ///
    /// The format is NumPy's: a signature, the version, the length of the header, and the header
    /// as a Python dictionary.
    /// - Throws: ``NPYError`` when the bytes are not such an array.
    package init(bytes: [UInt8]) throws(NPYError) {
        guard bytes.count >= 10, bytes.starts(with: Self.signature) else { throw .notAnArray }
        let isFirstVersion = bytes[6] == 1
        let lengthWidth = isFirstVersion ? 2 : 4
        guard bytes.count >= 8 + lengthWidth, (1...3).contains(bytes[6]) else { throw .notAnArray }
        var headerLength = 0
        for index in 0..<lengthWidth { headerLength |= Int(bytes[8 + index]) << (8 * index) }
        let start = 8 + lengthWidth
        guard bytes.count - start >= headerLength else {
            throw .malformedHeader("(\(headerLength) bytes announced)")
        }
        let header = NPYHeader(String(decoding: bytes[start..<start + headerLength], as: UTF8.self))
        guard !header.isColumnMajor || header.shape.count < 2 else { throw .columnMajor }
        guard let shape = header.shape.isValid ? header.shape.lengths : nil,
            let descriptor = header.descriptor
        else { throw .malformedHeader(header.text) }
        let content = bytes[(start + headerLength)...]
        var count = 1
        for length in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow, product <= 1 << 40 else { throw .malformedHeader(header.text) }
            count = product
        }
        self.init(shape: shape, values: try Self.values(descriptor, count, content))
    }

    static let signature: [UInt8] = [0x93] + Array("NUMPY".utf8)

    private static func values(
        _ descriptor: String,
        _ count: Int,
        _ bytes: ArraySlice<UInt8>
    ) throws(NPYError) -> NPYValues {
        switch descriptor {
        case "<f4":
            .float32(try integers(UInt32.self, count, bytes).map(Float.init(bitPattern:)))
        case "<f8":
            .float64(try integers(UInt64.self, count, bytes).map(Double.init(bitPattern:)))
        case "<i8": .int64(try integers(Int64.self, count, bytes))
        case "<i4": .int32(try integers(Int32.self, count, bytes))
        case "|u1": .uint8(try integers(UInt8.self, count, bytes))
        case "|b1": .bool(try integers(UInt8.self, count, bytes).map { $0 != 0 })
        default: throw .unsupportedType(descriptor)
        }
    }

    private static func integers<Integer: FixedWidthInteger>(
        _ type: Integer.Type,
        _ count: Int,
        _ bytes: ArraySlice<UInt8>
    ) throws(NPYError) -> [Integer] {
        let width = Integer.bitWidth / 8
        guard bytes.count == count * width else {
            throw .wrongLength(expectedBytes: count * width, foundBytes: bytes.count)
        }
        var integers: [Integer] = []
        integers.reserveCapacity(count)
        var start = bytes.startIndex
        for _ in 0..<count {
            var value: Integer = 0
            for index in 0..<width {
                value |= Integer(truncatingIfNeeded: bytes[start + index]) << (8 * index)
            }
            integers.append(value)
            start += width
        }
        return integers
    }
}
