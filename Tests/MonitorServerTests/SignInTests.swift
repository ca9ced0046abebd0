import Foundation
import Messages
import MonitorClient
import Platform
import Synchronization
import TestSupport
import Testing

@testable import MonitorServer

private let secret = "four words of mine"

/// Where tests keep the password of a server: beside its socket.
private func passwordPath(_ settings: ServerSettings) -> String {
    PathText.folder(of: settings.socketPath) + "/web-password"
}

extension RunningMonitor {
    /// Signs in over TCP.
    fileprivate func signIn(_ json: String, _ headers: [String] = []) async -> String {
        await rawTCP(request("POST /v1/session", headers, json: json))
    }

    /// The status of a request over TCP that shows a cookie.
    fileprivate func status(cookie: String?) async -> Int? {
        let headers = cookie.map { ["Cookie: other=1; \($0)"] } ?? []
        return await rawTCP(request("GET /v1/status", host: "box.example", headers)).status
    }
}

extension String {
    /// The cookie that a response sets, as a request shows it.
    fileprivate var cookie: String? {
        firstMatch(of: /(?i)set-cookie: (earwitness_session=[\w-]+);/).map { String($0.1) }
    }
}

@Suite("Signing in over TCP")
struct SignInTests {
    /// Listens on loopback, with a password.
    private func withPassword(_ settings: inout ServerSettings) throws {
        settings.listen = ServerSettings.TCPAddress(host: "127.0.0.1", port: 0)
        settings.passwordPath = passwordPath(settings)
        try OutputFile.write(
            WebPassword(hashing: secret).hash + "\n",
            to: passwordPath(settings),
            isPrivate: true
        )
    }

