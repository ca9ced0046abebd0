import Foundation
import Messages
import NIOHTTP1

/// The bands of a spectrogram that is followed.
package struct SpectrogramHeader: Decodable, Sendable, Equatable {
    /// The name of the source.
    package let source: String
    /// How many bands a column has.
    package let bands: Int
    /// The middle of each band in Hz, the lowest first.
    package let frequenciesHz: [Double]
    /// The level that a byte of 0 stands for, in dBFS, or anything below.
    package let floorDB: Double
    /// The decibels of a step of a byte.
    package let stepDB: Double

    private enum CodingKeys: String, CodingKey {
        case source, bands
        case frequenciesHz = "frequencies_hz"
        case floorDB = "floor_db"
        case stepDB = "step_db"
    }
}

/// What comes while a spectrogram is followed.
package enum SpectrogramMessage: Sendable, Equatable {
    /// First: what the columns are.
    case header(SpectrogramHeader)
    /// A column: when it begins, in seconds since 1970, and a byte a band, the lowest first.
    case column(time: Double, levels: [UInt8])
}

extension MonitorClient {
    /// Follows the spectrogram of a source, until the service ends it or the reader does.
    ///
    /// It ends without an error when the source delivers nothing.
    /// - Parameter source: The name of the source; nil: the only one.
    /// - Returns: The header, then columns.
    package func spectrogram(
        source: String?
    ) -> AsyncThrowingStream<SpectrogramMessage, any Error> {
        let query: Query = [("source", source)]
        let request = request(.GET, APIRoute.spectrogram.path, query: query, body: nil)
        return stream(request, by: SpectrogramParser.self)
    }
}

/// Cuts the bytes of a spectrogram into columns.
struct SpectrogramParser: StreamParser {
    private static let maxHeaderBytes = 1 << 20

    private var header: SpectrogramHeader?
    private var rest: [UInt8] = []

    mutating func parse(_ bytes: some Sequence<UInt8>) throws -> [SpectrogramMessage] {
        rest.append(contentsOf: bytes)
        var messages: [SpectrogramMessage] = []
        if header == nil {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
                guard rest.count <= Self.maxHeaderBytes else {
                    throw ServerSentEventParser.TooLong()
                }
                return []
            }
            let read = try JSONDecoder().decode(SpectrogramHeader.self, from: Data(rest[..<end]))
            guard read.bands > 0, read.bands == read.frequenciesHz.count else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: [], debugDescription: "\(read.bands) bands")
                )
            }
            header = read
            rest.removeSubrange(...end)
            messages.append(.header(read))
        }
        guard let header else { return messages }
        let size = 8 + header.bands
        var start = 0
        while start + size <= rest.count {
            let bits = rest[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            messages.append(
                .column(
                    time: Double(bitPattern: bits),
                    levels: Array(rest[start + 8..<start + size])
                )
            )
            start += size
        }
        rest.removeFirst(start)
        return messages
    }
}
