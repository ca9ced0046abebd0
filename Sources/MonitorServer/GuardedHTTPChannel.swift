import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

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
                MessageRules(connection: connection),
                position: .after(codec)
            )
            return value
        }
    }

    func handle(value: Value, logger: Logger) async {
        await http.handle(value: value, logger: logger)
    }
}
