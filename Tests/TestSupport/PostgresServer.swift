import Foundation

/// A PostgreSQL server of a test's own, which can be stopped and started again.
///
/// Its administrator connects by a Unix socket without a password, everybody else by TCP with one.
package final class PostgresServer {
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    /// The folder of the newest server's programs; nil if none is installed.
    private static let programs: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(root)/\($0)/bin" }
            .first { FileManager.default.isExecutableFile(atPath: "\($0)/postgres") }
    }()

    /// Whether a server, psql and libpq are installed.
    package static let isInstalled =
        programs != nil && FileManager.default.isExecutableFile(atPath: "/usr/bin/psql")

    /// What tests that are left out say.
    package static let whyLeftOut = "postgresql is not installed"

    package let port: UInt16
    private let folder: TemporaryFolder
    private let programs: String
    private var process: ChildProcess?

    /// Makes a server with a database `earwitness`, which has the tables of `config/fleet.sql`.
    ///
    /// - Parameter boxes: The boxes; each has a role whose password is its name.
    /// - Throws: When it can't be made.
    package init(boxes: [String] = ["porch"]) async throws {
        guard let programs = Self.programs else { throw Failed(description: Self.whyLeftOut) }
        self.programs = programs
        folder = try TemporaryFolder()
        port = try LoopbackPort.free()
        // A server refuses to run as root.
        if geteuid() == 0 {
            try FileManager.default.setAttributes(
                [.ownerAccountID: Self.unprivileged],
                ofItemAtPath: folder.path
            )
        }
        try await finish(
            "initdb",
            command("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8")
        )
        try """
        local all all trust
        host all all 127.0.0.1/32 scram-sha-256

        """.write(toFile: "\(data)/pg_hba.conf", atomically: false, encoding: .utf8)
        try await start()
        try await query("CREATE DATABASE earwitness", database: "postgres")
        try await runFile(Checkout.folder.appendingPathComponent("config/fleet.sql").path)
        for box in boxes {
            try await query(
                "CREATE ROLE \(box) LOGIN PASSWORD '\(box)' IN ROLE earwitness_box"
            )
        }
    }

    deinit {
        signal(SIGCONT)
        process?.signal(SIGQUIT)
        _ = process.map { waitpid($0.identifier, nil, 0) }
    }

    /// The number of a user without rights.
    private static let unprivileged = 65_534

    private var data: String { folder.file("data") }

    /// A program of the server with its arguments, as a user that it runs as.
    private func command(_ name: String, _ arguments: String...) -> [String] {
        let words = ["\(programs)/\(name)"] + arguments
        guard geteuid() == 0 else { return words }
        let user = "\(Self.unprivileged)"
        return ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups"] + words
    }

    /// Starts it again, and waits until it answers.
    package func start() async throws {
        process = try ChildProcess(
            command(
                "postgres",
                "-D",
                data,
                "-k",
                folder.path,
                "-p",
                "\(port)",
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "fsync=off"
            ),
            environment: ["PATH": "/usr/bin:/bin"]
        )
        for _ in 0..<600 {
            if (try? await query("SELECT 1", database: "postgres")) == "1" { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failed(description: "postgres does not answer at \(port)")
    }

    /// Stops it at once, without waiting for those who are connected.
    package func stop() async throws {
        process?.signal(SIGINT)
        _ = try await process?.end()
        process = nil
    }

    /// Sends a signal to the process that takes connections.
    package func signal(_ number: Int32) { process?.signal(number) }

    /// How a box connects.
    package func connectionString(_ box: String = "porch") -> String {
        "host=127.0.0.1 port=\(port) dbname=earwitness user=\(box)"
    }

    /// Runs a statement and gives what it returns, its columns parted by `|`.
    ///
    /// - Parameters:
    ///   - sql: The statement.
    ///   - box: As whom, with its name for the password; nil: the administrator.
    ///   - database: Where.
    /// - Returns: The rows, a line each.
    /// - Throws: What psql says.
    @discardableResult
    package func query(
        _ sql: String,
        as box: String? = nil,
        database: String = "earwitness"
    ) async throws -> String {
        let text = folder.file("statement-\(UUID().uuidString).sql")
        try sql.write(toFile: text, atomically: false, encoding: .utf8)
        defer { unlink(text) }
        return try await runFile(text, as: box, database: database)
    }

    @discardableResult
    private func runFile(
        _ path: String,
        as box: String? = nil,
        database: String = "earwitness"
    ) async throws -> String {
        let output = folder.file("answer-\(UUID().uuidString)")
        defer { unlink(output) }
        let who =
            box.map { "\(connectionString($0)) password=\($0)" }
            ?? "host=\(folder.path) port=\(port) dbname=\(database) user=postgres"
        let shell =
            "exec /usr/bin/psql -X -q -A -t -v ON_ERROR_STOP=1 -f '\(path)' '\(who)' > '\(output)' 2>&1"
        let status = try await ChildProcess(
            ["/bin/sh", "-c", shell],
            environment: ["PATH": "/usr/bin:/bin"]
        ).end()
        let answer = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        let trimmed = answer.trimmingCharacters(in: .whitespacesAndNewlines)
        guard status == 0 else { throw Failed(description: trimmed) }
        return trimmed
    }

    private func finish(_ name: String, _ command: [String]) async throws {
        let status = try await ChildProcess(command, environment: ["PATH": "/usr/bin:/bin"]).end()
        guard status == 0 else { throw Failed(description: "\(name) ended with \(status)") }
    }
}
