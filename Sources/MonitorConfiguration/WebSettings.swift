/// The section `web`: the HTTP API and web page over TCP.
package struct WebSettings: Equatable, Sendable {
    /// The address to listen at; nil: only the Unix socket.
    package var listen: ListenAddress? = .standard
    /// The file that holds the token which other machines must show; nil: no token.
    package var tokenFile: String?

    /// Creates the section with its defaults.
    package init() {}
}
