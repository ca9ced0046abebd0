import Foundation
package import Messages
import NIOCore
import NIOHTTP1
import NIOPosix

/// Talks to the running service over its Unix socket.
///
/// Every request has a connection of its own.
package struct MonitorClient: Sendable {
    /// A key and a value of a query.
    package struct QueryItem: Sendable, Equatable {
        /// The key.
        package var key: String
        /// The value, not yet escaped.
        package var value: String

        /// Creates the item.
        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    /// Where the service is expected.
    package let socketPath: String
    /// How long an answer may take, in seconds.
    package let timeoutSeconds: Double

    /// Creates a client; nothing is connected yet.
    package init(socketPath: String, timeoutSeconds: Double = 10) {
        self.socketPath = socketPath
        self.timeoutSeconds = timeoutSeconds
    }

    /// A client of the first of several sockets at which a service answers.
    ///
    /// - Throws: ``ClientError/notRunning(path:)`` with the first path if none does, or what one
    ///   that is there says.
    package static func firstAnswering(
        at paths: [String],
        timeoutSeconds: Double = 10
    ) async throws(ClientError) -> MonitorClient {
        var refusal: ClientError?
        for path in paths {
            let client = MonitorClient(socketPath: path, timeoutSeconds: timeoutSeconds)
            do throws(ClientError) {
                _ = try await client.exchange(.GET, APIRoute.health.path)
                return client
            } catch .notRunning {
                continue
            } catch {
                refusal = refusal ?? error
            }
        }
        throw refusal ?? .notRunning(path: paths.first ?? "")
    }

    /// Asks for a message.
    package func get<Message: WireMessage>(
        _ path: String,
        query: [QueryItem] = [],
        as type: Message.Type = Message.self
    ) async throws(ClientError) -> Message {
        try decode(type, from: try await exchange(.GET, path, query: query))
    }

    /// Puts a message and reads the answer.
    package func put<Message: WireMessage>(
        _ path: String,
        _ body: JSONValue,
        as type: Message.Type = Message.self
    ) async throws(ClientError) -> Message {
        try decode(type, from: try await exchange(.PUT, path, body: body))
    }

    /// Posts a message and reads the answer.
    package func post<Message: WireMessage>(
        _ path: String,
        _ body: JSONValue? = nil,
        as type: Message.Type = Message.self
    ) async throws(ClientError) -> Message {
        try decode(type, from: try await exchange(.POST, path, body: body))
    }

    /// Deletes something and reads the answer.
    package func delete<Message: WireMessage>(
        _ path: String,
        as type: Message.Type = Message.self
    ) async throws(ClientError) -> Message {
        try decode(type, from: try await exchange(.DELETE, path))
    }

    /// Asks for an answer as it is, such as a clip or the metrics.
    package func bytes(_ path: String) async throws(ClientError) -> [UInt8] {
        try await exchange(.GET, path)
    }

    /// Escapes a part of a path, such as the name of a class.
    package static func escaped(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        )
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private func decode<Message: WireMessage>(
        _ type: Message.Type,
        from bytes: [UInt8]
    ) throws(ClientError) -> Message {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw .unreadableAnswer(
                path: socketPath,
                reason: "its answer is no \(String(describing: type))"
            )
        }
    }
}
