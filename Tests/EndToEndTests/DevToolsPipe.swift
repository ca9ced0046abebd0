import Foundation
import Glibc

/// What is said to a browser and what it says: JSON, each message ended by a zero byte.
///
/// A pair of sockets, so that no port is opened, none has to be free, and a browser that is gone is
/// an error instead of a signal.
final class DevToolsPipe {
    struct Ended: Error, CustomStringConvertible {
        let description: String
    }

    /// The browser's end, from which it reads and into which it writes.
    let browserEnd: Int32
    private let end: Int32
    private var received = Data()

    init() throws {
        var pair: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0 else {
            throw Ended(description: "no pair of sockets: errno \(errno)")
        }
        // Other programs that tests start must not keep them open, and the numbers must be far from
        // those that they get in the browser.
        end = fcntl(pair[0], F_DUPFD_CLOEXEC, 20)
        browserEnd = fcntl(pair[1], F_DUPFD_CLOEXEC, 20)
        pair.forEach { close($0) }
    }

    deinit {
        close(end)
    }

    /// Closes the browser's end here, once it has got it, so that its own end is noticed.
    func releaseBrowserEnd() {
        close(browserEnd)
    }

    /// Says one message.
    func send(_ message: [String: Any]) throws {
        var bytes = try JSONSerialization.data(withJSONObject: message)
        bytes.append(0)
        try bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count {
                let count = Glibc.send(
                    end,
                    buffer.baseAddress?.advanced(by: sent),
                    buffer.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
                guard count > 0 || errno == EINTR else {
                    throw Ended(description: "the browser does not listen: errno \(errno)")
                }
                sent += max(0, count)
            }
        }
    }

    /// Waits for the next message; nil if there is none in time.
    func receive(milliseconds: Int) throws -> [String: Any]? {
        let deadline = Date(timeIntervalSinceNow: Double(milliseconds) / 1_000)
        while true {
            if let zero = received.firstIndex(of: 0) {
                let message = Data(received[received.startIndex..<zero])
                received = Data(received[received.index(after: zero)...])
                return try JSONSerialization.jsonObject(with: message) as? [String: Any]
            }
            let left = max(0, deadline.timeIntervalSinceNow * 1_000)
            var waiting = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, Int32(left)) > 0 else { return nil }
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(end, &chunk, chunk.count, 0)
            guard count > 0 else { throw Ended(description: "the browser is gone") }
            received.append(contentsOf: chunk[..<count])
        }
    }
}
