import Foundation
import Messages
import Monitor
import MonitorClient
import MonitorServer
import Testing

/// What HTTP asks of every answer, whatever the route.
@Suite("HTTP's rules")
struct MessageRulesTests {
    /// Requests that leave the connection open, and then one that closes it.
    private func conversation(_ lines: String..., in monitor: RunningMonitor) async -> String {
        let open = lines.map { "\($0) HTTP/1.1\r\nHost: localhost\r\n\r\n" }.joined()
        return await monitor.raw(open + request("GET /healthz"))
    }

    /// The head's fields that do not differ from moment to moment, in lower case.
    private func fields(of answer: String) -> Set<String> {
        let head = answer.components(separatedBy: "\r\n\r\n")[0].lowercased()
        return Set(
            head.components(separatedBy: "\r\n").dropFirst().filter { !$0.hasPrefix("date:") }
        )
    }

    @Test(arguments: APIRoute.allCases.filter { $0.method == "GET" })
    func headIsAnsweredAsGetWithoutABody(route: APIRoute) async throws {
        try await withMonitor { monitor in
            let id = try monitor.addEvent(secondsAgo: 60)
            let path = route.path.replacing("{id}", with: "\(id)").replacing(
                "{class}",
                with: "rain"
            )
            // What tells the time may grow by a digit between the two answers.
            var differences: [String] = []
            for _ in 0..<10 {
                let both = await conversation("HEAD \(path)", in: monitor)
                let (head, rest) = try #require(
                    both.split(separator: "\r\n\r\n", maxSplits: 1).pair
                )
                #expect(rest.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(path): \(rest.prefix(80))")
                #expect(rest.hasSuffix("{\"status\":\"ok\"}\n"))
                guard route != .stream, route != .spectrogram, route != .listen else {
                    #expect(!head.lowercased().contains("content-length"))
                    return
                }
                let get = await monitor.raw(request("GET \(path)"))
                let ignored: Set = ["connection: close"]
                #expect(fields(of: get).contains("content-length: \(get.body.utf8.count)"))
                differences = fields(of: head).symmetricDifference(fields(of: get))
                    .subtracting(ignored).sorted()
                if differences.isEmpty { break }
            }
            #expect(differences.isEmpty)
        }
    }

    @Test func headOfWhatIsNotThereHasNoBodyEither() async throws {
        try await withMonitor { monitor in
            let answers = await conversation("HEAD /nowhere", "HEAD /v1/events?x=1", in: monitor)
            let parts = answers.components(separatedBy: "\r\n\r\n")
            #expect(parts.count == 4)
            #expect(parts.map { $0.status } == [404, 400, 200, nil])
        }
    }

    @Test func headOfTheStreamTakesNoPlaceAmongTheStreams() async throws {
        try await withMonitor { settings in
            settings.maxStreams = 1
        } _: { monitor in
            for _ in 0..<5 {
                let answer = await monitor.raw(request("HEAD /v1/stream"))
                #expect(answer.status == 200)
                #expect(answer.lowercased().contains("text/event-stream"))
                #expect(answer.body.isEmpty)
            }
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write(request("GET /v1/stream"))
            #expect(await connection.read(until: ": earwitness").contains("HTTP/1.1 200"))
        }
    }

    @Test(arguments: [
        ("OPTIONS /v1/status", 204, "GET, HEAD, OPTIONS"),
        ("OPTIONS /v1/thresholds/rain", 204, "GET, HEAD, PUT, DELETE, OPTIONS"),
        ("OPTIONS *", 204, "GET, HEAD, POST, PUT, DELETE, OPTIONS"),
        ("POST /v1/status", 405, "GET, HEAD, OPTIONS"), ("TRACE /", 405, "GET, HEAD, OPTIONS"),
        ("HEAD /v1/reload", 405, "POST, OPTIONS"), ("PUT /v1/events/1/label", 405, "POST, OPTIONS"),
    ])
    func theMethodsOfAPathAreNamed(line: String, status: Int, methods: String) async throws {
        try await withMonitor { monitor in
            let answer = await monitor.raw(request(line))
            #expect(answer.status == status)
            #expect(fields(of: answer).contains("allow: \(methods.lowercased())"), "\(answer)")
        }
    }

    @Test(arguments: [
        ("OPTIONS /nowhere", 404, "no_such_route"), ("DELETE /nowhere", 404, "no_such_route"),
        ("PROPFIND /v1/status", 501, "method_not_implemented"),
        ("CONNECT localhost:80", 501, "method_not_implemented"),
        ("BREW /v1/status", 501, "method_not_implemented"),
        ("get /v1/status", 501, "method_not_implemented"),
        ("G\u{1}ET /v1/status", 400, "bad_request"),
    ])
    func whatIsNotKnownIsSaidInJSON(line: String, status: Int, code: String) async throws {
        try await withMonitor { monitor in
            let answer = await monitor.raw(request(line))
            #expect(answer.status == status)
            #expect(answer.apiError.hasPrefix("\(code): "), "\(answer)")
            #expect(await monitor.raw(request("GET /healthz")).status == 200)
        }
    }

    @Test func whatCannotBeReadIsRefusedAfterWhatCameBeforeIsAnswered() async throws {
        try await withMonitor { monitor in
            let answer = await monitor.raw(
                "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "BREW / HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
            )
            let statuses = answer.matches(of: /HTTP\/1\.1 ([0-9]+)/).map { String($0.1) }
            #expect(statuses == ["200", "200", "501"])
        }
    }

    @Test(arguments: ["GET / HTTP/2.0", "GET / HTTP/9.9"])
    func anotherVersionOfHTTPIsNotSupported(line: String) async throws {
        try await withMonitor { monitor in
            let answer = await monitor.raw("\(line)\r\nHost: localhost\r\n\r\n")
            #expect(answer.status == 505)
            #expect(answer.apiError.hasPrefix("version_not_supported: "))
        }
    }

    @Test func aRequestWithoutAHostOrWithTwoIsRefused() async throws {
        try await withMonitor { monitor in
            let start = "GET /healthz HTTP/1.1\r\n"
            for hosts in ["", "Host: localhost\r\nHost: evil.example\r\n"] {
                let answer = await monitor.raw("\(start)\(hosts)\r\n")
                #expect(answer.status == 400)
                #expect(answer.apiError.hasPrefix("bad_request: "))
            }
        }
    }

    @Test func aClientOfHTTP10IsAnsweredWithoutChunksAndNamesNoHost() async throws {
        try await withMonitor { settings in
            settings.listen = ServerSettings.TCPAddress(host: "127.0.0.1", port: 0)
        } _: { monitor in
            let answer = await monitor.rawTCP("GET /v1/status HTTP/1.0\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.0 200 OK\r\n"))
            #expect(answer.body.hasPrefix("{"))
            #expect(fields(of: answer).contains("connection: close"))
            let kept = await monitor.rawTCP("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(kept.body.hasPrefix("<!doctype html>"))

            let connection = try RawConnection(tcpPort: monitor.addresses.tcp?.port ?? 0)
            await connection.write("GET /v1/stream HTTP/1.0\r\n\r\n")
            let stream = await connection.read(until: "\nid: ")
            #expect(stream.contains("\r\n\r\n: earwitness\nretry: 2000\nid: "))
            #expect(!stream.lowercased().contains("transfer-encoding"))
        }
    }

    @Test func aClientThatWaitsBeforeItsBodyIsToldToGoOn() async throws {
        try await withMonitor { monitor in
            let json = #"{"on":0.5}"#
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write(
                request("PUT /v1/thresholds/rain", ["Expect: 100-continue"], json: json)
                    .replacing(json, with: "")
            )
            let first = await connection.read(until: "\r\n\r\n")
            #expect(first == "HTTP/1.1 100 Continue\r\n\r\n")
            await connection.write(json)
            #expect(await connection.read(until: "}").contains("\"on\":0.5"))
        }
    }

    @Test func aBodyThatIsTooLargeIsRefusedBeforeItIsSent() async throws {
        try await withMonitor { monitor in
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write(
                "PUT /v1/thresholds/rain HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 1000000\r\n"
                    + "Expect: 100-continue\r\n\r\n"
            )
            let answer = await connection.read(until: "}\n")
            #expect(answer.status == 413)
            #expect(answer.apiError == "body_too_large: The body of the request is too large.")
            #expect(answer.lowercased().contains("connection: close"))
        }
    }

    @Test func proxiesAreAskedToPassEachMessageOnAtOnce() async throws {
        try await withMonitor { monitor in
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write(request("GET /v1/stream"))
            let fields = fields(of: await connection.read(until: "\r\n\r\n"))
            #expect(fields.contains("x-accel-buffering: no"))
            #expect(fields.contains("cache-control: no-cache, no-store, no-transform"))
        }
    }
}

