import Foundation
@preconcurrency import Glibc
import Platform

/// A file to which lines are only ever appended, each of them durable when `append` returns.
///
/// Some space is reserved after its end, filled with zeros, as long as the disk has any, so that
/// events find a place even on a disk that is full by then.
final class SpoolFile {
    /// What is in a file.
    struct Content {
        var records: [SpoolRecord] = []
        /// Lines that are not what was written, the last one not counted if it was cut off.
        var damagedLines = 0
    }

    let path: String
    private let maxBytes: Int
    private let reservedBytes: Int
    private var descriptor: Int32 = -1
    /// Where the next line goes; zeros may follow.
    private(set) var size = 0
    /// Whether the file is there and cannot be read, so that its end is unknown.
    private var isUnreadable = false
    /// Whether the last line lacks its end, because a crash cut it off.
    private var endsWithinLine = false

    /// Names a file, which need not be there.
    init(path: String, maxBytes: Int, reservedBytes: Int) {
        self.path = path
        self.maxBytes = maxBytes
        self.reservedBytes = reservedBytes
        _ = read()
    }

    deinit {
        close()
    }

    /// Reads everything; a file that is not there, or cannot be read, is empty.
    func read() -> Content {
        var content = Content()
        guard StateFile.obstacle(at: path) == nil,
            let stored = FileManager.default.contents(atPath: path)
        else {
            isUnreadable = access(path, F_OK) == 0
            return content
        }
        let data = stored.prefix((stored.lastIndex { $0 != 0 } ?? -1) + 1)
        size = data.count
        isUnreadable = false
        endsWithinLine = !data.isEmpty && data.last != UInt8(ascii: "\n")
        let lines = data.split(separator: UInt8(ascii: "\n"))
        for (index, line) in lines.enumerated() {
            if let record = SpoolRecord(line: line) {
                content.records.append(record)
            } else if index < lines.count - 1 || !endsWithinLine {
                content.damagedLines += 1
            }
        }
        return content
    }

    /// Makes room for events before the disk is full.
    func reserve() {
        guard reservedBytes > 0, (try? open()) != nil else { return }
        posix_fallocate(descriptor, off_t(size), off_t(reservedBytes))
    }

    /// Appends lines and waits until the disk has them; all of them, or none if it fails.
    func append(_ lines: Data) throws(SpoolError) {
        guard !isUnreadable else { throw .unwritable(path: path, reason: "it cannot be read") }
        try open()
        var text = lines
        if endsWithinLine { text.insert(UInt8(ascii: "\n"), at: text.startIndex) }
        guard size + text.count <= maxBytes else {
            throw .full(path: path, bytes: size)
        }
        do throws(SpoolError) {
            try write(text)
            guard fdatasync(descriptor) == 0 else { throw .last(path: path) }
        } catch {
            // Removes a half-written line.
            endsWithinLine = ftruncate(descriptor, off_t(size)) != 0 || endsWithinLine
            close()
            throw error
        }
        size += text.count
        endsWithinLine = false
    }

    /// Removes all lines, because they are in the database.
    func clear() {
        guard (try? open()) != nil, ftruncate(descriptor, 0) == 0 else { return }
        fsync(descriptor)
        size = 0
        endsWithinLine = false
        reserve()
    }

    /// Gives the file another name, so that a person can look at it, and begins a new one.
    ///
    /// - Returns: The new path; nil if it cannot be renamed.
    func setAside() -> String? {
        close()
        guard let aside = StateFile.setAside(path) else { return nil }
        size = 0
        endsWithinLine = false
        return aside
    }

    private func write(_ data: Data) throws(SpoolError) {
        let bytes = [UInt8](data)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { part in
                pwrite(descriptor, part.baseAddress, part.count, off_t(size + written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last(path: path) }
            written += count
        }
    }

    private func open() throws(SpoolError) {
        guard descriptor < 0 else { return }
        let isNew = access(path, F_OK) != 0
        descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw .last(path: path) }
        if isNew { OutputFile.syncFolder(of: path) }
    }

    private func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }
}

/// One line of a spool: what is in it, and which models its classes belong to.
struct SpoolRecord: Sendable, Equatable, Codable {
    /// Its place in the order of all spools, counted up from 1.
    var number: Int64
    /// The name of the spool, in its first line only.
    var spool: String?
    /// The models of the entries that follow.
    var models: [ModelIdentity]?
    /// What happened.
    var entry: HistoryEntry?
}

extension SpoolRecord {
    /// The line that holds the record: a checksum of the rest, a space, JSON.
    func line() throws -> Data {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .millisecondsSince1970
        encoder.outputFormatting = [.sortedKeys]
        let json = try encoder.encode(self)
        let sum = String(format: "%08x ", Checksum.crc32(of: json))
        return Data(sum.utf8) + json + Data([UInt8(ascii: "\n")])
    }

    /// Reads a line without its end; nil if it is not what was written.
    init?(line: Data) {
        guard line.count > 9, line[line.startIndex + 8] == UInt8(ascii: " "),
            let sum = UInt32(String(decoding: line.prefix(8), as: UTF8.self), radix: 16)
        else {
            return nil
        }
        let json = Data(line.dropFirst(9))
        guard sum == Checksum.crc32(of: json) else { return nil }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .millisecondsSince1970
        guard let record = try? decoder.decode(SpoolRecord.self, from: json) else { return nil }
        self = record
    }
}

/// Why the spool cannot be written: one line, with what to do next.
package enum SpoolError: Error, Equatable, CustomStringConvertible {
    /// Nothing can be written at any of the places.
    case unwritable(path: String, reason: String)
    /// The place holds as much as it may.
    case full(path: String, bytes: Int)

    package var description: String {
        switch self {
        case .unwritable(let path, let reason):
            "Cannot write the spool '\(path)' (\(reason)). "
                + "Free some space, or check the state folder and its permissions."
        case .full(let path, let bytes):
            "The spool '\(path)' is full (\(bytes) bytes). "
                + "Make the event history writable again."
        }
    }

    /// The error of the last system call.
    static func last(path: String) -> SpoolError {
        .unwritable(path: path, reason: String(cString: strerror(errno)))
    }
}

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
