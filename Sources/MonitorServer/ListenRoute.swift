import HTTPTypes
import Hummingbird
import Monitor
import NIOCore

/// Answers with a source's live sound.
struct ListenRoute: Sendable {
    let controls: MonitorControls

    /// An endless WAV, until either side ends it or the source falls silent.
    func listen(_ request: Request) async throws -> Response {
        let query = try QueryReader(request.uri.query, known: ["source"])
        let live = try controls.listen(try query.one("source"))
        return LiveBody.response(
            type: "audio/wav",
            beginning: Self.header(sampleRateHz: live.sampleRateHz),
            pieces: live.pieces
        ) { piece in
            var bytes = ByteBuffer()
            for sample in piece { bytes.writeInteger(sample, endianness: .little) }
            return bytes
        }
    }

    /// The head of a WAV of 16 bits, mono, whose lengths say that the end is not known.
    static func header(sampleRateHz: Int) -> ByteBuffer {
        let unknown = UInt32.max
        var header = ByteBuffer(string: "RIFF")
        header.writeInteger(unknown, endianness: .little)
        header.writeString("WAVEfmt ")
        header.writeInteger(UInt32(16), endianness: .little)
        header.writeInteger(UInt16(1), endianness: .little)
        header.writeInteger(UInt16(1), endianness: .little)
        header.writeInteger(UInt32(sampleRateHz), endianness: .little)
        header.writeInteger(UInt32(2 * sampleRateHz), endianness: .little)
        header.writeInteger(UInt16(2), endianness: .little)
        header.writeInteger(UInt16(16), endianness: .little)
        header.writeString("data")
        header.writeInteger(unknown, endianness: .little)
        return header
    }
}