/// Behind a reverse proxy that gives the page another path.
@Suite("Paths behind a prefix")
struct PathPrefixTests {
    @Test(arguments: ["X-Forwarded-Prefix: /ew", "x-ingress-path: /ew/", "X-Forwarded-Prefix: /"])
    func aPrefixThatTheProxyNamesMayStayBeforeThePathOrNot(header: String) async throws {
        try await withMonitor { monitor in
            let prefix = header.hasSuffix(" /") ? "" : "/ew"
            for path in ["/", "/page/app.js", "/v1/events?limit=1", "/healthz"] {
                for start in [prefix, ""] {
                    let answer = await monitor.raw(request("GET \(start)\(path)", [header]))
                    #expect(answer.status == 200, "\(start)\(path)")
                }
            }
            #expect(await monitor.raw(request("GET /other/v1/status", [header])).status == 404)
            #expect(await monitor.raw(request("GET /ewx/v1/status", [header])).status == 404)
        }
    }

    @Test func thePrefixWithoutASlashLeadsToThePage() async throws {
        try await withMonitor { monitor in
            let header = "X-Forwarded-Prefix: /home/ew"
            let answer = await monitor.raw(request("GET /home/ew?x=1", [header]))
            #expect(answer.status == 301)
            #expect(answer.lowercased().contains("\r\nlocation: ./ew/?x=1\r\n"))
            let other = await monitor.raw(
                request("GET //evil.example", ["X-Forwarded-Prefix: //evil.example"])
            )
            #expect(other.lowercased().contains("\r\nlocation: ./evil.example/\r\n"))
        }
    }

