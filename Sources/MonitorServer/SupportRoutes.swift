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
