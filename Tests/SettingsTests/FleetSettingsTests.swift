import Testing

@testable import Settings

@Suite struct FleetSettingsTests {
    private let folder: ConfigurationFolder

    init() throws {
        folder = try ConfigurationFolder()
    }

    private func problems(of text: String) throws -> [String] {
        let file = try folder.write(text)
        return try MonitorConfiguration.check(path: file)
            .map { String($0.description.dropFirst(folder.path.count + 1)) }
    }

    @Test(arguments: [
        "host=db.lan dbname=earwitness user=porch", "user = porch", "service=fleet",
        "postgresql://porch@db.lan:5432/earwitness?sslmode=verify-full",
        "postgres:///earwitness?host=/run/postgresql&user=porch",
        "user='the porch' options='-c a=\\'b\\''", "passfile=/etc/p user=porch",
    ])
    func everyFormOfAConnectionStringIsTaken(database: String) throws {
        let quoted = database.replacing("'", with: "''")
        #expect(try problems(of: "fleet: {database: '\(quoted)', password_file: /p}\n") == [])
    }

    @Test(arguments: [
        "user=porch password=geheim", "user=porch  password = 'geheim'",
        "sslpassword=geheim user=p",
        "postgresql://porch:geheim@db.lan/earwitness",
        "postgresql://porch@db.lan/earwitness?password=geheim",
        "postgresql://porch@db.lan/earwitness?pass%77ord=geheim",
    ])
    func aPasswordInItIsRefusedWithoutBeingShown(database: String) throws {
        let quoted = database.replacing("'", with: "''")
        #expect(
            try problems(of: "fleet: {database: '\(quoted)'}\n") == [
                "earwitness.yaml:1:19: fleet.database: found a password in it, allowed: a connection "
                    + "string without a password; put it into a file and name that in "
                    + "fleet.password_file"
            ]
        )
    }

    /// A box that the system's user names would share its rows with others.
    @Test(arguments: ["host=db.lan dbname=earwitness", "postgresql://db.lan/earwitness"])
    func aBoxWithoutANameIsRefused(database: String) throws {
        let found = try problems(of: "fleet: {database: '\(database)'}\n")
        #expect(found.count == 1)
        #expect(found.first?.contains("found no user in it, allowed: with user=") == true)
    }

    @Test(arguments: ["db.lan", "host=db.lan user", "user='porch", "=porch"])
    func whatIsNoConnectionStringIsRefused(database: String) throws {
        let found = try problems(of: "fleet: {database: \"\(database)\"}\n")
        #expect(found.count == 1)
        #expect(found.first?.contains("found a text that is no connection string") == true)
    }

    @Test func aPasswordForNothingIsRefused() throws {
        let found = try problems(of: "fleet: {password_file: /p}\n")
        #expect(found.first?.hasSuffix("allowed: only with fleet.database") == true)
    }
}
