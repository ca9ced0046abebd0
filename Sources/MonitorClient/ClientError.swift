package import Messages

/// Why a request to the running service failed: one line each, with what to do next.
package enum ClientError: Error, Equatable, CustomStringConvertible {
    /// Nobody answers at the socket.
    case notRunning(path: String)
    /// The user this program runs as may not open the socket.
    case notPermitted(path: String)
    /// The path does not fit into a socket address.
    case socketPathTooLong(path: String, length: Int)
    /// The service answered that it will not, or cannot.
    case refused(status: Int, ErrorMessage)
    /// The service did not answer in time.
    case timeout(path: String, seconds: Double)
    /// The service went away while it answered.
    case connectionLost(path: String)
    /// What answered does not speak this API.
    case unreadableAnswer(path: String, reason: String)

    /// Whether the service is well and only its event history can't be read at present.
    package var isOfTheHistory: Bool {
        guard case .refused(_, let message) = self else { return false }
        return message.code == ErrorMessage.storeUnavailable
    }

    package var description: String {
        switch self {
        case .notRunning(let path):
            "The service is not running (nothing answers at '\(path)'). "
                + "Start it with 'systemctl start earwitness' or 'earwitness run'."
        case .notPermitted(let path):
            "No permission to connect to the service at '\(path)'. "
                + "Run this as root, or as a member of the socket's group."
        case .socketPathTooLong(let path, let length):
            APISocket.tooLong(path: path, length: length)
        case .refused(_, let message):
            message.message
        case .timeout(let path, let seconds):
            "The service at '\(path)' did not answer within \(seconds) s. "
                + "See its log: 'journalctl -u earwitness'."
        case .connectionLost(let path):
            "The service at '\(path)' closed the connection. See its log: 'journalctl -u earwitness'."
        case .unreadableAnswer(let path, let reason):
            "The service at '\(path)' does not support this version's API (\(reason)). "
                + "Restart the service after an upgrade."
        }
    }
}
