/// Files in a ZIP archive that may have anything before it, such as a network.
///
/// The layout is that of PKWARE's APPNOTE: a directory at the end names the places of the files.
/// Stored and deflated files are read.
package struct ZipArchive: Sendable {
    /// A file of the archive.
    package struct Entry: Sendable, Hashable {
        /// The name, with folders before it.
        package let name: String
        /// Its length once it is unpacked, as the directory has it.
        package let size: Int
        fileprivate let method: Int
        fileprivate let checksum: UInt32
        fileprivate let packedSize: Int
        fileprivate let header: Int
    }

    /// Why an archive cannot be read.
    package enum Fault: Error, Equatable {
        case damaged(name: String)
        case tooLarge(name: String, size: Int)
    }

    /// The largest file that is unpacked, in bytes.
    private static let largestFile = 1 << 24
    private static let directoryEnd: [UInt8] = [0x50, 0x4B, 5, 6]
    private static let directoryEntry: [UInt8] = [0x50, 0x4B, 1, 2]
    private static let fileHeader: [UInt8] = [0x50, 0x4B, 3, 4]
    private static let endLength = 22
    private static let longestComment = 65_535

    /// The files, in the directory's order.
    package let entries: [Entry]
    private let bytes: [UInt8]

    /// Finds the directory at the end of some bytes; nil if there is none.
    package init?(_ bytes: [UInt8]) {
        guard let end = Self.end(of: bytes) else { return nil }
        let count = Self.number(bytes, end + 10, 2)
        let length = Self.number(bytes, end + 12, 4)
        let start = end - length
        guard start >= 0 else { return nil }
        // What was put before the archive has moved all places.
        let shift = start - Self.number(bytes, end + 16, 4)
        var entries: [Entry] = []
        var place = start
        for _ in 0..<count {
            guard place + 46 <= end, bytes[place..<place + 4].elementsEqual(Self.directoryEntry)
            else { return nil }
            let nameLength = Self.number(bytes, place + 28, 2)
            let rest = Self.number(bytes, place + 30, 2) + Self.number(bytes, place + 32, 2)
            guard place + 46 + nameLength + rest <= end else { return nil }
            entries.append(
                Entry(
                    name: String(
                        decoding: bytes[place + 46..<place + 46 + nameLength],
                        as: UTF8.self
                    ),
                    size: Self.number(bytes, place + 24, 4),
                    method: Self.number(bytes, place + 10, 2),
                    checksum: UInt32(Self.number(bytes, place + 16, 4)),
                    packedSize: Self.number(bytes, place + 20, 4),
                    header: Self.number(bytes, place + 42, 4) + shift
                )
            )
            place += 46 + nameLength + rest
        }
        self.entries = entries
        self.bytes = bytes
    }

    /// The content of a file.
    ///
    /// - Throws: ``Fault`` when it is damaged, packed in another way, or too large.
    package func content(of entry: Entry) throws(Fault) -> [UInt8] {
        guard entry.size <= Self.largestFile else {
            throw .tooLarge(name: entry.name, size: entry.size)
        }
        let damaged = Fault.damaged(name: entry.name)
        let header = entry.header
        guard header >= 0, header <= bytes.count - 30,
            bytes[header..<header + 4].elementsEqual(Self.fileHeader)
        else { throw damaged }
        let start =
            header + 30 + Self.number(bytes, header + 26, 2) + Self.number(bytes, header + 28, 2)
        guard start <= bytes.count, entry.packedSize <= bytes.count - start else { throw damaged }
        let packed = bytes[start..<start + entry.packedSize]
        let content: [UInt8]
        switch entry.method {
        case 0: content = Array(packed)
        case 8:
            do {
                content = try Inflate.unpacked(packed, limit: entry.size)
            } catch {
                throw damaged
            }
        default: throw damaged
        }
        guard content.count == entry.size, Self.checksum(of: content) == entry.checksum else {
            throw damaged
        }
        return content
    }

    private static func end(of bytes: [UInt8]) -> Int? {
        guard bytes.count >= endLength else { return nil }
        let last = bytes.count - endLength
        return (max(0, last - longestComment)...last).reversed().first { place in
            bytes[place] == 0x50 && bytes[place..<place + 4].elementsEqual(directoryEnd)
                && place + endLength + number(bytes, place + 20, 2) == bytes.count
        }
    }

    /// A little-endian number of some bytes, which are inside.
    private static func number(_ bytes: [UInt8], _ place: Int, _ width: Int) -> Int {
        (0..<width).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }

    /// The CRC-32 of bytes.
    private static func checksum(of bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) }
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in
            value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
        }
    }
}

/// The names of classes that a TFLite file has in the archive at its end.
package enum TFLiteLabels {
    /// The names of a network's classes.
    ///
    /// - Parameters:
    ///   - bytes: The bytes of the file.
    ///   - count: How many classes there are, if that is known; files of other lengths are passed
    ///     over.
    /// - Returns: A line a class; nil when the file has no archive or no such text in it.
    package static func read(_ bytes: [UInt8], count: Int? = nil) -> [String]? {
        guard let archive = ZipArchive(bytes) else { return nil }
        let texts = archive.entries.filter { $0.name.hasSuffix(".txt") }
        // Translations have longer names than the file that they are made of.
        let ordered = texts.sorted {
            let (left, right) = ($0.name.contains("label"), $1.name.contains("label"))
            return left != right ? left : $0.name.utf8.count < $1.name.utf8.count
        }
        for entry in ordered {
            guard let content = try? archive.content(of: entry),
                let text = String(validating: content, as: UTF8.self)
            else { continue }
            let lines = text.split(whereSeparator: \.isNewline).map(String.init)
            if !lines.isEmpty, count.map({ $0 == lines.count }) ?? true { return lines }
        }
        return nil
    }
}
