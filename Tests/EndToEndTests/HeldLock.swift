import Foundation
import Glibc

/// Another program that has begun to write to the database and does not come to an end.
struct HeldLock {
    private let shell: RunningProgram

    init(home: TestHome, statement: String = "BEGIN IMMEDIATE;") throws {
        shell = try RunningProgram(
            path: "/usr/bin/sqlite3",
            arguments: [
                "-bail", home.database, ".timeout 20000", statement, ".shell echo locked",
                ".shell sleep 120",
            ],
            environment: ["PATH": "/usr/bin:/bin"]
        )
        let running = shell
        try Wait.until("the shell has the lock") { running.output.contains("locked") }
    }

    /// Ends the other program.
    func release() {
        shell.send(SIGKILL)
        shell.waitUntilExit()
    }
}
