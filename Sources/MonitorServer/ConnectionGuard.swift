import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Closes connections that send more than a request may hold, that take too long to send it, or that
/// do not read the answers.
///
/// What one connection can take is so bounded, also where no handler reads: in a body that a route
/// does not want, or in pipelined requests; and a byte now and then does not hold a place for ever.
/// Lies next to the socket, below HTTP.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let maxRequestBytes: Int
    private let stallTimeout: TimeAmount
    private var receivedBytes = 0
    /// Whether what came last begins as a request of HTTP, be its method known or not.
    private(set) var beginsAsHTTP = false
    private var stall: Scheduled<Void>?
    private var deadline: Scheduled<Void>?

    /// Creates the guard of one connection.
    ///
    /// - Parameters:
    ///   - maxRequestBytes: The bytes of a request, head and body, at most.
    ///   - stallTimeout: How long a client may refuse to read, or take until its request is answered.
    init(maxRequestBytes: Int, stallTimeout: TimeAmount) {
        self.maxRequestBytes = maxRequestBytes
        self.stallTimeout = stallTimeout
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if receivedBytes == 0 {
            deadline?.cancel()
            deadline = closing(context, in: stallTimeout)
            beginsAsHTTP = Self.beginsWithMethod(bytes)
        }
        receivedBytes += bytes.readableBytes
        guard receivedBytes <= maxRequestBytes else {
            context.close(promise: nil)
            return
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        receivedBytes = 0
        deadline?.cancel()
        deadline = nil
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = nil
        if !context.channel.isWritable {
            stall = closing(context, in: stallTimeout)
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // A graceful shutdown does not wait for a client that does not read.
        if event is ChannelShouldQuiesceEvent, !context.channel.isWritable {
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = nil
        deadline?.cancel()
        deadline = nil
    }

    /// Whether the first word could be a method: a token of RFC 9110, 5.6.2.
    private static func beginsWithMethod(_ bytes: ByteBuffer) -> Bool {
        let word = bytes.readableBytesView.prefix { $0 != UInt8(ascii: " ") }
        let marks = Array("!#$%&'*+-.^_`|~".utf8)
        return !word.isEmpty && word.count < bytes.readableBytes
            && word.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"):
                    true
                default: marks.contains(byte)
                }
            }
    }

    private func closing(
        _ context: ChannelHandlerContext,
        in delay: TimeAmount
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            context.close(promise: nil)
        }
    }
}

/// HTTP/1.1 over a connection with a ``ConnectionGuard`` and ``MessageRules``.
struct GuardedHTTPChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let http: HTTP1Channel
    private let settings: ServerSettings

    init(responder: @escaping HTTPChannelHandler.Responder, settings: ServerSettings) {
        self.settings = settings
        http = HTTP1Channel(
            responder: responder,
            configuration: HTTP1Channel.Configuration(
                idleTimeout: .seconds(Int64(settings.idleSeconds)),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: settings.maxHeadBytes,
                    maxHeaderListSize: settings.maxHeadBytes,
                    maxHeaderFieldCount: 64
                )
            )
        )
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let settings = settings
        let guarded = channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(
                ConnectionGuard(
                    maxRequestBytes: settings.maxHeadBytes + settings.maxBodyBytes,
                    stallTimeout: .seconds(Int64(settings.idleSeconds))
                )
            )
        }
        return guarded.flatMap { [http] in
            http.setup(channel: channel, logger: logger)
        }.flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let connection = try pipeline.handler(type: ConnectionGuard.self)
            let codec = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(
                MessageRules(
                    connection: connection,
                    maxBodyBytes: settings.maxBodyBytes
                ),
                position: .after(codec)
            )
            return value
        }
    }

    func handle(value: Value, logger: Logger) async {
        await http.handle(value: value, logger: logger)
    }
}
