import Foundation
import Messages
import Monitor
import TestSupport
import Testing

@testable import MonitorServer

@Suite("The log and the support bundle")
struct SupportRouteTests {
    private static func line(_ number: Int, _ message: String = "") -> LogLineMessage {
        LogLineMessage(
            time: Date(timeIntervalSince1970: 1_795_176_000 + Double(number)),
            level: "notice",
            message: "line \(number)\(message)"
        )
    }

    @Test func theLastLinesOfTheLogAreGivenTheOldestFirst() async throws {
        try await withMonitor { monitor in
            for number in 1...150 { monitor.log.append(Self.line(number)) }
            let answer = await monitor.raw(request("GET /v1/log?limit=2"))
            #expect(answer.status == 200)
            #expect(
                answer.body == """
                    {"lines":[{"time":"2026-11-20T12:02:29.000Z","level":"notice","message":"line 149"},\
                    {"time":"2026-11-20T12:02:30.000Z","level":"notice","message":"line 150"}]}

                    """
            )
            let hundred = await monitor.raw(request("GET /v1/log"))
            #expect(hundred.contains("\"line 51\""))
            #expect(!hundred.contains("\"line 50\""))
            let refused = await monitor.raw(request("GET /v1/log?limit=201"))
            #expect(refused.status == 400)
        }
    }

    @Test func theBundleIsAnArchiveThatTarReadsWithoutPasswords() async throws {
        try await withMonitor { monitor in
            monitor.log.append(Self.line(1, " rtsp://me:sesame@camera/1"))
            let answer = await monitor.raw(request("GET /v1/support"))
            #expect(answer.status == 200)
            #expect(answer.contains("application/x-tar"))
            #expect(answer.contains("attachment; filename=\"earwitness-support-"))
            let path = monitor.folder.file("bundle.tar")
            try Data(answer.body.utf8).write(to: URL(fileURLWithPath: path))
            let tar = try ChildProcess(
                ["/usr/bin/tar", "-xf", path, "-C", monitor.folder.path, "--strip-components=1"],
                environment: ["PATH": "/usr/bin:/bin"]
            )
            #expect(try await tar.end() == 0)
            func text(_ name: String) throws -> String {
                try String(contentsOfFile: monitor.folder.file(name), encoding: .utf8)
            }
            #expect(try text("log.txt").contains("notice line 1 rtsp://***@camera/1"))
            #expect(try text("status.json").contains("\"name\":\"porch\""))
            #expect(try text("configuration.yaml") == "web.token_file: /etc/token\n")
        }
    }

    @Test(arguments: [
        ("rtsp://me:pw@host:554/a?b", "rtsp://***@host:554/a?b"),
        ("http://host/a@b", "http://host/a@b"),
        ("[ffmpeg, --password, abc, -f, s16le]", "[ffmpeg, --password, ***, -f, s16le]"),
        ("api_key=abc&x=1", "api_key=***&x=1"),
        ("{\"token\":\"abc\",\"x\":1}", "{\"token\":\"***\",\"x\":1}"),
        ("  token_file: /etc/ew/token", "  token_file: /etc/ew/token"),
        ("token_file: none", "token_file: none"),
    ])
    func whatOpensDoorsIsTakenOut(text: String, expected: String) {
        #expect(Redaction.redacted(text) == expected)
    }
}
