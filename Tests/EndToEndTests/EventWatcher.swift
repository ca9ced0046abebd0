import Foundation
import Glibc

/// A listener on the service's stream of events that needs no time of its own: what the service has
/// sent waits in the socket, also when the service is killed.
final class EventWatcher {
    /// An event as it was shown last.
    struct Shown: Equatable {
        let start: String
        let end: String?
    }

    private var descriptor: Int32 = -1
    private var text = ""

    /// Connects to the socket and asks for events; false while nobody answers there.
    func connect(to path: String) -> Bool {
        guard descriptor < 0 else { return true }
        let candidate = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard candidate >= 0 else { return false }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { place in
            place.copyBytes(from: path.utf8.prefix(place.count - 1))
        }
        let request = "GET /v1/stream?types=event HTTP/1.1\r\nHost: earwitness\r\n\r\n"
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(candidate, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected,
            send(candidate, request, request.utf8.count, Int32(MSG_NOSIGNAL)) > 0
        else {
            close(candidate)
            return false
        }
        descriptor = candidate
        return true
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// What was shown so far, by the number of the event.
    func shown() -> [Int: Shown] {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while descriptor >= 0 {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { break }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        var events: [Int: Shown] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("data: ") {
            let json = try? JSONSerialization.jsonObject(with: Data(line.dropFirst(6).utf8))
            guard let event = json as? [String: Any], let id = event["id"] as? Int,
                let start = event["start"] as? String
            else {
                continue
            }
            events[id] = Shown(start: start, end: event["end"] as? String)
        }
        return events
    }
}