    @Test func thePasswordBeginsASessionThatLastsUntilItIsEnded() async throws {
        try await withMonitor(configure: withPassword) { monitor in
            let before = await monitor.rawTCP(request("GET /v1/session")).body
            #expect(before == #"{"signed_in":false,"accepts":["password"],"expires":null}"# + "\n")
            #expect(await monitor.status(cookie: nil) == 401)
            let wrong = await monitor.signIn(#"{"secret":"four words of yours"}"#)
            #expect(wrong.status == 401)
            #expect(wrong.apiError == "wrong_password: The password is wrong.")
            #expect(wrong.cookie == nil)

            let answer = await monitor.signIn(#"{"secret":"\#(secret)"}"#)
            #expect(answer.status == 200)
            #expect(
                answer.body.hasPrefix(#"{"signed_in":true,"accepts":["password"],"expires":"2"#)
            )
            let header = try #require(
                answer.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Set-Cookie: ") }
            )
            #expect(header.hasSuffix("; HttpOnly; SameSite=Strict"))
            let cookie = try #require(answer.cookie)
            #expect(await monitor.status(cookie: cookie) == 200)
            #expect(await monitor.status(cookie: cookie + "x") == 401)
            #expect(await monitor.status(cookie: String(cookie.dropLast())) == 401)

            let end = await monitor.rawTCP(request("DELETE /v1/session", ["Cookie: \(cookie)"]))
            #expect(end.contains("earwitness_session=; Max-Age=0"))
            #expect(await monitor.status(cookie: cookie) == 401)
        }
    }

    @Test func behindTLSTheCookieIsForTLSOnly() async throws {
        try await withMonitor(configure: withPassword) { monitor in
            let answer = await monitor.signIn(
                #"{"secret":"\#(secret)"}"#,
                ["X-Forwarded-Proto: https"]
            )
            #expect(answer.contains("SameSite=Strict; Secure\r"))
        }
    }

    @Test func wrongPasswordsAreSlowedDownAndLinksStillOpen() async throws {
        try await withMonitor(configure: withPassword) { monitor in
            for _ in 0..<AttemptLimit.perAddress {
                #expect(await monitor.signIn(#"{"secret":"wrong"}"#).status == 401)
            }
            let slowed = await monitor.signIn(#"{"secret":"\#(secret)"}"#)
            #expect(slowed.status == 429)
            #expect(slowed.lowercased().contains("retry-after: "))
            #expect(slowed.apiError.hasPrefix("too_many_attempts: Too many wrong passwords. Try"))
            let link = try await monitor.client.makeLink(minutes: 5)
            #expect(await monitor.signIn(#"{"link":"\#(link.token)"}"#).status == 200)
        }
    }

    @Test func aLinkOpensThePageOnce() async throws {
        try await withMonitor { settings in
            settings.listen = ServerSettings.TCPAddress(host: "0.0.0.0", port: 0)
        } _: { monitor in
            let link = try await monitor.client.makeLink(minutes: 5)
            #expect(link.listen == "0.0.0.0:\(monitor.addresses.tcp?.port ?? 0)")
            #expect(link.isNeeded)
            #expect(abs(link.expires.timeIntervalSinceNow - 300) < 30)
            let answer = await monitor.signIn(#"{"link":"\#(link.token)"}"#)
            let cookie = try #require(answer.cookie)
            #expect(await monitor.status(cookie: cookie) == 200)
            let again = await monitor.signIn(#"{"link":"\#(link.token)"}"#)
            #expect(again.status == 401)
            #expect(again.apiError.hasPrefix("link_expired: This link was used already or is too"))
        }
    }

    @Test func linksAreMadeOverTheSocketOnlyEvenBySomebodyWhoIsSignedIn() async throws {
        try await withMonitor(configure: withPassword) { monitor in
            let cookie = try #require(await monitor.signIn(#"{"secret":"\#(secret)"}"#).cookie)
            let answer = await monitor.rawTCP(
                request("POST /v1/links", ["Cookie: \(cookie)"], json: "{}")
            )
            #expect(answer.status == 403)
            #expect(answer.apiError.hasPrefix("socket_only: Links are made on the machine itself"))
        }
    }

    @Test func anAddressThatOthersReachAsksEverybodyThoughNothingIsSet() async throws {
        try await withMonitor { settings in
            settings.listen = ServerSettings.TCPAddress(host: "0.0.0.0", port: 0)
            settings.passwordPath = passwordPath(settings)
        } _: { monitor in
            #expect(await monitor.rawTCP(request("GET /v1/status")).status == 401)
            #expect(await monitor.signIn(#"{"secret":"12345678"}"#).status == 401)
            let session = await monitor.rawTCP(request("GET /v1/session")).body
            #expect(session.hasPrefix(#"{"signed_in":false,"accepts":[],"expires":null}"#))
        }
    }

    @Test func thePasswordCanBeSetAndChangedWhileTheServerRuns() async throws {
        try await withMonitor { settings in
            settings.listen = ServerSettings.TCPAddress(host: "127.0.0.1", port: 0)
            settings.passwordPath = passwordPath(settings)
        } _: { monitor in
            let path = monitor.folder.file("web-password")
            #expect(await monitor.rawTCP(request("GET /v1/status")).status == 200)
            try OutputFile.write(WebPassword(hashing: secret).hash, to: path, isPrivate: true)
            #expect(await monitor.rawTCP(request("GET /v1/status")).status == 401)
            let cookie = try #require(await monitor.signIn(#"{"secret":"\#(secret)"}"#).cookie)
            #expect(await monitor.status(cookie: cookie) == 200)

            try OutputFile.write(WebPassword(hashing: "another one").hash, to: path)
            #expect(await monitor.status(cookie: cookie) == 401)
            #expect(await monitor.signIn(#"{"secret":"\#(secret)"}"#).status == 401)

            // What can't be read lets nobody in.
            try OutputFile.write("nothing\n", to: path)
            #expect(await monitor.rawTCP(request("GET /v1/status")).status == 401)
            #expect(unlink(path) == 0)
            #expect(await monitor.rawTCP(request("GET /v1/status")).status == 200)
        }
    }

    @Test func sessionsLastOverARestartAndTheirFileOpensNothing() async throws {
        let folder = try TemporaryFolder()
        let (word, path) = (folder.file("web-password"), folder.file("web-sessions.json"))
        try OutputFile.write(WebPassword(hashing: secret).hash, to: word, isPrivate: true)
        func configure(_ settings: inout ServerSettings) {
            settings.listen = ServerSettings.TCPAddress(host: "127.0.0.1", port: 0)
            (settings.passwordPath, settings.sessionsPath) = (word, path)
        }
        // Handed from one server to the next.
        let cookie = Mutex("")
        try await withMonitor(configure: configure) { monitor in
            let begun = try #require(await monitor.signIn(#"{"secret":"\#(secret)"}"#).cookie)
            cookie.withLock { $0 = begun }
        }
        let first = cookie.withLock { $0 }
        let token = try #require(first.split(separator: "=").last)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(!text.contains(token))
        let facts = try FileManager.default.attributesOfItem(atPath: path)
        #expect(facts[.posixPermissions] as? Int == 0o600)
        try await withMonitor(configure: configure) { monitor in
            #expect(await monitor.status(cookie: first) == 200)
        }
        try OutputFile.write(WebPassword(hashing: "another one").hash, to: word, isPrivate: true)
        try await withMonitor(configure: configure) { monitor in
            #expect(await monitor.status(cookie: first) == 401)
        }
    }

    @Test func anotherTokenEndsTheSessionsOfTheOneBefore() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("web-sessions.json")
        let (old, new) = (try AccessToken("0123456789abcdef"), try AccessToken("fedcba9876543210"))
        let cookie = Mutex("")
        func withToken(
            _ token: AccessToken,
            _ body: @Sendable @escaping (RunningMonitor) async throws -> Void
        ) async throws {
            try await withMonitor { settings in
                settings.listen = ServerSettings.TCPAddress(host: "127.0.0.1", port: 0)
                (settings.token, settings.sessionsPath) = (token, path)
            } _: {
                try await body($0)
            }
        }
        try await withToken(old) { monitor in
            let begun = try #require(await monitor.signIn(#"{"secret":"0123456789abcdef"}"#).cookie)
            cookie.withLock { $0 = begun }
        }
        let first = cookie.withLock { $0 }
        try await withToken(old) { #expect(await $0.status(cookie: first) == 200) }
        try await withToken(new) { #expect(await $0.status(cookie: first) == 401) }
    }

    @Test func theTokenBeginsASessionToo() async throws {
        let token = try AccessToken("0123456789abcdef")
        try await withMonitor { settings in
            settings.listen = ServerSettings.TCPAddress(host: "127.0.0.1", port: 0)
            settings.token = token
        } _: { monitor in
            let answer = await monitor.signIn(#"{"secret":"0123456789abcdef"}"#)
            #expect(answer.body.hasPrefix(#"{"signed_in":true,"accepts":["token"]"#))
            #expect(await monitor.status(cookie: answer.cookie) == 200)
        }
    }

    @Test(arguments: [
        "{}", #"{"secret":"a","link":"b"}"#, #"{"secret":null}"#, #"{"secret":""}"#,
        #"{"secret":1}"#,
    ])
    func aRequestToSignInHasOneOfBoth(json: String) async throws {
        try await withMonitor(configure: withPassword) { monitor in
            let answer = await monitor.signIn(json)
            #expect(answer.status == 400)
            #expect(answer.apiError.hasPrefix("invalid_value: "))
        }
    }
}

@Suite struct WebPasswordTests {
    @Test func onlyItsOwnPasswordMatchesAHash() throws {
        let password = try WebPassword(hashing: secret)
        #expect(password.hash.hasPrefix("$y$"))
        #expect(password.matches(secret))
        for other in ["", secret + " ", "Four words of mine", "four\u{0}"] {
            #expect(!password.matches(other))
        }
        #expect(try WebPassword(hashing: secret).hash != password.hash)
        #expect(WebPassword(stored: password.hash + "\n") == password)
        #expect(WebPassword(stored: secret) == nil)
    }

    @Test func lettersThatLookTheSameAreTheSame() throws {
        #expect(try WebPassword(hashing: "caf\u{E9} caf\u{E9}").matches("cafe\u{301} cafe\u{301}"))
    }

    @Test func whatIsEasilyGuessedOrCannotBeTypedIsRefused() {
        func error(_ text: String) -> WebPasswordError? {
            do throws(WebPasswordError) {
                _ = try WebPassword(hashing: text)
                return nil
            } catch { return error }
        }
        #expect(error("1234567") == .short(length: 7))
        #expect(error(String(repeating: "a", count: 512)) == .long(bytes: 512))
        #expect(error("tab\tinside") == .controlCharacter)
        #expect(
            WebPasswordError.short(length: 7).description
                == "The password has 7 characters; at least 8 are needed. "
                + "Choose a longer one, such as four words."
        )
    }
}

@Suite struct AttemptLimitTests {
    @Test func anAddressWaitsUntilItsOldestAttemptIsAMinuteAgo() {
        var limit = AttemptLimit()
        let start = ContinuousClock.now
        for second in 0..<5 {
            #expect(limit.begin(from: "a", at: start + .seconds(second)) == nil)
        }
        #expect(limit.begin(from: "a", at: start + .seconds(10)) == 50)
        #expect(limit.begin(from: "b", at: start + .seconds(10)) == nil)
        #expect(limit.begin(from: "a", at: start + .seconds(60)) == nil)
        #expect(limit.begin(from: "a", at: start + .seconds(60)) == 1)
    }

    @Test func manyAddressesTogetherWaitToo() {
        var limit = AttemptLimit()
        let start = ContinuousClock.now
        for index in 0..<AttemptLimit.inTotal {
            #expect(limit.begin(from: "\(index)", at: start) == nil)
        }
        #expect(limit.begin(from: "new", at: start) == 60)
    }

    @Test func aRightPasswordIsNoAttempt() {
        var limit = AttemptLimit()
        for _ in 0..<20 {
            #expect(limit.begin(from: "a", at: .now) == nil)
            limit.forgive("a")
        }
    }

    @Test func aNetworkOfIPv6IsOneAddress() {
        let key = AttemptLimit.key(of: "2001:db8:1:2::1")
        #expect(AttemptLimit.key(of: "2001:db8:1:2:ffff::9") == key)
        #expect(AttemptLimit.key(of: "2001:db8:1:3::1") != key)
        #expect(AttemptLimit.key(of: "192.168.1.2") == "192.168.1.2")
        #expect(
            AttemptLimit.key(of: "::ffff:192.168.1.2") != AttemptLimit.key(of: "::ffff:10.0.0.1")
        )
    }
}

@Suite struct SessionListTests {
    @Test func aSessionThatIsUsedIsProlongedOnceADay() {
        var list = SessionList(secrets: "")
        let start = Date(timeIntervalSince1970: 1_795_959_586)
        let (token, expires) = list.begin(now: start)
        #expect(expires == start + 30 * 86_400)
        #expect(list.renew(token, now: start + 3_600) == nil)
        #expect(list.renew(token, now: start + 2 * 86_400) == start + 32 * 86_400)
        #expect(list.expiration(of: token, now: start + 31 * 86_400) != nil)
        #expect(list.expiration(of: token, now: start + 33 * 86_400) == nil)
        #expect(list.renew(token, now: start + 33 * 86_400) == nil)
    }

    @Test func theOldestSessionGoesWhenThereAreTooMany() {
        var list = SessionList(secrets: "")
        let start = Date(timeIntervalSince1970: 1_795_959_586)
        let first = list.begin(now: start).token
        let tokens = (1...200).map { list.begin(now: start + Double($0)).token }
        #expect(list.expiration(of: first, now: start + 300) == nil)
        #expect(tokens.allSatisfy { list.expiration(of: $0, now: start + 300) != nil })
    }
}
