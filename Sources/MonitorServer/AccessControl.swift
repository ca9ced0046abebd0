import Foundation
import HTTPTypes
import Hummingbird
import Messages

/// Decides who may ask over TCP; who can open the Unix socket may ask anything.
struct AccessControl: RouterMiddleware {
    typealias Context = APIContext

    /// What clients must show; where they need show nothing, they must call this machine by a
    /// loopback name.
    let signIn: SignIn
    let limit: RequestLimit

    func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard await limit.allowsRequest() else {
            var error = APIError(
                .tooManyRequests,
                "too_many_requests",
                "Too many requests. Wait a second before the next one."
            )
            error.headers[.retryAfter] = "1"
            throw error
        }
        try checkOrigin(of: request)
        if await signIn.isNeeded {
            try await checkAdmission(of: request)
        } else {
            try checkHost(of: request)
        }
        return try await next(request, context)
    }

    private func checkAdmission(of request: Request) async throws(APIError) {
        guard !Self.isOpen(request) else { return }
        let admission = await signIn.admission(of: request.headers)
        guard admission == .admitted else {
            var error = APIError(
                .unauthorized,
                "token_needed",
                admission == .nothingShown
                    ? "Sign in at the page, or send the token as 'Authorization: Bearer TOKEN'."
                    : "The token is wrong."
            )
            // Not Basic, for which browsers would ask before the page can.
            error.headers[.wwwAuthenticate] = #"Bearer realm="earwitness""#
            throw error
        }
    }

    /// Whether a request is answered before anybody has signed in: for the page, which is the same
    /// for everybody and asks for the password, and for the health.
    private static func isOpen(_ request: Request) -> Bool {
        let path = request.uri.path
        if path == APIRoute.session.path { return true }
        guard request.method == .get else { return false }
        return [APIRoute.page.path, APIRoute.pageIcon.path, APIRoute.health.path].contains(path)
            || WebPage.names.contains { path == "/page/\($0)" }
    }

    /// Refuses names that another site has made to point at this machine (DNS rebinding).
    private func checkHost(of request: Request) throws(APIError) {
        // Only clients of HTTP/1.0 name no host, and no browser is one.
        guard let authority = request.head.authority else { return }
        guard LoopbackName.isLoopback(authority: authority) else {
            throw APIError(
                .forbidden,
                "host_not_allowed",
                "'\(authority)' is not a loopback name. Use 127.0.0.1 or "
                    + "localhost, or set a password with 'earwitness web password'."
            )
        }
    }

    /// Refuses what the page of another site wants to change.
    private func checkOrigin(of request: Request) throws(APIError) {
        guard request.method != .get, request.method != .options,
            let origin = request.headers[.origin], !WebPage.sent(request)
        else {
            return
        }
        // The scheme does not count: a reverse proxy may have added TLS.
        let site = origin.split(separator: "://", maxSplits: 1).last
        guard site.map(String.init) == request.head.authority else {
            throw APIError(
                .forbidden,
                "cross_origin",
                "Pages from '\(origin)' may not change anything here."
            )
        }
    }
}

/// The secret that clients beyond this machine must show.
package struct AccessToken: Sendable {
    /// The fewest characters a token has; fewer can be guessed.
    package static let minLength = 16

    private let bytes: [UInt8]

    /// By which another token is told from this one, without keeping it.
    var digest: String { RandomToken.digest(of: String(decoding: bytes, as: UTF8.self)) }

    /// Takes a token as it is.
    ///
    /// - Throws: ``ServerError/shortToken(path:length:)`` if it is easily guessed.
    package init(_ text: String, path: String = "web.token_file") throws(ServerError) {
        let bytes = Array(text.utf8)
        guard bytes.count >= Self.minLength else {
            throw .shortToken(path: path, length: bytes.count)
        }
        self.bytes = bytes
    }

    /// Reads the token that `web.token_file` names: a file, or as `credential:NAME` one of the
    /// credentials that systemd gives to the service (`LoadCredential=NAME:FILE`).
    ///
    /// - Parameters:
    ///   - reference: The value of `web.token_file`.
    ///   - environment: The process's environment.
    /// - Throws: ``ServerError`` if there is no such file or credential, or the token is short.
    package init(
        reference: String,
        environment: [String: String]
    ) throws(ServerError) {
        let prefix = "credential:"
        guard reference.hasPrefix(prefix) else {
            try self.init(contentsOfFile: reference)
            return
        }
        let name = String(reference.dropFirst(prefix.count))
        guard !name.isEmpty, !name.contains("/"), name != "..",
            let folder = environment["CREDENTIALS_DIRECTORY"],
            FileManager.default.fileExists(atPath: "\(folder)/\(name)")
        else { throw .noCredential(name: name) }
        try self.init(contentsOfFile: "\(folder)/\(name)")
    }

    /// Reads the token from a file: its first line, without the space around it.
    package init(contentsOfFile path: String) throws(ServerError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .unreadableToken(path: path)
        }
        let firstLine =
            String(decoding: data.prefix(4_096), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).first ?? ""
        try self.init(firstLine.trimmingCharacters(in: .whitespaces), path: path)
    }

    /// Whether a text is the token, in a time that does not tell how much of it is right.
    func matches(_ text: String) -> Bool {
        ConstantTime.areEqual(Array(text.utf8), bytes)
    }

    /// Whether an `Authorization` header shows the token: as `Bearer`, or as the password of
    /// `Basic` with any user name.
    func matches(authorization header: String) -> Bool {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else {
            return false
        }
        let credentials = parts[1].trimmingCharacters(in: .whitespaces)
        switch parts[0].lowercased() {
        case "bearer":
            return matches(credentials)
        case "basic":
            guard let data = Data(base64Encoded: credentials) else {
                return false
            }
            let pair = String(decoding: data, as: UTF8.self)
            return matches(String(pair.drop { $0 != ":" }.dropFirst()))
        default:
            return false
        }
    }
}

/// A token bucket: this many requests a second, with a burst.
actor RequestLimit {
    private let perSecond: Double
    private let burst: Double
    private let now: @Sendable () -> ContinuousClock.Instant
    private var available: Double
    private var last: ContinuousClock.Instant

    /// Creates a limit.
    ///
    /// - Parameters:
    ///   - perSecond: How many requests a second are allowed in the long run, above 0.
    ///   - now: The present time.
    init(
        perSecond: Double,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        precondition(perSecond > 0, "a limit lets something through")
        self.perSecond = perSecond
        self.burst = perSecond * 4
        self.now = now
        self.available = perSecond * 4
        self.last = now()
    }

    /// Whether one more request is allowed now.
    func allowsRequest() -> Bool {
        let present = now()
        let elapsed = (present - last) / .seconds(1)
        last = present
        available = min(burst, available + elapsed * perSecond)
        guard available >= 1 else {
            return false
        }
        available -= 1
        return true
    }
}

/// Names and addresses by which a machine calls itself.
enum LoopbackName {
    /// Whether a host without port means this machine only.
    static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" || host == "::1" || host == "[::1]" {
            return true
        }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in UInt8(part) != nil && part.allSatisfy(\.isNumber) }
    }

    /// Whether a `Host` header, with or without port, means this machine only.
    static func isLoopback(authority: String) -> Bool {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else {
                return false
            }
            return isLoopback(String(authority[...end]))
        }
        let host = authority.prefix { $0 != ":" }
        return isLoopback(String(host))
    }
}
