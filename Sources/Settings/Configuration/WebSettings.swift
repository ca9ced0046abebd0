/// The section `web`: the HTTP API over TCP, with its page, and who may use the Unix socket.
package struct WebSettings: Equatable, Sendable {
    /// The address to listen at; nil: only the Unix socket.
    package var listen: ListenAddress? = .standard
    /// The file that holds the token which other machines must show; nil: no token.
    package var tokenFile: String?
    /// The permissions of the Unix socket.
    package var socketMode: UInt32 = 0o660
    /// The group that the Unix socket is given to; nil: the service's own.
    package var socketGroup: String?

    /// Creates the section with its defaults.
    package init() {}
}
