import Foundation

/// The section `fleet`: one history of many boxes, in a PostgreSQL database.
package struct FleetSettings: Equatable, Sendable {
    /// How the database is reached, as libpq reads it; nil: the history stays here.
    package var database: String?
    /// The file or systemd credential with the password; nil: none.
    package var passwordFile: String?

    /// Creates the section with its defaults.
    package init() {}
}

extension FleetSettings {
    /// The keys of the section `fleet`.
    package static let settings = SettingsTable<FleetSettings>([
        .optional(
            "database",
            \.database,
            .text("a connection string such as host=db.lan dbname=earwitness user=porch"),
            word: "none",
            appliesLive: false
        )
        .help(
            "The PostgreSQL database that gets the history, as libpq reads it; `user` names the box."
        ),
        .optional(
            "password_file",
            \.passwordFile,
            .text("a path, or credential:NAME"),
            word: "none",
            appliesLive: false
        )
        .help("The file or systemd credential whose first line is the password."),
    ])
}

extension MonitorConfiguration {
    func fleetContradictions() -> [DocumentProblem] {
        guard let text = fleet.database else {
            guard fleet.passwordFile != nil else { return [] }
            return [
                problem(
                    "fleet.password_file",
                    found: "a password without a database",
                    allowed: "only with fleet.database"
                )
            ]
        }
        let key = "fleet.database"
        guard let parameters = ConnectionString(text)?.parameters else {
            return [
                problem(
                    key,
                    found: "a text that is no connection string",
                    allowed: "words such as host=db.lan, or postgresql://porch@db.lan/earwitness",
                    advice: "put a value with spaces into single quotes"
                )
            ]
        }
        // `config show` and the support bundle show the text.
        guard parameters["password"] == nil, parameters["sslpassword"] == nil else {
            return [
                problem(
                    key,
                    found: "a password in it",
                    allowed: "a connection string without a password",
                    advice: "put it into a file and name that in fleet.password_file"
                )
            ]
        }
        guard parameters["user"] == nil, parameters["service"] == nil else { return [] }
        return [
            problem(
                key,
                found: "no user in it",
                allowed: "with user=, the role of this box, whose name is the box's",
                advice: "make a role for each box; see docs/fleet.md"
            )
        ]
    }
}

/// What a connection string of libpq says, in either of its forms.
///
/// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
struct ConnectionString: Equatable {
    /// The parameters by name, unquoted; of an address only those that are asked for here.
    private(set) var parameters: [String: String] = [:]

    /// Reads a text; nil if it has neither form.
    init?(_ text: String) {
        for scheme in ["postgresql://", "postgres://"] where text.hasPrefix(scheme) {
            readAddress(text.dropFirst(scheme.count))
            return
        }
        var rest = text[...]
        while true {
            rest = rest.drop(while: \.isWhitespace)
            guard !rest.isEmpty else { return }
            let name = rest.prefix { !$0.isWhitespace && $0 != "=" }
            rest = rest.dropFirst(name.count).drop(while: \.isWhitespace)
            guard !name.isEmpty, rest.first == "=" else { return nil }
            rest = rest.dropFirst().drop(while: \.isWhitespace)
            guard let value = Self.removeValue(from: &rest) else { return nil }
            parameters[String(name)] = value
        }
    }

    /// Takes a value, in single quotes or up to a space; nil if a quote is not closed.
    private static func removeValue(from rest: inout Substring) -> String? {
        let isQuoted = rest.first == "'"
        if isQuoted { rest.removeFirst() }
        var value = ""
        while let character = rest.popFirst() {
            if isQuoted ? character == "'" : character.isWhitespace { return value }
            guard character == "\\" else {
                value.append(character)
                continue
            }
            if let escaped = rest.popFirst() { value.append(escaped) }
        }
        return isQuoted ? nil : value
    }

    private mutating func readAddress(_ rest: Substring) {
        let authority = rest.prefix { !"/?".contains($0) }
        if let end = authority.lastIndex(of: "@") {
            let parts = authority[..<end].split(
                separator: ":",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            if let user = parts.first, !user.isEmpty { parameters["user"] = String(user) }
            if parts.count > 1 { parameters["password"] = String(parts[1]) }
        }
        guard let query = rest.firstIndex(of: "?") else { return }
        for part in rest[query...].dropFirst().split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard let name = pair.first?.removingPercentEncoding else { continue }
            parameters[name] = pair.last.map(String.init)
        }
    }
}
