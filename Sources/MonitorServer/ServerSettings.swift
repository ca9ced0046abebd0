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
    /// What clients over TCP must show; nil: nothing, which only a loopback address allows.
    package var token: AccessToken?
    /// The folder that clips are relative to; nil: no clips are given out.
    package var clipsDirectory: String?

    /// The largest body of a request, in bytes.
    package var maxBodyBytes = 16 * 1024
    /// The largest head of a request, in bytes.
    package var maxHeadBytes = 16 * 1024
    /// The number of connections over each of the socket and TCP; further ones wait.
    package var maxConnections = 64
    /// The number of streams over both together; further ones are refused.
    package var maxStreams = 32
    /// The number of requests a second over TCP in the long run; more are refused.
    package var maxRequestsPerSecond = 50.0
    /// How long a connection may be idle, or a client refuse to read, in seconds.
    package var idleSeconds = 30

    /// Creates the settings of a server on a Unix socket.
    package init(socketPath: String) {
        self.socketPath = socketPath
    }
}
