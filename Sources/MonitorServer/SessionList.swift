import Foundation
import Platform

/// A random secret, of which only the digest is kept.
enum RandomToken {
    /// A new token of so many bits, a multiple of 64, as text for a cookie or an address.
    static func make(bits: Int) -> String {
        var random = SystemRandomNumberGenerator()
        var bytes = Data()
        for _ in 0..<(bits / 64) {
            withUnsafeBytes(of: random.next()) { bytes.append(contentsOf: $0) }
        }
        return bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// What is kept of a token: who reads it can't sign in.
    static func digest(of token: String) -> String {
        SHA256Digest(of: Array(token.utf8)).description
    }
}

/// The sessions of browsers that are signed in, as a file keeps them over a restart.
struct SessionList: Codable, Equatable {
    /// How long a session lasts after the page was last opened.
    static let lifetimeSeconds: TimeInterval = 30 * 86_400
    /// A session is prolonged when it has been used for so long.
    static let renewalSeconds: TimeInterval = 86_400
    private static let maxCount = 200

    /// The digest of the password's hash and the token; another of either ends all sessions.
    private(set) var secrets: String
    /// When each session ends, by the digest of its token.
    private var expirations: [String: Date] = [:]

    /// Begins without sessions.
    init(secrets: String) {
        self.secrets = secrets
    }

    /// Reads what a file keeps; nil if it is missing or damaged.
    init?(contentsOfFile path: String) {
        guard let bytes = try? FileContents.read(path),
            let list = try? JSONDecoder().decode(SessionList.self, from: Data(bytes))
        else { return nil }
        self = list
    }

    /// Writes the file.
    func write(to path: String) throws {
        let bytes = try JSONEncoder().encode(self)
        try OutputFile.write(Array(bytes), to: path, isPrivate: true)
    }

    /// When the session of a token ends; nil if it has ended.
    func expiration(of token: String, now: Date) -> Date? {
        expirations[RandomToken.digest(of: token)].flatMap { $0 > now ? $0 : nil }
    }

    /// Begins a session; those that have ended are forgotten, and the oldest if there are too many.
    ///
    /// - Returns: Its token and its end.
    mutating func begin(now: Date) -> (token: String, expires: Date) {
        expirations = expirations.filter { $0.value > now }
        if expirations.count >= Self.maxCount,
            let oldest = expirations.min(by: { $0.value < $1.value })
        {
            expirations[oldest.key] = nil
        }
        let token = RandomToken.make(bits: 256)
        let expires = now + Self.lifetimeSeconds
        expirations[RandomToken.digest(of: token)] = expires
        return (token, expires)
    }

    /// Prolongs a session that has been used for a day.
    ///
    /// - Returns: Its new end; nil if it stays as it is.
    mutating func renew(_ token: String, now: Date) -> Date? {
        guard let end = expiration(of: token, now: now),
            end < now + Self.lifetimeSeconds - Self.renewalSeconds
        else { return nil }
        let expires = now + Self.lifetimeSeconds
        expirations[RandomToken.digest(of: token)] = expires
        return expires
    }

    /// Ends a session; false if there is none.
    mutating func end(_ token: String) -> Bool {
        expirations.removeValue(forKey: RandomToken.digest(of: token)) != nil
    }
}

/// Slows guesses down: so many wrong ones a minute from one address, and from all together.
struct AttemptLimit {
    static let perAddress = 5
    static let inTotal = 30
    private static let window = Duration.seconds(60)

    private var attempts: [(address: String, time: ContinuousClock.Instant)] = []

    /// Counts an attempt, before it is known to be wrong.
    ///
    /// - Returns: Nil if it may be made, else the seconds until the next one may.
    mutating func begin(from address: String, at now: ContinuousClock.Instant) -> Int? {
        attempts.removeAll { $0.time + Self.window <= now }
        let own = attempts.filter { $0.address == address }
        let blocking =
            own.count >= Self.perAddress
            ? own.first : attempts.count >= Self.inTotal ? attempts.first : nil
        guard let blocking else {
            attempts.append((address, now))
            return nil
        }
        return max(1, Int(((blocking.time + Self.window - now) / .seconds(1)).rounded(.up)))
    }

    /// Takes back the last attempt of an address, which was right.
    mutating func forgive(_ address: String) {
        if let last = attempts.lastIndex(where: { $0.address == address }) {
            attempts.remove(at: last)
        }
    }

    /// What counts as one address: all of a network of IPv6 that one customer has.
    static func key(of address: String?) -> String {
        guard let address, address.contains(":"), !address.hasPrefix("::ffff:") else {
            return address ?? ""
        }
        var bytes = in6_addr()
        guard inet_pton(AF_INET6, String(address.prefix { $0 != "%" }), &bytes) == 1 else {
            return address
        }
        return withUnsafeBytes(of: bytes) { Data($0.prefix(8)).base64EncodedString() }
    }
}
