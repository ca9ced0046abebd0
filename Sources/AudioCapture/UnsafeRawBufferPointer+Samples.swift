/// Loads the sample with a given index from interleaved bytes, scaled to ±1.
///
/// The caller has checked the size. Indices count samples, not bytes.
extension UnsafeRawBufferPointer {
    private static let scale16: Float = 1 / 32_768
    private static let scale32: Float = 1 / 2_147_483_648

    @inline(__always)
    func int16(at index: Int) -> Float {
        unsafe Float(Int16(littleEndian: word16(index))) * Self.scale16
    }

    @inline(__always)
    func bigInt16(at index: Int) -> Float {
        unsafe Float(Int16(bigEndian: word16(index))) * Self.scale16
    }

    @inline(__always)
    func int32(at index: Int) -> Float {
        unsafe Float(Int32(littleEndian: word32(index))) * Self.scale32
    }

    @inline(__always)
    func bigInt32(at index: Int) -> Float {
        unsafe Float(Int32(bigEndian: word32(index))) * Self.scale32
    }

    // ALSA leaves the fourth byte of S24 undefined: it is shifted out.
    @inline(__always)
    func int24(at index: Int) -> Float {
        unsafe Float(Int32(littleEndian: word32(index)) << 8) * Self.scale32
    }

    @inline(__always)
    func bigInt24(at index: Int) -> Float {
        unsafe Float(Int32(bigEndian: word32(index)) << 8) * Self.scale32
    }

    @inline(__always)
    func packedInt24(at index: Int) -> Float {
        unsafe packed(low: index * 3, middle: index * 3 + 1, high: index * 3 + 2)
    }

    @inline(__always)
    func bigPackedInt24(at index: Int) -> Float {
        unsafe packed(low: index * 3 + 2, middle: index * 3 + 1, high: index * 3)
    }

    @inline(__always)
    func float(at index: Int) -> Float {
        unsafe Float(bitPattern: UInt32(littleEndian: UInt32(bitPattern: word32(index))))
    }

    @inline(__always)
    func bigFloat(at index: Int) -> Float {
        unsafe Float(bitPattern: UInt32(bigEndian: UInt32(bitPattern: word32(index))))
    }

    @inline(__always)
    private func word16(_ index: Int) -> Int16 {
        unsafe loadUnaligned(fromByteOffset: index &* 2, as: Int16.self)
    }

    @inline(__always)
    private func word32(_ index: Int) -> Int32 {
        unsafe loadUnaligned(fromByteOffset: index &* 4, as: Int32.self)
    }

    @inline(__always)
    private func packed(low: Int, middle: Int, high: Int) -> Float {
        let bytes = unsafe (self[low], self[middle], self[high])
        let bits = UInt32(bytes.0) << 8 | UInt32(bytes.1) << 16 | UInt32(bytes.2) << 24
        return unsafe Float(Int32(bitPattern: bits)) * Self.scale32
    }
}
