import Messages
import NIOCore
import NIOHTTP1

/// Applies the rules of HTTP/1.x (RFC 9110 and 9112) that neither the codec below nor the server
/// above follows.
///
/// The codec does not know which request it answers: it would end the answer to HEAD with an empty
/// chunk, and send chunks to a client of HTTP/1.0. The server above does not know the version, and
/// answers neither `Expect: 100-continue` nor what cannot be read. Lies directly above the codec.
final class MessageRules: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What the answer to a request must look like.
    private struct Exchange {
        let isHead: Bool
        /// Whether it is of HTTP/1.1.
        let isModern: Bool
        let closes: Bool
    }

    private let connection: ConnectionGuard
    private let maxBodyBytes: Int
    /// The requests that are not answered to the end, in order.
    private var exchanges: [Exchange] = []
    private var isReadingBody = false
    /// Whether the client waits for '100 Continue' before it sends the body of its last request.
    private var awaitsContinue = false
    /// Why nothing more is read; sent as soon as everything before is answered.
    private var refusal: Refusal?

    /// Creates the rules of one connection.
    ///
    /// - Parameters:
    ///   - connection: The connection's guard, which sees the bytes.
    ///   - maxBodyBytes: The largest body that a client is told to send.
    init(connection: ConnectionGuard, maxBodyBytes: Int) {
        self.connection = connection
        self.maxBodyBytes = maxBodyBytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard refusal == nil else { return }
        switch unwrapInboundIn(data) {
        case .head(var head):
            // A browser names the host always; without it, or with two, a proxy could be misled.
            let isModern = head.version != .http1_0
            let hosts = head.headers["host"].count
            guard hosts == 1 || (hosts == 0 && !isModern) else {
                return refuse(.badHost, context)
            }
            let expectsContinue =
                isModern
                && head.headers[canonicalForm: "expect"].contains {
                    $0.lowercased() == "100-continue"
                }
            let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
            if expectsContinue, length > maxBodyBytes {
                // A client that asks before it sends gets the answer before it sends.
                return refuse(.bodyTooLarge, context)
            }
            let closes = !isModern || !head.isKeepAlive
            if closes { head.headers.replaceOrAdd(name: "connection", value: "close") }
            exchanges.append(
                Exchange(isHead: head.method == .HEAD, isModern: isModern, closes: closes)
            )
            isReadingBody = true
            awaitsContinue = expectsContinue
            sendContinueIfDue(context)
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body:
            awaitsContinue = false
            context.fireChannelRead(data)
        case .end:
            awaitsContinue = false
            isReadingBody = false
            context.fireChannelRead(data)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A body that breaks off is an error of the handler that reads it.
        guard let error = error as? HTTPParserError, !isReadingBody else {
            return context.fireErrorCaught(error)
        }
        guard refusal == nil else { return }
        refuse(Refusal(error, beginsAsHTTP: connection.beginsAsHTTP), context)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard let exchange = exchanges.first else {
            // The answer to what cannot be read was given here already.
            promise?.succeed()
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if !exchange.isModern { head.version = .http1_0 }
            if exchange.closes { head.headers.replaceOrAdd(name: "connection", value: "close") }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body where exchange.isHead:
            writeNothing(context, promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            if exchange.isHead {
                // Not the end itself, which would be written as an empty chunk.
                writeNothing(context, promise)
            } else {
                context.write(data, promise: promise)
            }
            exchanges.removeFirst()
            sendContinueIfDue(context)
            sendRefusalIfDue(context)
        }
    }

    private func writeNothing(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?)
    {
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: promise)
    }

    private func sendContinueIfDue(_ context: ChannelHandlerContext) {
        guard awaitsContinue, exchanges.count == 1 else { return }
        awaitsContinue = false
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        self.refusal = refusal
        sendRefusalIfDue(context)
    }

    private func sendRefusalIfDue(_ context: ChannelHandlerContext) {
        guard let refusal, exchanges.isEmpty else { return }
        let body = ByteBuffer(string: refusal.message.json.text + "\n")
        let head = HTTPResponseHead(
            version: .http1_1,
            status: refusal.status,
            headers: [
                "Content-Type": "application/json; charset=utf-8",
                "Content-Length": "\(body.readableBytes)", "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff", "Connection": "close",
            ]
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(mode: .output, promise: nil)
    }
}

extension MessageRules {
    /// Why a request cannot be read.
    private struct Refusal {
        let status: HTTPResponseStatus
        let message: ErrorMessage

        static let badHost = Refusal(
            .badRequest,
            "bad_request",
            "A request of HTTP/1.1 has exactly one 'Host' header."
        )

        static let bodyTooLarge = Refusal(
            .payloadTooLarge,
            "body_too_large",
            "The body of the request is too large."
        )

        init(_ status: HTTPResponseStatus, _ code: String, _ text: String) {
            self.status = status
            message = ErrorMessage(code: code, message: text)
        }

        init(_ error: HTTPParserError, beginsAsHTTP: Bool) {
            switch error {
            case .invalidMethod where beginsAsHTTP:
                self.init(
                    .notImplemented,
                    "method_not_implemented",
                    "The method of the request is not known. docs/http-api.md lists the routes."
                )
            case .invalidVersion:
                self.init(
                    .httpVersionNotSupported,
                    "version_not_supported",
                    "The HTTP version of the request is not supported. Use HTTP/1.1."
                )
            case .headerOverflow:
                self.init(
                    .requestHeaderFieldsTooLarge,
                    "head_too_large",
                    "The head of the request is too large."
                )
            default:
                self.init(
                    .badRequest,
                    "bad_request",
                    "The request is not valid HTTP/1.1: \(error.debugDescription)."
                )
            }
        }
    }
}
