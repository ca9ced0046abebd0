package import Platform

extension NPYArray {
    /// Writes the array to a file, replacing one that is there in a single step.
    ///
    /// - Throws: Why the file can't be written.
    package func write(path: String) throws(FileWriteError) {
        try OutputFile.write(bytes, to: path)
    }

    /// The bytes of an `.npy` file (version 1) with this content, as `numpy.save` lays it out.
    package var bytes: [UInt8] {
        let axes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var header =
            "{'descr': '\(values.descriptor)', 'fortran_order': False, 'shape': (\(axes)), }"
        let unpadded = Self.signature.count + 4 + header.utf8.count + 1
        header += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
        let length = UInt16(header.utf8.count)
        return Self.signature + [1, 0, UInt8(truncatingIfNeeded: length), UInt8(length >> 8)]
            + Array(header.utf8) + content
    }

    private var content: [UInt8] {
        switch values {
        case .float32(let values): Self.littleEndian(values.map(\.bitPattern))
        case .float64(let values): Self.littleEndian(values.map(\.bitPattern))
        case .int64(let values): Self.littleEndian(values)
        case .int32(let values): Self.littleEndian(values)
        case .uint8(let values): values
        case .bool(let values): values.map { $0 ? 1 : 0 }
        }
    }

    private static func littleEndian<Integer: FixedWidthInteger>(_ values: [Integer]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * Integer.bitWidth / 8)
        for value in values {
            for index in 0..<Integer.bitWidth / 8 {
                bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index)))
            }
        }
        return bytes
    }
}
