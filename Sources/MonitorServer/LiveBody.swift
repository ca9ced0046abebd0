import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

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
