import HTTPTypes
import Hummingbird
import Messages

/// Signs browsers in and out, and makes links that open the page once.
struct SessionRoutes: Sendable {
    let signIn: SignIn
    let maxBodyBytes: Int

    private static let linkMinutes = 10.0

    /// Whether who asks is signed in; a session that is used is prolonged.
    ///
    /// Here and below `isLocal` is of a request over the Unix socket, where nobody signs in.
    func session(_ request: Request, isLocal: Bool) async throws -> Response {
        try request.refuseQuery()
        guard await isAsked(isLocal) else { return JSONResponse.response(Self.free) }
        if let pass = await signIn.renew(request.headers) {
            return await response(pass, to: request)
        }
        let hasToken = await signIn.admission(of: request.headers) == .admitted
        return JSONResponse.response(
            SessionMessage(
                isSignedIn: hasToken,
                accepts: await signIn.accepts,
                expires: await signIn.expiration(of: request.headers)
            )
        )
    }

    /// Begins a session with a password, the token or a link.
    func begin(_ request: Request, from address: String?, isLocal: Bool) async throws -> Response {
        try request.refuseQuery()
        let body = try await BodyReader(
            request,
            maxBytes: maxBodyBytes,
            known: ["secret", "link"]
        )
        let secret = try body.text("secret", maxLength: WebPassword.maxBytes)
        let link = try body.text("link", maxLength: WebPassword.maxBytes)
        guard body.contains("secret") != body.contains("link"), secret != nil || link != nil else {
            throw APIError.invalidValue("Give 'secret', a password or the token, or 'link'.")
        }
        guard await isAsked(isLocal) else { return JSONResponse.response(Self.free) }
        let pass =
            if let link { try await signIn.begin(link: link) } else {
                try await signIn.begin(secret: secret ?? "", from: address)
            }
        return await response(pass, to: request)
    }

    /// Ends the session of who asks.
    func end(_ request: Request, isLocal: Bool) async throws -> Response {
        try request.refuseQuery()
        guard await isAsked(isLocal) else { return JSONResponse.response(Self.free) }
        await signIn.end(request.headers)
        let message = SessionMessage(isSignedIn: false, accepts: await signIn.accepts)
        var response = JSONResponse.response(message)
        response.headers[.setCookie] = SessionCookie.header(nil, isSecure: Self.isSecure(request))
        return response
    }

    /// Makes a link; only who may use the Unix socket may invite others.
    func makeLink(_ request: Request, isLocal: Bool) async throws -> Response {
        try request.refuseQuery()
        let body = try await BodyReader(request, maxBytes: maxBodyBytes, known: ["minutes"])
        let minutes = try body.number("minutes", in: 1...1_440)
        guard minutes.map({ $0 == $0.rounded() }) ?? !body.contains("minutes") else {
            throw APIError.invalidValue("minutes: give a whole number from 1 to 1440.")
        }
        guard isLocal else {
            throw APIError(
                .forbidden,
                "socket_only",
                "Links are made on the machine itself, with 'earwitness web link'."
            )
        }
        return JSONResponse.response(
            await signIn.makeLink(minutes: Int(minutes ?? Self.linkMinutes))
        )
    }

    /// What is answered where nobody has to sign in.
    private static let free = SessionMessage(isSignedIn: true)

    private func isAsked(_ isLocal: Bool) async -> Bool {
        guard !isLocal else { return false }
        return await signIn.isNeeded
    }

    private func response(_ pass: SignIn.Pass, to request: Request) async -> Response {
        var response = JSONResponse.response(
            SessionMessage(
                isSignedIn: true,
                accepts: await signIn.accepts,
                expires: pass.expires
            )
        )
        response.headers[.setCookie] = SessionCookie.header(pass, isSecure: Self.isSecure(request))
        return response
    }

    /// Whether a reverse proxy speaks TLS with the browser.
    private static func isSecure(_ request: Request) -> Bool {
        let name = HTTPField.Name("X-Forwarded-Proto")
        return name.flatMap { request.headers[$0] }?.lowercased() == "https"
    }
}
