import Foundation

/// The checksum of the spool's lines.
enum Checksum {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in
            value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
        }
    }

    /// CRC-32 as in ISO-HDLC, PNG and zlib: of "123456789" it is `0xCBF43926`.
    static func crc32(of data: Data) -> UInt32 {
        ~data.reduce(0xFFFF_FFFF) { sum, byte in
            table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ (sum >> 8)
        }
    }
}
