/// Numbers as the raw bytes of a tensor, which ONNX stores least significant byte first.
enum RawBytes {
    /// The integers that the bytes stand for; a remainder shorter than an integer is left out.
    static func integers<Integer: FixedWidthInteger>(
        _ type: Integer.Type,
        from bytes: [UInt8]
    ) -> [Integer] {
        let width = Integer.bitWidth / 8
        let span = bytes.span
        var integers: [Integer] = []
        integers.reserveCapacity(span.count / width)
        var start = 0
        while start + width <= span.count {
            var value: Integer = 0
            for index in 0..<width {
                value |= Integer(truncatingIfNeeded: span[start + index]) << (8 * index)
            }
            integers.append(value)
            start += width
        }
        return integers
    }

    /// The bytes that stand for the integers.
    static func bytes<Integer: FixedWidthInteger>(of integers: some Collection<Integer>) -> [UInt8]
    {
        let width = Integer.bitWidth / 8
        var bytes: [UInt8] = []
        bytes.reserveCapacity(integers.count * width)
        for integer in integers {
            for index in 0..<width {
                bytes.append(UInt8(truncatingIfNeeded: integer >> (8 * index)))
            }
        }
        return bytes
    }
}
