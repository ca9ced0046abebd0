import Foundation
@preconcurrency import Glibc
import Synchronization
import Testing

/// An HTTP server on the loopback that answers as badly as it is told to.
final class FaultyServer: Sendable {
    /// How it answers a request.
    enum Answer: Sendable {
        /// A whole answer of a status.
        case status(Int, headers: [String] = [])
        /// A status line and a body that breaks off.
        case half
        /// No answer for so long, then none at all.
        case silence(seconds: Double)
    }

    struct Request: Sendable {
        var head: String
        var body: String

        /// The value of a field of the head.
        func field(_ name: String) -> String? {
            head.split(separator: "\r\n").first {
                $0.lowercased().hasPrefix(name.lowercased() + ":")
            }?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
        }
    }

    let port: Int
    private let listener: Int32
    private let answers: Mutex<[Answer]>
    private let received = Mutex<[Request]>([])

    /// Listens and answers, the last answer to all further requests.
    init(_ answers: [Answer]) throws {
        self.answers = Mutex(answers)
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = self.listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, size) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, generic, &size) == 0
            }
        }
        try #require(isBound)
        port = Int(address.sin_port.bigEndian)
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    // Here, so that no other server's number is closed or waited on.
                    close(listener)
                    return
                }
                self?.serve(connection)
                close(connection)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    var url: String { "http://127.0.0.1:\(port)/hook" }

    var requests: [Request] { received.withLock { $0 } }

    private func serve(_ connection: Int32) {
        guard let request = Self.read(connection) else { return }
        received.withLock { $0.append(request) }
        let answer = answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        switch answer {
        case .status(let status, let headers):
            let fields = (headers + ["Content-Length: 4"]).joined(separator: "\r\n")
            Self.send("HTTP/1.1 \(status) X\r\n\(fields)\r\n\r\nbody", connection)
        case .half:
            Self.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhal", connection)
        case .silence(let seconds):
            usleep(UInt32(seconds * 1e6))
        }
    }

    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let request = Request(
                    head: String(text[..<end.lowerBound]),
                    body: String(text[end.upperBound...])
                )
                let length = request.field("Content-Length").flatMap { Int($0) } ?? 0
                if request.body.utf8.count >= length { return request }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer.prefix(count)
        }
    }

    private static func send(_ text: String, _ connection: Int32) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}

/// Waits until something holds; only a test that fails waits to the end.
func waitUntil(
    _ what: String,
    _ condition: () async throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("\(what) did not come", sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}
