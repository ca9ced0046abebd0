package import Foundation

/// Whether who asks is signed in, and how to sign in.
package struct SessionMessage: WireMessage {
    /// Whether everything is answered.
    package var isSignedIn: Bool
    /// What `POST /v1/session` takes beside a link: `password`, `token`.
    package var accepts: [String]
    /// When the session ends; nil: there is none, because none is needed or nobody is signed in.
    package var expires: Date?

    /// Creates the message from its parts.
    package init(isSignedIn: Bool, accepts: [String] = [], expires: Date? = nil) {
        self.isSignedIn = isSignedIn
        self.accepts = accepts
        self.expires = expires
    }

    private enum CodingKeys: String, CodingKey {
        case isSignedIn = "signed_in"
        case accepts, expires
    }
}

/// What opens the page once, without a password.
package struct LinkMessage: WireMessage {
    /// The one-time token.
    package var token: String
    /// Until when it can be used.
    package var expires: Date
    /// Where the page is served, such as `0.0.0.0:8137`; nil: nowhere.
    package var listen: String?
    /// Whether the page asks for a sign-in at all.
    package var isNeeded: Bool

    /// Creates the message from its parts.
    package init(token: String, expires: Date, listen: String?, isNeeded: Bool) {
        self.token = token
        self.expires = expires
        self.listen = listen
        self.isNeeded = isNeeded
    }

    private enum CodingKeys: String, CodingKey {
        case token, expires, listen
        case isNeeded = "needed"
    }
}

/// Where the page of a link is looked for: behind `#`, which browsers send to nobody.
package enum LinkAddress {
    /// The address that opens a page with a one-time token.
    ///
    /// - Parameters:
    ///   - page: The page's address, with or without a slash at its end.
    ///   - token: The token.
    /// - Returns: The link.
    package static func text(page: String, token: String) -> String {
        "\(page.hasSuffix("/") ? page : page + "/")#/link/\(token)"
    }
}

/// A line of the service's log.
package struct LogLineMessage: WireMessage {
    /// When it was logged.
    package var time: Date
    /// How serious it is: `trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical`.
    package var level: String
    /// What it says.
    package var message: String

    /// Creates the line from its parts.
    package init(time: Date, level: String, message: String) {
        self.time = time
        self.level = level
        self.message = message
    }
}

/// The last lines of the service's log.
package struct LogMessage: WireMessage {
    /// The lines, the oldest first.
    package var lines: [LogLineMessage]

    /// Joins the lines.
    package init(lines: [LogLineMessage]) {
        self.lines = lines
    }
}
