import Foundation

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
