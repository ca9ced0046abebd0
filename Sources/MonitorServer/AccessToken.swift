import Foundation

/// The secret that clients beyond this machine must show.
package struct AccessToken: Sendable {
    /// The fewest characters a token has; fewer can be guessed.
    package static let minLength = 16

    private let bytes: [UInt8]

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
        let given = Array(text.utf8)
        var difference = UInt8(given.count == bytes.count ? 0 : 1)
        for (index, byte) in bytes.enumerated() {
            difference |= byte ^ (index < given.count ? given[index] : ~byte)
        }
        return difference == 0
    }

    /// Whether an `Authorization` header shows the token: as `Bearer`, or as the password of
    /// `Basic` with any user name, which browsers ask for by themselves.
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
