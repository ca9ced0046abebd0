import Foundation
import Glibc

/// A service whose state folder is a small file system of its own, which nobody else sees and which
/// is gone when the service is.
final class MountedState {
    struct Impossible: Error, CustomStringConvertible {
        let reason: String

        var description: String {
            "No file system can be mounted for this test (\(reason)). Run the tests as root, or "
                + "allow user namespaces: sysctl kernel.unprivileged_userns_clone=1."
        }
    }

    let service: RunningProgram
    private let home: TestHome

    /// Mounts a file system in memory and starts the service on it.
    ///
    /// - Parameters:
    ///   - home: The folder of the test; its `state` is what is mounted over.
    ///   - megabytes: How much it holds.
    ///   - options: More words for `mount -o`, such as `ro`.
    /// - Throws: ``Impossible`` where nothing may be mounted.
    convenience init(home: TestHome, megabytes: Int, options: String = "rw") throws {
        try self.init(
            home: home,
            mounting: "-t tmpfs -o size=\(megabytes)m,\(options) earwitness"
        )
    }

    /// Mounts a file as a disk and starts the service on it.
    ///
    /// - Parameters:
    ///   - home: As above.
    ///   - image: The file, made by ``makeDisk(at:megabytes:)``.
    /// - Throws: ``Impossible`` where nothing may be mounted.
    convenience init(home: TestHome, image: String) throws {
        try self.init(home: home, mounting: "-o loop '\(image)'")
    }

    private init(home: TestHome, mounting what: String) throws {
        self.home = home
        let namespace = getuid() == 0 ? ["-m"] : ["-U", "-r", "-m"]
        let script = """
            mount \(what) '\(home.path("state"))' \
            && exec '\(BuiltProgram.folder)/earwitness' run --source demo --pace 10
            """
        service = try RunningProgram(
            path: "/usr/bin/unshare",
            arguments: namespace + ["/bin/sh", "-c", script],
            environment: ProcessInfo.processInfo.environment.merging(
                try home.program().environment
            ) { $1 }
        )
        let (service, socket) = (service, home.socket)
        try Wait.until("the service answers", seconds: 60) {
            guard service.isRunning else { throw Impossible(reason: service.errors) }
            return FileManager.default.fileExists(atPath: socket)
        }
    }

    /// Makes a file with an empty file system.
    static func makeDisk(at path: String, megabytes: Int) throws {
        let command = try RunningProgram(
            path: "/bin/sh",
            arguments: ["-c", "truncate -s \(megabytes)M '\(path)' && mkfs.ext4 -q '\(path)'"],
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        )
        let outcome = command.outcome()
        guard outcome.status == 0 else { throw Impossible(reason: outcome.errors) }
    }

    /// The path by which a file of the state folder is reached from outside.
    func path(_ name: String) -> String {
        "/proc/\(service.identifier)/root\(home.path("state"))/\(name)"
    }

    /// Runs a command where the service sees its files.
    @discardableResult
    func run(_ arguments: String...) throws -> String {
        let namespaces = getuid() == 0 ? ["-m"] : ["-U", "-m", "--preserve-credentials"]
        let command = try RunningProgram(
            path: "/usr/bin/nsenter",
            arguments: ["-t", "\(service.identifier)"] + namespaces + arguments,
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        )
        let outcome = command.outcome()
        guard outcome.status == 0 else { throw Impossible(reason: outcome.errors) }
        return outcome.output
    }

    /// Writes into a file until nothing more fits.
    func fill() throws {
        let file = open(path("filler"), O_WRONLY | O_CREAT, 0o600)
        guard file >= 0 else { throw Impossible(reason: String(cString: strerror(errno))) }
        defer { close(file) }
        for size in [1 << 16, 1 << 12, 1] {
            let zeros = [UInt8](repeating: 0, count: size)
            while write(file, zeros, size) > 0 {}
        }
    }

    /// Makes room again.
    func empty() {
        unlink(path("filler"))
    }
}

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
