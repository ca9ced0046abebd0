import Messages

/// Why the API cannot begin to serve: one line each, with what to do next.
package enum ServerError: Error, Equatable, CustomStringConvertible {
    /// Another service answers at the socket.
    case alreadyRunning(path: String)
    /// The path does not fit into a socket address.
    case socketPathTooLong(path: String, length: Int)
    /// There is something else than a socket at the path.
    case notASocket(path: String)
    /// The socket, or its folder, cannot be made.
    case cannotCreateSocket(path: String, reason: String)
    /// The group that the socket should belong to does not exist, or cannot be given.
    case unusableGroup(name: String, path: String)
    /// The TCP address cannot be listened at.
    case cannotListen(address: String, reason: String)
    /// Other machines could reach the API, and there is no token.
    case tokenMissing(address: String)
    /// The file with the token cannot be read.
    case unreadableToken(path: String)
    /// systemd gave the service no such credential.
    case noCredential(name: String)
    /// The token is too short.
    case shortToken(path: String, length: Int)

    package var description: String {
        switch self {
        case .alreadyRunning(let path):
            "Another earwitness is already running (it answers at '\(path)'). "
                + "Stop it first, or ask it with 'earwitness status'."
        case .socketPathTooLong(let path, let length):
            APISocket.tooLong(path: path, length: length)
        case .notASocket(let path):
            "There is something else than a socket at '\(path)'. "
                + "Move it away, or choose another runtime folder (RUNTIME_DIRECTORY)."
        case .cannotCreateSocket(let path, let reason):
            "Cannot make the API socket '\(path)' (\(reason)). "
                + "Check the runtime folder and its permissions."
        case .unusableGroup(let name, let path):
            "Cannot give the API socket '\(path)' to the group '\(name)'. "
                + "Create the group, and let the service run with it: 'Group=\(name)' with "
                + "'systemctl edit earwitness'."
        case .cannotListen(let address, let reason):
            "Cannot listen at \(address) (\(reason)). Change web.listen, or stop what uses it."
        case .tokenMissing(let address):
            "\(address) can be reached by other machines and there is no token. "
                + "Set web.token_file, or listen at 127.0.0.1."
        case .unreadableToken(let path):
            "Cannot read the token file '\(path)'. Check that it exists and that the service's "
                + "user may read it."
        case .noCredential(let name):
            "systemd gave no credential '\(name)' for web.token_file. Set "
                + "'LoadCredential=\(name):FILE' with 'systemctl edit earwitness', or name a file."
        case .shortToken(let path, let length):
            "The token in '\(path)' has \(length) characters, at least \(AccessToken.minLength) "
                + "are needed. Make one with 'openssl rand -hex 24'."
        }
    }
}
