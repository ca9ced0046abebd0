import Messages

/// Where the API listens and what it allows.
package struct ServerSettings: Sendable {
    /// An address to listen at over TCP.
    package struct TCPAddress: Sendable, Equatable, CustomStringConvertible {
        /// A numeric address or a name.
        package var host: String
        /// The port; 0: any that is free.
        package var port: Int

        /// Creates the address.
        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        package var description: String {
            host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }

        /// Whether only this machine can reach it.
        package var isLoopback: Bool { LoopbackName.isLoopback(host) }
    }

    /// The Unix socket.
    package var socketPath: String
    /// The permissions of the Unix socket.
    package var socketMode: UInt32 = 0o660
    /// The group of the Unix socket; nil: that of the process.
    package var socketGroup: String?
    /// Where to listen over TCP too; nil: nowhere.
    package var listen: TCPAddress?
    /// What programs show over TCP; nil: there is no token.
    package var token: AccessToken?
    /// The file that holds the hash of the page's password; nil: there is no password.
    package var passwordPath: String?
    /// The file that keeps who is signed in; nil: sessions end with the server.
    package var sessionsPath: String?
    /// The folder that clips are relative to; nil: no clips are given out.
    package var clipsDirectory: String?

    /// The largest body of a request, in bytes.
    package var maxBodyBytes = 16 * 1024
    /// The largest head of a request, in bytes.
    package var maxHeadBytes = 16 * 1024
    /// The number of connections over each of the socket and TCP; further ones wait.
    package var maxConnections = 256
    /// The number of streams of each kind over both together; further ones are refused.
    package var maxStreams = 128
    /// The number of requests a second over TCP in the long run; more are refused.
    package var maxRequestsPerSecond = 50.0
    /// How long a connection may be idle, or a client refuse to read, in seconds.
    package var idleSeconds = 30

    /// Creates the settings of a server on a Unix socket.
    package init(socketPath: String) {
        self.socketPath = socketPath
    }
}

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
            "'\(path)' is not a socket. "
                + "Move it away, or choose another runtime folder (RUNTIME_DIRECTORY)."
        case .cannotCreateSocket(let path, let reason):
            "Cannot create the API socket '\(path)' (\(reason)). "
                + "Check the runtime folder and its permissions."
        case .unusableGroup(let name, let path):
            "Cannot give the API socket '\(path)' to the group '\(name)'. "
                + "Create the group and run the service with it: 'Group=\(name)' with "
                + "'systemctl edit earwitness'."
        case .cannotListen(let address, let reason):
            "Cannot listen at \(address) (\(reason)). Change web.listen, or stop the program that uses it."
        case .unreadableToken(let path):
            "Cannot read the token file '\(path)'. Check that it exists and that the service's "
                + "user may read it."
        case .noCredential(let name):
            "systemd passed no credential '\(name)' for web.token_file. Set "
                + "'LoadCredential=\(name):FILE' with 'systemctl edit earwitness', or name a file."
        case .shortToken(let path, let length):
            "The token in '\(path)' has \(length) characters, at least \(AccessToken.minLength) "
                + "are needed. Make one with 'openssl rand -hex 24'."
        }
    }
}
