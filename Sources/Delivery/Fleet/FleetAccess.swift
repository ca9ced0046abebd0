import Foundation
package import Settings

/// How the fleet's database is reached, and as which box.
package struct FleetAccess: Sendable, Equatable {
    /// The connection string, without a password.
    package var database: String
    /// A path, or `credential:` and the name of a systemd credential.
    package var passwordFile: String?
    /// How long to wait for a connection, in milliseconds.
    package var connectMilliseconds: Int32 = 10_000
    /// How long to wait for the answer to a statement, in milliseconds; the server gives up after
    /// three quarters of it, so that it can say so.
    package var answerMilliseconds: Int32 = 40_000

    /// Takes the access from the configuration; nil if there is no database.
    package init?(_ settings: FleetSettings) {
        guard let database = settings.database else { return nil }
        self.database = database
        passwordFile = settings.passwordFile
    }

    /// What libpq is given; what comes later overrides what comes earlier.
    ///
    /// - Throws: When the password can't be read.
    func parameters(
        environment: [String: String]
    ) throws(FleetFault) -> [(keyword: String, value: String)] {
        var parameters = [
            ("application_name", "earwitness"), ("dbname", database), ("client_encoding", "UTF8"),
        ]
        if let passwordFile {
            let secret = PasswordFile(reference: passwordFile, setting: "fleet.password_file")
            do {
                parameters.append(("password", try secret.read(environment: environment)))
            } catch {
                throw FleetFault(.configuration, error.words)
            }
        }
        return parameters
    }
}

/// Why the fleet's database does not take what it is sent: one line, with what to do.
package struct FleetFault: Error, Equatable, CustomStringConvertible {
    /// Who can do something about it.
    package enum Kind: Sendable {
        /// Who writes the configuration or sets the database up.
        case configuration
        /// Who looks after the server or the network.
        case unreachable
        /// Who gives the box its rights.
        case refused
        /// Nobody: the server does not take this very value.
        case value
    }

    package let kind: Kind
    package let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// No connection could be made.
    ///
    /// Before it knows the box a server gives no codes, only words, which may be in any language.
    ///
    /// - Parameter words: What libpq says, or the server through it.
    init(connecting words: String) {
        let line = Self.line(words)
        func says(_ parts: String...) -> Bool { parts.contains { words.contains($0) } }
        let (kind, advice): (Kind, String) =
            if says("password authentication failed", "no password supplied") {
                (.refused, "Check user in fleet.database, and fleet.password_file.")
            } else if says("no encryption"), !says("SSL encryption") {
                (
                    .refused,
                    "Let this box in by the server's pg_hba.conf; if that asks for TLS, add "
                        + "sslmode=verify-full to fleet.database."
                )
            } else if says("pg_hba.conf") {
                (.refused, "Let this box in by the server's pg_hba.conf.")
            } else if says("too many clients", "connection slots", "too many connections") {
                (.unreachable, "Raise max_connections on the server.")
            } else if says("certificate verify failed") {
                (
                    .unreachable,
                    "Check that the server's certificate is of an authority in sslrootcert, that it "
                        + "has not expired, and this machine's clock."
                )
            } else if says("does not match host name") {
                (.unreachable, "Name the server in fleet.database as its certificate does.")
            } else if says("does not support SSL") {
                (.unreachable, "Set ssl = on and a certificate on the server.")
            } else if says("certificate", "SSL") {
                (.unreachable, "Check sslmode and sslrootcert in fleet.database.")
            } else if says("Operation not permitted") {
                (.unreachable, "systemd's unit lets only IPAddressAllow through.")
            } else if says("connection string", "connection option", "URI", "invalid sslmode") {
                (.configuration, "Correct fleet.database.")
            } else if says("does not exist") {
                (.configuration, "Make it on the server; docs/fleet.md says how.")
            } else {
                (.unreachable, "Check that the server runs and that fleet.database names it.")
            }
        self.init(kind, "The fleet's database can't be reached (\(line)). \(advice)")
    }

    /// A statement failed.
    ///
    /// - Parameters:
    ///   - words: What the server says of it.
    ///   - code: Its code, of those in
    ///     https://www.postgresql.org/docs/current/errcodes-appendix.html; empty if it said nothing.
    ///   - namesConstraint: Whether a constraint that has a name forbids a value.
    init(running words: String, code: String, namesConstraint: Bool) {
        let line = Self.line(words)
        switch code {
        case "3F000", "42P01", "42703":
            self.init(
                .configuration,
                "The fleet's database lacks the tables for it (\(line)). Run fleet.sql there with "
                    + "psql; docs/fleet.md says how."
            )
        case "42501":
            self.init(
                .refused,
                "The fleet's database does not let this box write (\(line)). On the server: "
                    + "GRANT earwitness_box TO its role."
            )
        case "25006":
            self.init(
                .configuration,
                "The fleet's database is read-only (\(line)). Name the primary server, or add "
                    + "target_session_attrs=read-write to fleet.database."
            )
        case "53100":
            self.init(
                .unreachable,
                "The fleet's server has no room on its disk (\(line)). Free some there."
            )
        // No constraint: there is no partition for it, which is not the event's fault.
        case "23514" where !namesConstraint:
            self.init(
                .configuration,
                "The fleet's database has no partition for it (\(line)). Run fleet.sql there again."
            )
        case _ where code.hasPrefix("22") || code.hasPrefix("23"):
            self.init(.value, line)
        case "":
            self.init(
                .unreachable,
                "The fleet's database does not answer (\(line)). Check the server and the network."
            )
        default:
            self.init(.unreachable, "The fleet's database fails (\(line), code \(code)).")
        }
    }

    /// The first line, without what every such line begins with.
    private static func line(_ words: String) -> String {
        let first = words.split(whereSeparator: \.isNewline).first.map(String.init) ?? "no reason"
        let short = first.replacing("connection to server ", with: "")
            .replacing(" failed: FATAL: ", with: ":").replacing(" failed: ", with: ": ")
        return OneLine.text(short)
    }
}

