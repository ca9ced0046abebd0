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

/// The socket at which systemd hears a service, without systemd.
final class NotifySocket {
    struct CannotListen: Error {
        let code: Int32
    }

    let path: String
    private let descriptor: Int32
    private var heard: [String] = []

    init(path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { throw CannotListen(code: errno) }
    }

    deinit {
        close(descriptor)
    }

    /// Everything that came so far, a message an element.
    func messages() -> [String] {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { return heard }
            heard.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
    }
}

/// Waiting for what another process does.
enum Wait {
    struct TimedOut: Error, CustomStringConvertible {
        let description: String
    }

    /// By how much slower than usual the program runs, `EARWITNESS_TEST_SLOWNESS`: for sanitizers.
    static let slowness =
        ProcessInfo.processInfo.environment["EARWITNESS_TEST_SLOWNESS"].flatMap(Double.init) ?? 1

    /// By how much longer tests wait than what they wait for takes on a machine with nothing else to
    /// do: a busy one fails none, and only a test that fails waits to the end.
    static let patience = 4 * slowness

    /// Looks every 20 ms until the condition holds.
    static func until(
        _ what: String,
        seconds: TimeInterval = 30,
        _ condition: () throws -> Bool
    ) throws {
        let seconds = seconds * patience
        let deadline = Date(timeIntervalSinceNow: seconds)
        while try !condition() {
            guard Date() < deadline else {
                throw TimedOut(description: "waited \(seconds) s in vain: \(what)")
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
    }
}

/// One JSON object a line, as commands print it.
enum JSONLines {
    /// Reads every line that is an object.
    static func objects(in text: String) -> [[String: Any]] {
        text.split(separator: "\n").compactMap { line in
            try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        }
    }
}

/// Times as the program prints them in JSON.
enum Timestamp {
    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    static func date(_ value: Any?) -> Date? {
        (value as? String).flatMap { try? style.parse($0) }
    }

    static func text(_ date: Date) -> String {
        style.format(date)
    }
}

/// Each hop's scores as `--scores` writes them and as the database keeps them: a byte a class, 255
/// while the gate was closed.
struct ScoreFile {
    /// The scores, shape `[hops][classes]`, in the database's steps.
    let bytes: [[Int]]

    /// Reads a CSV of `--scores`.
    init(path: String) throws {
        let table = try String(contentsOfFile: path, encoding: .utf8)
        bytes = table.split(separator: "\n").dropFirst().map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).dropFirst().map { field in
                Double(field).map(Self.byte) ?? 255
            }
        }
    }

    /// The step of a score: every fourth below 16; only a score of 1 has the highest.
    private static func byte(of score: Double) -> Int {
        guard score < 1 else { return 254 }
        let exact = score * 254
        let step = exact < 16 ? 4.0 : 1
        return min(Int((exact / step).rounded() * step), 253)
    }

    /// The hops of a row of the database: the number of classes, a space, and hexadecimal digits.
    static func bytes(ofRow row: Substring) -> [[Int]] {
        let parts = row.split(separator: " ")
        guard let classCount = parts.first.flatMap({ Int($0) }), parts.count == 2 else { return [] }
        let digits = Array(parts[1])
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            Int(String(digits[$0...$0 + 1]), radix: 16)
        }
        return stride(from: 0, to: bytes.count, by: classCount).map {
            Array(bytes[$0..<$0 + classCount])
        }
    }
}
