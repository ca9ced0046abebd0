import HTTPTypes
import Hummingbird
import Monitor
import NIOCore
import ServiceLifecycle
import Synchronization

/// The body of an answer that goes on for as long as something live comes.
enum LiveBody {
    /// An answer that ends when nothing more comes, or when the service stops.
    ///
    /// - Parameters:
    ///   - type: The media type.
    ///   - beginning: The first bytes.
    ///   - pieces: What comes.
    ///   - place: Held until the answer is over; nil: nothing.
    ///   - bytes: Writes a piece.
    /// - Returns: The answer.
    static func response<Piece: Sendable>(
        type: String,
        beginning: ByteBuffer,
        pieces: AsyncStream<Piece>,
        holding place: (any Sendable)? = nil,
        bytes: @escaping @Sendable (Piece) -> ByteBuffer
    ) -> Response {
        let body = ResponseBody { writer in
            // Free again when this closure is released.
            _ = place
            try await writer.write(beginning)
            for await piece in pieces.cancelOnGracefulShutdown() {
                try await writer.write(bytes(piece))
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: type,
                // A proxy passes on each piece at once: it neither packs nor gathers them.
                .cacheControl: "no-cache, no-store, no-transform", .accelBuffering: "no",
            ],
            body: body
        )
    }
}

extension HTTPField.Name {
    /// Makes nginx, and proxies that follow it, pass on an answer as it comes.
    static var accelBuffering: HTTPField.Name {
        guard let name = HTTPField.Name("X-Accel-Buffering") else {
            preconditionFailure("a valid name")
        }
        return name
    }
}

/// Counts the streams that are open, up to a limit.
final class StreamSlots: Sendable {
    private let taken = Atomic<Int>(0)
    let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Reserves a slot, or says that there is none.
    ///
    /// - Throws: `APIError` if all are taken.
    func require() throws(APIError) -> Slot {
        guard let slot = reserve() else {
            throw APIError(
                .serviceUnavailable,
                "too_many_streams",
                "Too many streams (\(limit)). Close one first."
            )
        }
        return slot
    }

    /// Reserves a slot, which is free again when it is released; nil if all are taken.
    func reserve() -> Slot? {
        guard taken.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            taken.wrappingSubtract(1, ordering: .relaxed)
            return nil
        }
        return Slot(slots: self)
    }

    /// One stream's place; it is given back when the last reference goes.
    final class Slot: Sendable {
        private let slots: StreamSlots

        fileprivate init(slots: StreamSlots) {
            self.slots = slots
        }

        deinit {
            slots.taken.wrappingSubtract(1, ordering: .relaxed)
        }
    }
}

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