    @Test func withoutTheProxysWordAPrefixIsAPathThatIsNotThere() async throws {
        try await withMonitor { monitor in
            #expect(await monitor.raw(request("GET /ew/v1/status")).status == 404)
        }
    }

    /// nginx passes on its own name for the machine unless told otherwise.
    @Test func thePageMayChangeThingsUnderWhateverNameItIsReached() async throws {
        try await withMonitor { settings in
            settings.listen = ServerSettings.TCPAddress(host: "127.0.0.1", port: 0)
        } _: { monitor in
            let set = request(
                "PUT /v1/thresholds/rain",
                ["Origin: https://box.example", "X-Requested-With: earwitness"],
                json: #"{"on":0.5}"#
            )
            #expect(await monitor.rawTCP(set).status == 200)
            // A page of another site has to ask before it may add the header.
            let question = request(
                "OPTIONS /v1/thresholds/rain",
                ["Origin: http://evil.example", "Access-Control-Request-Method: PUT"]
            )
            let answer = await monitor.rawTCP(question)
            #expect(!answer.lowercased().contains("access-control-allow"))
        }
    }
}

extension [Substring] {
    /// The first two, if there are so many.
    fileprivate var pair: (String, String)? {
        count == 2 ? (String(self[0]), String(self[1])) : nil
    }
}
