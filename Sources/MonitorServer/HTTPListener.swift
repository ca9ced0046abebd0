import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// One of the API's servers, at the Unix socket or at a TCP address.
///
/// It stands for Hummingbird's `Application`, whose clock for the header `Date` wakes several threads
/// each second, whether or not anybody asks anything.
struct HTTPListener: Sendable {
    /// What a request that is cut off while it is answered leaves.
    private struct RequestCutOff: Error {}

    let address: BindAddress
    let settings: ServerSettings
    let responder: OriginResponder
    let loops: any EventLoopGroup
    let logger: Logger
    /// Called once connections are accepted.
    let onRunning: @Sendable (any Channel) async -> Void

    /// Serves until a graceful shutdown or cancellation.
    ///
    /// - Throws: Why it can't be listened at the address.
    func run() async throws {
        let builder = HTTPServerBuilder { [settings] responder in
            GuardedHTTPChannel(responder: responder, settings: settings)
        }
        let server = try builder.buildServer(
            configuration: ServerConfiguration(
                address: address,
                availableConnectionsDelegate: .maximum(settings.maxConnections, logger: logger)
            ),
            eventLoopGroup: loops,
            logger: logger,
            responder: { request, writer, channel in
                let response = try await answer(request, from: channel)
                do {
                    try await writer.write(response: response.head, body: response.body)
                } catch is HTTPParserError {
                    // As it is, it would be answered a second time.
                    throw RequestCutOff()
                }
            },
            onServerRunning: onRunning
        )
        try await server.run()
    }

    private func answer(_ request: Request, from channel: any Channel) async throws -> Response {
        var logger = logger
        logger[metadataKey: "hb.request.id"] = .stringConvertible(RequestID())
        let source = ApplicationRequestContextSource(channel: channel, logger: logger)
        var response: Response
        do {
            response = try await responder.respond(
                to: request,
                context: APIContext(source: source)
            )
        } catch let error as HTTPParserError {
            throw error
        } catch {
            logger.debug("A request failed: \(error)")
            response = Response(status: .internalServerError, body: .init())
        }
        response.headers[.date] = Self.text(of: Date())
        return response
    }

    /// A date as RFC 9110, 5.6.7, has it: `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func text(of date: Date) -> String {
        var time = time_t(date.timeIntervalSince1970.rounded(.down))
        var parts = tm()
        gmtime_r(&time, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let day = days[Int(parts.tm_wday)]
        let month = months[Int(parts.tm_mon)]
        let clock = String(format: "%02d:%02d:%02d", parts.tm_hour, parts.tm_min, parts.tm_sec)
        let dayOfMonth = String(format: "%02d", parts.tm_mday)
        return "\(day), \(dayOfMonth) \(month) \(parts.tm_year + 1_900) \(clock) GMT"
    }
}
