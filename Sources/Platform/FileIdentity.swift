import Glibc

/// What the file system says of a file: enough to see that it is still the same, unread.
package struct FileStamp: Hashable, Sendable {
    /// The length.
    package let bytes: Int64
    /// When the content changed last; can be set by any program.
    package let modifiedUTCns: Int64
    /// When anything about the file changed last; cannot be set back.
    package let changedUTCns: Int64
    /// Its number in the file system.
    package let inode: UInt64
    /// Whether it is a regular file: not a folder, device or pipe.
    package let isRegular: Bool

    /// Asks for a file, or for what a link leads to; nil if there is none.
    package init?(path: String) {
        var status = stat()
        guard PathText.withBytes(of: path, { stat($0, &status) }) == 0 else { return nil }
        bytes = Int64(status.st_size)
        modifiedUTCns = Self.nanoseconds(status.st_mtim)
        changedUTCns = Self.nanoseconds(status.st_ctim)
        inode = UInt64(status.st_ino)
        isRegular = status.st_mode & S_IFMT == S_IFREG
    }

    /// Whether these facts tell one file from all others.
    ///
    /// On FAT and exFAT they don't: times have at best hundredths of a second, numbers of files are
    /// made up at each start, and the cards of recorders with the same schedule hold files of the
    /// same names, lengths and times.
    package var areUnique: Bool { changedUTCns % 10_000_000 != 0 }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// The hash XXH64 of bytes, as `xxhsum -H1` prints it: fast enough to be no part of an analysis.
///
/// After Yann Collet's description, "xxHash fast digest algorithm", with seed 0.
package enum ContentHash {
    private static let p1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let p2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let p3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let p4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let p5: UInt64 = 0x27D4_EB2F_1656_67C5
    /// A multiple of the 32 bytes that are taken at a time.
    private static let bytesPerRead = 1 << 20

    /// The hash of a file's content, 16 hexadecimal digits; nil if it can't be read.
    package static func text(ofFile path: String) -> String? {
        let descriptor = PathText.withBytes(of: path) { open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var lanes: [UInt64] = [p1 &+ p2, p2, 0, 0 &- p1]
        var length: UInt64 = 0
        var buffer = [UInt8](repeating: 0, count: bytesPerRead)
        while true {
            guard let count = fill(&buffer, from: descriptor) else { return nil }
            length += UInt64(count)
            let rest = count % 32
            buffer.withUnsafeBytes { bytes in
                mix(UnsafeRawBufferPointer(rebasing: bytes[..<(count - rest)]), into: &lanes)
            }
            if count < bytesPerRead {
                let tail = buffer[(count - rest)..<count]
                let hash = length < 32 ? p5 : merged(lanes)
                return hexadecimal(finished(hash &+ length, tail: Array(tail)))
            }
        }
    }

    /// Reads until the buffer is full or the file ends.
    ///
    /// - Returns: How many bytes there were; nil if reading failed.
    private static func fill(_ buffer: inout [UInt8], from descriptor: Int32) -> Int? {
        var filled = 0
        while filled < buffer.count {
            let count = buffer.withUnsafeMutableBytes { bytes in
                read(descriptor, bytes.baseAddress?.advanced(by: filled), bytes.count - filled)
            }
            if count == 0 { break }
            if count < 0 {
                guard errno == EINTR else { return nil }
                continue
            }
            filled += count
        }
        return filled
    }

    private static func mix(_ bytes: UnsafeRawBufferPointer, into lanes: inout [UInt64]) {
        var (a, b, c, d) = (lanes[0], lanes[1], lanes[2], lanes[3])
        for start in stride(from: 0, to: bytes.count, by: 32) {
            a = round(a, word(bytes, start))
            b = round(b, word(bytes, start + 8))
            c = round(c, word(bytes, start + 16))
            d = round(d, word(bytes, start + 24))
        }
        lanes = [a, b, c, d]
    }

    private static func merged(_ lanes: [UInt64]) -> UInt64 {
        let sum =
            rotated(lanes[0], 1) &+ rotated(lanes[1], 7) &+ rotated(lanes[2], 12)
            &+ rotated(lanes[3], 18)
        return lanes.reduce(sum) { ($0 ^ round(0, $1)) &* p1 &+ p4 }
    }

    private static func finished(_ start: UInt64, tail: [UInt8]) -> UInt64 {
        var hash = start
        var rest = tail[...]
        while rest.count >= 8 {
            let word = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            hash = rotated(hash ^ round(0, word), 27) &* p1 &+ p4
            rest = rest.dropFirst(8)
        }
        if rest.count >= 4 {
            let word = rest.prefix(4).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            hash = rotated(hash ^ (word &* p1), 23) &* p2 &+ p3
            rest = rest.dropFirst(4)
        }
        for byte in rest { hash = rotated(hash ^ (UInt64(byte) &* p5), 11) &* p1 }
        hash = (hash ^ (hash >> 33)) &* p2
        hash = (hash ^ (hash >> 29)) &* p3
        return hash ^ (hash >> 32)
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        rotated(lane &+ word &* p2, 31) &* p1
    }

    private static func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 {
        value << bits | value >> (64 - bits)
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
