import Foundation
package import Messages
import NIOCore
import NIOHTTP1
import NIOPosix

/// A connection on which requests go out and answers come in.
typealias ClientChannel = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

/// Talks to the running service over its Unix socket.
///
/// Every request has a connection of its own.
package struct MonitorClient: Sendable {
    /// The keys and values of a query, not yet escaped; those without a value are left out.
    typealias Query = [(key: String, value: String?)]

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
        as type: Message.Type = Message.self
    ) async throws(ClientError) -> Message {
        try await send(.GET, path)
    }

    /// Sends a request and decodes the answer.
    func send<Message: WireMessage>(
        _ method: HTTPMethod,
        _ path: String,
        query: Query = [],
        body: JSONValue? = nil
    ) async throws(ClientError) -> Message {
        let bytes = try await exchange(method, path, query: query, body: body)
        do {
            return try JSONDecoder().decode(Message.self, from: Data(bytes))
        } catch {
            throw .unreadableAnswer(
                path: socketPath,
                reason: "its answer is not a \(String(describing: Message.self))"
            )
        }
    }

    /// Escapes a part of a path, such as the name of a class.
    package static func escaped(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        )
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    /// Sends a request and collects the body of the answer.
    ///
    /// - Throws: ``ClientError/refused(status:_:)`` for any other status than 200, or why there
    ///   was no answer.
    func exchange(
        _ method: HTTPMethod,
        _ path: String,
        query: Query = [],
        body: JSONValue? = nil
    ) async throws(ClientError) -> [UInt8] {
        let request = request(method, path, query: query, body: body)
        let seconds = timeoutSeconds
        let outcome = await withTaskGroup(of: Result<[UInt8], ClientError>.self) { group in
            group.addTask {
                do throws(ClientError) {
                    return .success(try await collect(request, body: body))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(seconds))
                return .failure(.timeout(path: socketPath, seconds: seconds))
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? .failure(.connectionLost(path: socketPath))
        }
        return try outcome.get()
    }

    /// Connects to the service.
    func connect() async throws(ClientError) -> ClientChannel {
        let length = socketPath.utf8.count
        guard length <= APISocket.maxPathLength else {
            throw .socketPathTooLong(path: socketPath, length: length)
        }
        do {
            return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(unixDomainSocketPath: socketPath) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        return try ClientChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw connectionError(error)
        }
    }

    /// The head of a request.
    func request(
        _ method: HTTPMethod,
        _ path: String,
        query: Query,
        body: JSONValue?
    ) -> HTTPRequestHead {
        let items = query.compactMap { key, value in
            value.map { "\(Self.escaped(key))=\(Self.escaped($0))" }
        }
        let uri = items.isEmpty ? path : path + "?" + items.joined(separator: "&")
        var headers = HTTPHeaders([("Host", "localhost"), ("Connection", "close")])
        if let body {
            headers.add(name: "Content-Type", value: "application/json")
            headers.add(name: "Content-Length", value: String(body.text.utf8.count))
        }
        return HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers)
    }

    /// What an error answer says.
    func refusal(status: Int, body: [UInt8]) -> ClientError {
        guard let message = try? JSONDecoder().decode(ErrorMessage.self, from: Data(body)) else {
            return .unreadableAnswer(path: socketPath, reason: "it answered with status \(status)")
        }
        return .refused(status: status, message)
    }

    private func collect(
        _ request: HTTPRequestHead,
        body: JSONValue?
    ) async throws(ClientError) -> [UInt8] {
        let channel = try await connect()
        do {
            return try await channel.executeThenClose { inbound, outbound in
                var parts: [HTTPClientRequestPart] = [.head(request)]
                if let body {
                    parts.append(.body(.byteBuffer(ByteBuffer(string: body.text))))
                }
                // A server that refuses early may close before all is sent; its answer counts.
                try? await outbound.write(contentsOf: parts + [.end(nil)])
                var status: Int?
                var bytes: [UInt8] = []
                for try await part in inbound {
                    switch part {
                    case .head(let head):
                        status = Int(head.status.code)
                    case .body(let buffer):
                        bytes.append(contentsOf: buffer.readableBytesView)
                    case .end:
                        guard status == 200 else {
                            throw refusal(status: status ?? 0, body: bytes)
                        }
                        return bytes
                    }
                }
                throw ClientError.connectionLost(path: socketPath)
            }
        } catch let error as ClientError {
            throw error
        } catch {
            throw .connectionLost(path: socketPath)
        }
    }

    private func connectionError(_ error: any Error) -> ClientError {
        let code = (error as? IOError)?.errnoCode
        switch code {
        case ENOENT, ECONNREFUSED, ENOTDIR, ENOTSOCK:
            return .notRunning(path: socketPath)
        case EACCES, EPERM:
            return .notPermitted(path: socketPath)
        default:
            return .connectionLost(path: socketPath)
        }
    }
}
