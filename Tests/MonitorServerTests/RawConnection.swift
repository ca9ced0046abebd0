import Foundation
@preconcurrency import Glibc
import Monitor
import MonitorClient
import MonitorServer

/// A socket on which a test can send anything, however malformed.
///
/// Reading and writing wait on a thread of their own: on those of Swift's tasks they would keep the
/// server under test from answering.
final class RawConnection: Sendable {
    struct Failed: Error {
        var step: String
        var code: Int32
    }

    private let handle: Int32

    init(unix path: String) throws {
        handle = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(handle, $0, size) }
        }
        try begin(connected: result)
    }

    init(tcpPort port: Int) throws {
        handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(handle, $0, size) }
        }
        try begin(connected: result)
    }

    deinit {
        close(handle)
    }

    private func begin(connected result: Int32) throws {
        guard result == 0 else {
            throw Failed(step: "connect", code: errno)
        }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(
            handle,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &patience,
            socklen_t(MemoryLayout<timeval>.size)
        )
    }

    /// Sends bytes; false if the other side has closed.
    @discardableResult
    func write(_ text: String) async -> Bool {
        await waiting { self.writeNow(Array(text.utf8)) }
    }

    /// Sends bytes that need not be text; false if the other side has closed.
    @discardableResult
    func write(_ bytes: [UInt8]) async -> Bool {
        await waiting { self.writeNow(bytes) }
    }

    /// Reads what there is, up to 64 KiB; nil at the end, or after ten seconds of nothing.
    func read() async -> String? {
        await waiting { self.readNow() }
    }

    /// Reads until a text has come, or the end.
    func read(until text: String) async -> String {
        await waiting {
            var all = ""
            while !all.contains(text), let part = self.readNow() {
                all += part
            }
            return all
        }
    }

    /// Sends a request and reads until the other side closes.
    func exchange(_ request: String) async -> String {
        await waiting {
            _ = self.writeNow(Array(request.utf8))
            var all = ""
            while let part = self.readNow() {
                all += part
            }
            return all
        }
    }

    /// Says that nothing more will be sent.
    func finishWriting() {
        shutdown(handle, Int32(SHUT_WR))
    }

    private func waiting<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body()) }
        }
    }

    private func writeNow(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(handle, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else {
                return false
            }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func readNow() -> String? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(handle, &buffer, buffer.count, 0)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}

/// The text of a request without a body.
func request(_ line: String, host: String = "localhost", _ headers: [String] = []) -> String {
    let all = ["\(line) HTTP/1.1", "Host: \(host)", "Connection: close"] + headers
    return all.joined(separator: "\r\n") + "\r\n\r\n"
}

/// The text of a request with a body of JSON.
func request(
    _ line: String,
    host: String = "localhost",
    _ headers: [String] = [],
    json: String
) -> String {
    let about = ["Content-Type: application/json", "Content-Length: \(json.utf8.count)"]
    return request(line, host: host, about + headers) + json
}

extension String {
    /// The status of a response.
    var status: Int? {
        hasPrefix("HTTP/1.1 ") || hasPrefix("HTTP/1.0 ") ? Int(dropFirst(9).prefix(3)) : nil
    }

    /// The body of a response.
    var body: String {
        components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n")
    }

    /// The code and the message of an error response.
    var apiError: String {
        let parsed = try? JSONSerialization.jsonObject(with: Data(body.utf8))
        let error = (parsed as? [String: [String: String]])?["error"]
        return "\(error?["code"] ?? "?"): \(error?["message"] ?? "?")"
    }
}

/// Leaves a socket file behind, as a process that was killed does.
func leaveStaleSocket(at path: String) throws {
    let handle = try listeningSocket(at: path)
    close(handle)
}

/// A socket that is listened at, and never answered.
func listeningSocket(at path: String) throws -> Int32 {
    let handle = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(handle, $0, size) }
    }
    guard result == 0, listen(handle, 4) == 0 else {
        throw RawConnection.Failed(step: "listen", code: errno)
    }
    return handle
}

/// Accepts one connection, reads a little, sends a text and closes.
func answerOnce(_ listener: Int32, with text: String) {
    let connection = accept(listener, nil, nil)
    var buffer = [UInt8](repeating: 0, count: 4_096)
    _ = recv(connection, &buffer, buffer.count, 0)
    let bytes = Array(text.utf8)
    _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    close(connection)
}

/// Ends a listening socket.
func stopListening(_ listener: Int32) {
    close(listener)
}
