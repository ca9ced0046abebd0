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