/// What there is to say of a box's place in the fleet's database.
package struct FleetCheck: Sendable, Equatable {
    /// The server's version, and whether the connection is encrypted.
    package var server: String
    /// The box's name: its role.
    package var box: String
    /// The version of the tables.
    package var version: Int
    /// What works, but not as it should, one line each.
    package var remarks: [String] = []

    /// Asks the server.
    ///
    /// - Parameters:
    ///   - access: How it is reached.
    ///   - environment: The process's environment, for credentials.
    /// - Throws: Why the box can't ship anything.
    package init(_ access: FleetAccess, environment: [String: String]) throws(FleetFault) {
        let database = try FleetDatabase(
            access,
            environment: environment,
            cancellation: Cancellation()
        )
        try database.run(
            """
            SELECT current_user, current_setting('server_version'),
                (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()),
                inet_server_addr() IS NULL, (SELECT max(version) FROM fleet.version)
            """
        )
        box = database.value(0) ?? ""
        let isLocal = database.value(3) == "t"
        let encryption = database.value(2)
        server = "PostgreSQL \(database.value(1) ?? "")"
        server += encryption.map { ", encrypted by \($0)" } ?? (isLocal ? ", on this machine" : "")
        version = database.value(4).flatMap { Int($0) } ?? 0
        try database.run(
            """
            SELECT bool_and(has_table_privilege(name, 'SELECT') AND has_table_privilege(name, 'INSERT')
                    AND has_table_privilege(name, 'UPDATE')),
                bool_and(row_security_active(name))
            FROM unnest(ARRAY['fleet.event', 'fleet.coverage']) AS name
            """
        )
        guard database.value(0) == "t" else {
            throw FleetFault(
                .refused,
                "The role '\(box)' may not write. On the server: GRANT earwitness_box TO \"\(box)\";"
            )
        }
        if database.value(1) != "t" {
            remarks.append(
                "The role '\(box)' sees and may change the rows of all boxes. Give this box a role of "
                    + "its own, in the role earwitness_box."
            )
        }
        if encryption == nil, !isLocal {
            remarks.append(
                "The connection is not encrypted. Add sslmode=verify-full to fleet.database."
            )
        }
    }
}
