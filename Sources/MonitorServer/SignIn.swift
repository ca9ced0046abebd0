import Foundation
import HTTPTypes
import Messages
import NIOPosix
import Platform

/// Who may ask over TCP: by the token, or by a session that a password, the token or a link began.
actor SignIn {
    /// A session that has just begun or been prolonged.
    struct Pass: Sendable {
        let token: String
        let expires: Date
    }

    /// What a request shows.
    enum Admission: Equatable {
        case admitted
        case nothingShown
        case wrongToken
    }

    private let token: AccessToken?
    private let passwordPath: String?
    private let sessionsPath: String?
    private let isReachable: Bool
    private let threads: NIOThreadPool
    private var password = StoredPassword.none
    private var passwordFacts: FileFacts?
    private var sessions = SessionList(secrets: "")
    private var links: [String: Date] = [:]
    private var attempts = AttemptLimit()
    private static let maxLinks = 16

    /// Where the page is served, once it is.
    private(set) var address: ServerSettings.TCPAddress?

    /// Begins with the sessions that were there before the restart.
    ///
    /// - Parameters:
    ///   - settings: The token, the files, and whether other machines can reach the server.
    ///   - threads: Where passwords are hashed.
    init(settings: ServerSettings, threads: NIOThreadPool) {
        token = settings.token
        passwordPath = settings.passwordPath
        sessionsPath = settings.sessionsPath
        isReachable = settings.listen.map { !$0.isLoopback } ?? false
        self.threads = threads
        if let path = settings.passwordPath {
            passwordFacts = FileFacts(path)
            password = StoredPassword(contentsOfFile: path)
        }
        let digest = Self.digest(of: password, token)
        if let path = settings.sessionsPath, let list = SessionList(contentsOfFile: path),
            list.secrets == digest
        {
            sessions = list
        } else {
            sessions = SessionList(secrets: digest)
        }
    }

    /// Remembers where the page is served.
    func setAddress(_ address: ServerSettings.TCPAddress) {
        self.address = address
    }

    /// Whether a request must show something; else a loopback name is enough.
    var isNeeded: Bool {
        refreshPassword()
        return isReachable || token != nil || password != .none
    }

    /// Why the file of the password can't be used; nil if all is well.
    var passwordProblem: String? {
        guard case .unusable(let reason) = password else { return nil }
        return reason
    }

    /// What a session can be begun with, beside a link.
    var accepts: [String] {
        refreshPassword()
        if case .set = password { return token == nil ? ["password"] : ["password", "token"] }
        return token == nil ? [] : ["token"]
    }

    /// Whether what a request shows is enough.
    func admission(of headers: HTTPFields) -> Admission {
        if let shown = headers[.authorization] {
            return token?.matches(authorization: shown) == true ? .admitted : .wrongToken
        }
        return expiration(of: headers) == nil ? .nothingShown : .admitted
    }

    /// When the session of a request ends; nil if it has none.
    func expiration(of headers: HTTPFields) -> Date? {
        refreshPassword()
        return SessionCookie.token(in: headers).flatMap { sessions.expiration(of: $0, now: Date()) }
    }

    /// Prolongs the session of a request, at most once a day; nil if it stays as it is.
    func renew(_ headers: HTTPFields) -> Pass? {
        guard let token = SessionCookie.token(in: headers),
            let expires = sessions.renew(token, now: Date())
        else { return nil }
        keepSessions()
        return Pass(token: token, expires: expires)
    }

    /// Begins a session with the password or the token.
    ///
    /// - Throws: `APIError` if the secret is wrong, or too many wrong ones came.
    func begin(secret: String, from address: String?) async throws(APIError) -> Pass {
        let key = AttemptLimit.key(of: address)
        if let seconds = attempts.begin(from: key, at: .now) {
            var error = APIError(
                .tooManyRequests,
                "too_many_attempts",
                "Too many wrong passwords. Try again in \(seconds) s."
            )
            error.headers[.retryAfter] = "\(seconds)"
            throw error
        }
        refreshPassword()
        guard await isRight(secret) else {
            throw APIError(.unauthorized, "wrong_password", "The password is wrong.")
        }
        attempts.forgive(key)
        return begin()
    }

    /// Begins a session with a one-time token, which is used up.
    ///
    /// - Throws: `APIError` if it was used before, or is too old.
    func begin(link: String) throws(APIError) -> Pass {
        let end = links.removeValue(forKey: RandomToken.digest(of: link))
        guard let end, end > Date() else {
            throw APIError(
                .unauthorized,
                "link_expired",
                "This link was used already or is too old. Make a new one with 'earwitness web link'."
            )
        }
        return begin()
    }

    /// Ends the session of a request.
    func end(_ headers: HTTPFields) {
        guard let token = SessionCookie.token(in: headers), sessions.end(token) else { return }
        keepSessions()
    }

    /// Makes a one-time token.
    func makeLink(minutes: Int) -> LinkMessage {
        let now = Date()
        links = links.filter { $0.value > now }
        if links.count >= Self.maxLinks, let oldest = links.min(by: { $0.value < $1.value }) {
            links[oldest.key] = nil
        }
        // Short, so that its QR code fits into a small terminal.
        let token = RandomToken.make(bits: 128)
        let expires = now + Double(minutes * 60)
        links[RandomToken.digest(of: token)] = expires
        return LinkMessage(
            token: token,
            expires: expires,
            listen: address?.description,
            isNeeded: isNeeded
        )
    }

    private func begin() -> Pass {
        let (token, expires) = sessions.begin(now: Date())
        keepSessions()
        return Pass(token: token, expires: expires)
    }

    private func isRight(_ secret: String) async -> Bool {
        if token?.matches(secret) == true { return true }
        guard case .set(let stored) = password else { return false }
        let isRight = try? await threads.runIfActive { stored.matches(secret) }
        // It may have been changed meanwhile.
        return isRight == true && password == .set(stored)
    }

    /// Sees a password that was set, changed or removed while the service runs; one that is not as
    /// before ends all sessions.
    private func refreshPassword() {
        guard let passwordPath else { return }
        let facts = FileFacts(passwordPath)
        guard
            facts?.identity != passwordFacts?.identity || facts?.size != passwordFacts?.size
                || facts?.modifiedUTCms != passwordFacts?.modifiedUTCms
        else { return }
        passwordFacts = facts
        password = StoredPassword(contentsOfFile: passwordPath)
        let digest = Self.digest(of: password, token)
        guard digest != sessions.secrets else { return }
        sessions = SessionList(secrets: digest)
        keepSessions()
    }

    /// Sessions that can't be written end with the service.
    private func keepSessions() {
        guard let sessionsPath else { return }
        try? sessions.write(to: sessionsPath)
    }

    /// The digest of what signs people in, by which a session's end with it is known.
    private static func digest(of password: StoredPassword, _ token: AccessToken?) -> String {
        let hash = if case .set(let password) = password { password.hash } else { "" }
        return RandomToken.digest(of: "\(hash)\n\(token?.digest ?? "")")
    }
}

/// The cookie that holds a session's token.
///
/// Without a path of its own it belongs to the folder of `/v1/session`, wherever a reverse proxy
/// puts that, and to no other program of the same host.
enum SessionCookie {
    private static let name = "earwitness_session"

    /// The token that a request shows.
    static func token(in headers: HTTPFields) -> String? {
        for pair in (headers[.cookie] ?? "").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name {
                return parts[1].trimmingCharacters(in: .whitespaces)
            }
        }
        return nil
    }

    /// The header that sets the cookie, or with nil removes it.
    static func header(_ pass: SignIn.Pass?, isSecure: Bool) -> String {
        let age = pass.map { max(0, Int($0.expires.timeIntervalSinceNow)) } ?? 0
        return "\(name)=\(pass?.token ?? ""); Max-Age=\(age); HttpOnly; SameSite=Strict"
            + (isSecure ? "; Secure" : "")
    }
}
