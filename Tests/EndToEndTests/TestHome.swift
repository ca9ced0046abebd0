import Foundation

/// A folder of its own for one test: configuration, state, socket and ALSA configuration.
final class TestHome {
    let folder: URL

    init() throws {
        // Short, because a Unix socket's path has at most 107 bytes.
        folder = URL(fileURLWithPath: "/tmp/ew-\(UUID().uuidString.prefix(8))")
        for name in ["state", "run"] {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(name),
                withIntermediateDirectories: true
            )
        }
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    var database: String { path("state/events.sqlite") }
    var socket: String { path("run/api.sock") }

    /// Writes a file into the folder.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        return path(name)
    }

    /// The program with its state, socket and configuration here, and nothing of the machine's own.
    func program(alsaConfiguration: String? = nil) throws -> BuiltProgram {
        var program = BuiltProgram()
        program.environment = [
            "STATE_DIRECTORY": path("state"), "RUNTIME_DIRECTORY": path("run"),
            "HOME": folder.path, "TZ": "UTC", "XDG_RUNTIME_DIR": path("run"),
        ]
        let alsa = try write(
            "<confdir:alsa.conf.d>\n" + (alsaConfiguration ?? ""),
            to: "asound.conf"
        )
        program.environment["ALSA_CONFIG_PATH"] = "/usr/share/alsa/alsa.conf:\(alsa)"
        let configuration = path("earwitness.yaml")
        if !FileManager.default.fileExists(atPath: configuration) {
            try write("web: { listen: off }\n", to: "earwitness.yaml")
        }
        program.environment["EARWITNESS_CONFIG"] = configuration
        return program
    }

    /// Asks the database with SQLite's own shell, as a user might.
    ///
    /// The service makes the database in the background: it is waited for.
    func query(_ sql: String) throws -> String {
        var answer = ""
        try Wait.until("the database is made") {
            let shell = try RunningProgram(
                path: "/usr/bin/sqlite3",
                // Meanwhile the service may change how it keeps its journal.
                arguments: ["-cmd", ".timeout 60000", database, sql],
                environment: [:]
            )
            let outcome = shell.outcome()
            guard outcome.status != 0 else {
                answer = outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
                return true
            }
            guard outcome.errors.contains("no such table") else {
                throw QueryFailed(errors: outcome.errors)
            }
            return false
        }
        return answer
    }

    struct QueryFailed: Error {
        let errors: String
    }
}
