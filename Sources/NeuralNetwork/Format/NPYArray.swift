private import Foundation
package import Platform

/// The content of an `.npy` file: an array of numbers with a shape, in row-major order.
package struct NPYArray: Sendable, Equatable {
    /// The length of each axis, outermost first; empty for a scalar.
    package let shape: [Int]
    /// The numbers.
    package let values: TensorValues

    /// Creates an array.
    ///
    /// - Parameters:
    ///   - shape: The length of each axis, outermost first.
    ///   - values: The numbers in row-major order, as many as the product of `shape`.
    package init(shape: [Int], values: TensorValues) {
        precondition(
            shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count
                && values.elementType.isSupported,
            "an array holds as many values of a supported type as its shape says"
        )
        self.shape = shape
        self.values = values
    }

    /// Creates an array of 32-bit floats.
    package init(shape: [Int], floats: [Float]) {
        self.init(shape: shape, values: .float32(floats))
    }

    /// The numbers, when they are 32-bit floats.
    package var floats: [Float]? {
        if case .float32(let floats) = values { floats } else { nil }
    }
}

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
        guard let shape = header.shape, let descriptor = header.descriptor else {
            throw .malformedHeader(header.text)
        }
        guard !header.isColumnMajor || shape.count < 2 else { throw .columnMajor }
        guard let type = Self.descriptors.first(where: { $0.value == descriptor })?.key else {
            throw .unsupportedType(descriptor)
        }
        guard let count = TensorShape.elementCount(of: shape), count <= 1 << 40 else {
            throw .malformedHeader(header.text)
        }
        let content = Array(bytes[(start + headerLength)...])
        guard let values = TensorValues(rawBytes: content, type: type, count: count) else {
            throw .wrongLength(
                expectedBytes: count * type.byteWidth,
                foundBytes: content.count
            )
        }
        self.init(shape: shape, values: values)
    }

    private static let signature: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// NumPy's names of the types that are read and written.
    private static let descriptors: [ElementType: String] = [
        .float32: "<f4", .float64: "<f8", .int8: "|i1", .int16: "<i2", .int32: "<i4",
        .int64: "<i8", .uint8: "|u1", .uint16: "<u2", .uint32: "<u4", .uint64: "<u8",
        .bool: "|b1",
    ]
}

extension NPYArray {
    /// Writes the array to a file, replacing one that is there in a single step.
    ///
    /// - Throws: Why the file can't be written.
    package func write(path: String) throws(FileWriteError) {
        try OutputFile.write(bytes, to: path)
    }

    /// The bytes of an `.npy` file (version 1) with this content, as `numpy.save` lays it out.
    package var bytes: [UInt8] {
        let descriptor = Self.descriptors[values.elementType] ?? ""
        let axes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var header =
            "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(axes)), }"
        let unpadded = Self.signature.count + 4 + header.utf8.count + 1
        header += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
        let length = UInt16(header.utf8.count)
        return Self.signature + [1, 0, UInt8(truncatingIfNeeded: length), UInt8(length >> 8)]
            + Array(header.utf8) + values.rawBytes
    }
}

/// The header of an `.npy` file: a Python dictionary with three known keys.
private struct NPYHeader {
    /// The header as it stands in the file, without the padding.
    let text: String

    init(_ text: String) {
        var text = text.prefix { $0 != "\n" }
        while text.last == " " { text.removeLast() }
        self.text = String(text)
    }

    /// The type of the numbers, such as `<f4`.
    var descriptor: String? {
        value(of: "descr").flatMap { value in
            guard let quote = value.first, quote == "'" || quote == "\"" else { return nil }
            return String(value.dropFirst().prefix { $0 != quote })
        }
    }

    /// Whether the numbers are stored column by column.
    var isColumnMajor: Bool { value(of: "fortran_order")?.hasPrefix("True") ?? false }

    /// The lengths of the axes; nil when one of them is not a length.
    var shape: [Int]? {
        guard let value = value(of: "shape"), value.first == "(",
            let end = value.firstIndex(of: ")")
        else { return nil }
        let entries = value[value.index(after: value.startIndex)..<end].split(separator: ",")
            .map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
        let lengths = entries.compactMap { Int($0) }.filter { $0 >= 0 }
        return lengths.count == entries.count ? lengths : nil
    }

    /// What stands after a key and its colon.
    private func value(of key: String) -> Substring? {
        for quote in ["'", "\""] {
            guard let range = text.firstRange(of: "\(quote)\(key)\(quote)") else { continue }
            let rest = text[range.upperBound...].drop { $0 == " " }
            guard rest.first == ":" else { return nil }
            return rest.dropFirst().drop { $0 == " " }
        }
        return nil
    }
}

/// Why a file is not an array that can be read.
package enum NPYError: Error, Equatable, CustomStringConvertible {
    /// The file is not there or cannot be read.
    case unreadable(path: String, reason: String)
    /// The bytes do not begin as an `.npy` file does.
    case notAnArray
    /// The header cannot be understood.
    case malformedHeader(String)
    /// The numbers are of a type that is not read here.
    case unsupportedType(String)
    /// The numbers are stored column by column.
    case columnMajor
    /// The file has fewer or more numbers than its header says.
    case wrongLength(expectedBytes: Int, foundBytes: Int)

    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "Cannot read the array '\(path)': \(reason). Check the path and its permissions."
        case .notAnArray:
            "This is not an .npy file: it does not begin with the NumPy signature."
        case .malformedHeader(let header):
            "The .npy header '\(header)' is malformed. Save the array again with numpy.save."
        case .unsupportedType(let type):
            "Arrays of type '\(type)' are not supported; "
                + "use float32, float64, bool or integers, little-endian."
        case .columnMajor:
            "The array is stored in Fortran order; save numpy.ascontiguousarray of it."
        case .wrongLength(let expectedBytes, let foundBytes):
            "The array's header announces \(expectedBytes) bytes of numbers; the file has "
                + "\(foundBytes)."
        }
    }
}
