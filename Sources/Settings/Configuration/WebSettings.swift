/// The section `web`: the HTTP API over TCP, with its page, and who may use the Unix socket.
package struct WebSettings: Equatable, Sendable {
    /// The address to listen at; nil: only the Unix socket.
    package var listen: ListenAddress? = .standard
    /// The file that holds the token which other machines must show; nil: no token.
    package var tokenFile: String?
    /// The file that holds the hash of the page's password; nil: the one in the state folder.
    package var passwordFile: String?
    /// The permissions of the Unix socket.
    package var socketMode: UInt32 = 0o660
    /// The group that the Unix socket is given to; nil: the service's own.
    package var socketGroup: String?
    /// How many may listen live at once; 0: live listening is off.
    package var listenLive = 0

    /// Creates the section with its defaults.
    package init() {}
}

extension WebSettings {
    /// The keys of the section `web`.
    package static let settings = SettingsTable<WebSettings>([
        .optional("listen", \.listen, .listenAddress, word: "off", appliesLive: false)
            .help(
                "The address of the API and web page; other machines need a password, a link or the token."
            ),
        .optional(
            "token_file",
            \.tokenFile,
            .text("a path, or credential:NAME"),
            word: "none",
            appliesLive: false
        )
        .help("The file or systemd credential with the token that programs show over TCP."),
        .optional(
            "password_file",
            \.passwordFile,
            .text("a path"),
            word: "auto",
            appliesLive: false
        )
        .help(
            "Where `earwitness web password` keeps the hash of the page's password; auto: `web-password` in the state folder."
        ),
        .value("socket_mode", \.socketMode, .fileMode, appliesLive: false)
            .help("Who may use the Unix socket, as the permissions of a file."),
        .optional(
            "socket_group",
            \.socketGroup,
            .text("a group's name"),
            word: "none",
            appliesLive: false
        )
        .help("The group of the Unix socket."),
        .value("listen_live", \.listenLive, .wholeNumber(in: 0...64))
            .help(
                "How many may listen live to the sources at once, through the page or the API; 0 turns it off."
            ),
    ])
}

/// A host and a TCP port, as in `127.0.0.1:8137` or `[::1]:8137`.
package struct ListenAddress: Equatable, Sendable, CustomStringConvertible {
    /// A name or a numeric address, without brackets.
    package var host: String
    /// The port; 0: any that is free.
    package var port: Int

    /// The port that is used when none is configured; this machine only.
    package static let standard = ListenAddress(host: "127.0.0.1", port: 8137)

    /// Creates the address from its parts.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST:PORT`; nil if the text is something else.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, !host.contains(where: \.isWhitespace) else { return nil }
        self.init(host: String(host), port: port)
    }

    /// Whether only this machine can reach the address.
    package var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && parts[0] == 127 && parts.allSatisfy { $0 != nil }
    }

    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

extension ValueForm where Value == ListenAddress {
    /// `HOST:PORT`.
    static var listenAddress: ValueForm {
        ValueForm(
            allowed: "an address and port such as 127.0.0.1:8137 or [::1]:8137",
            read: { node in node.text.flatMap(ListenAddress.init) },
            write: { $0.description },
            advice: { node in
                guard let text = node.text, UInt16(text) != nil else { return "" }
                return "for this machine alone: 127.0.0.1:\(text)"
            }
        )
    }
}

extension ValueForm where Value == UInt32 {
    /// The permissions of a file, in octal digits.
    static var fileMode: ValueForm {
        ValueForm(
            allowed: "three or four octal digits such as 0660",
            read: { node in
                guard let text = node.text, (3...4).contains(text.count),
                    text.count == 3 || text.hasPrefix("0")
                else { return nil }
                return UInt32(text, radix: 8)
            },
            write: { mode in
                let digits = String(mode, radix: 8)
                return String(repeating: "0", count: 4 - digits.count) + digits
            }
        )
    }
}
