import Foundation
import HTTPTypes
import Hummingbird
import Messages
import Monitor
import NIOCore

/// Answers with what helps to find a fault: the log, and a file to hand on.
struct SupportRoutes: Sendable {
    let controls: MonitorControls

    private static let maxLogLines = 200

    /// The last lines of the log.
    func log(_ request: Request) throws -> Response {
        let query = try QueryReader(request.uri.query, known: ["limit"])
        let limit = try query.integer("limit", in: 0...Self.maxLogLines) ?? 100
        return JSONResponse.response(LogMessage(lines: controls.log.last(limit)))
    }

    /// One file: configuration, status, log and what the doctor says, without passwords.
    func support(_ request: Request) async throws -> Response {
        try request.refuseQuery()
        let now = Date()
        let log = controls.log.last(Self.maxLogLines).map { line in
            "\(UTCTimestamp.text(line.time)) \(line.level) \(line.message)\n"
        }
        let files = [
            SupportFile(name: "status.json", text: await controls.status().json.text + "\n"),
            SupportFile(name: "log.txt", text: log.joined()),
        ]
        let day = UTCTimestamp.text(now).prefix { $0 != "T" }
        let folder = "earwitness-support-\(day)"
        var archive = TarArchive(modified: now)
        for file in await controls.supportFiles() + files {
            archive.add("\(folder)/\(file.name)", Array(Redaction.redacted(file.text).utf8))
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/x-tar",
                .contentDisposition: "attachment; filename=\"\(folder).tar\"",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: archive.finished()))
        )
    }
}

/// Takes out of a text what opens doors: a file for support goes to other people.
enum Redaction {
    /// The text with stars for the user and password of addresses, and for the values of words that
    /// are called like a secret.
    static func redacted(_ text: String) -> String {
        text.replacing(#/://[^/\s"'@]+@/#) { _ in "://***@" }
            .replacing(
                #/(?i)((?:password|passwd|token|secret|api_?key)["']?\s*[=:]\s*["']?)[^\s"',}&]+/#
            ) { "\($0.1)***" }
            .replacing(
                #/(?i)(--?(?:password|passwd|token|secret|api-?key)["']?[,\s]+["']?)[^\s"',\]]+/#
            ) { "\($0.1)***" }
    }
}

/// Files in one, in the format `ustar` of POSIX.1-1988 (IEEE Std 1003.1, pax, "ustar Interchange
/// Format").
struct TarArchive {
    private static let blockLength = 512

    private var bytes: [UInt8] = []
    private let modified: Date

    /// Begins an archive whose files were all changed at a time.
    init(modified: Date) {
        self.modified = modified
    }

    /// Adds a file.
    ///
    /// - Parameters:
    ///   - name: Its path in the archive, at most 100 bytes of ASCII.
    ///   - content: What it holds.
    mutating func add(_ name: String, _ content: [UInt8]) {
        precondition(name.utf8.count <= 100, "a longer name needs another header")
        var header = [UInt8](repeating: 0, count: Self.blockLength)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        put(name, at: 0)
        put(Self.octal(0o644, digits: 7), at: 100)
        put(Self.octal(0, digits: 7), at: 108)
        put(Self.octal(0, digits: 7), at: 116)
        put(Self.octal(content.count, digits: 11), at: 124)
        put(Self.octal(Int(modified.timeIntervalSince1970), digits: 11), at: 136)
        // The sum is taken with spaces in its own place.
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(Self.octal(sum, digits: 6) + "\0 ", at: 148)
        bytes += header
        bytes += content
        bytes += [UInt8](repeating: 0, count: (-content.count) & (Self.blockLength - 1))
    }

    /// The archive with its end.
    func finished() -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: 2 * Self.blockLength)
    }

    private static func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
