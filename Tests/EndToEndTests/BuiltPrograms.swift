import Foundation
import Glibc
import TestSupport
import Testing

/// A process that a test started; it is gone when the test is.
///
/// Started and waited for by the system's own calls, because Foundation's `Process` needs a run
/// loop that tests do not have.
final class RunningProgram {
    struct CannotStart: Error {
        let path: String
        let code: Int32
    }

    let identifier: pid_t
    private var status: Int32?
    private let outputPath: String
    private let errorPath: String

    /// Starts the program with its output and errors in files, so that no pipe can fill up.
    ///
    /// - Parameters:
    ///   - path: The program.
    ///   - arguments: Its arguments.
    ///   - environment: Its whole environment.
    ///   - descriptors: Open files that it gets, by the number they have there: not 0, 1 or 2.
    /// - Throws: When it can't be started.
    init(
        path: String,
        arguments: [String],
        environment: [String: String],
        descriptors: [Int32: Int32] = [:]
    ) throws {
        let name = "/tmp/ew-run-\(UUID().uuidString)"
        outputPath = "\(name).out"
        errorPath = "\(name).err"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for (descriptor, file) in [(Int32(1), outputPath), (Int32(2), errorPath)] {
            posix_spawn_file_actions_addopen(
                &actions,
                descriptor,
                file,
                O_WRONLY | O_CREAT | O_TRUNC,
                0o600
            )
        }
        for (number, descriptor) in descriptors {
            posix_spawn_file_actions_adddup2(&actions, descriptor, number)
        }
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var started = pid_t()
        let code = posix_spawn(&started, path, &actions, nil, &words, &variables)
        guard code == 0 else { throw CannotStart(path: path, code: code) }
        identifier = started
    }

    deinit {
        if isRunning {
            kill(identifier, SIGKILL)
            waitUntilExit()
        }
        unlink(outputPath)
        unlink(errorPath)
    }

    var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

    var isRunning: Bool {
        reap(WNOHANG)
        return status == nil
    }

    func send(_ signal: Int32) {
        if isRunning { kill(identifier, signal) }
    }

    func waitUntilExit() {
        reap(0)
    }

    /// Sends SIGTERM and waits for the end.
    func terminate() -> BuiltProgram.Outcome {
        send(SIGTERM)
        return outcome()
    }

    /// Waits for the end and gives what is left: the exit code, or 128 and the signal.
    func outcome() -> BuiltProgram.Outcome {
        waitUntilExit()
        let status = status ?? 0
        let signal = status & 0x7F
        return BuiltProgram.Outcome(
            status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal,
            output: output,
            errors: errors
        )
    }

    private func reap(_ options: Int32) {
        guard status == nil else { return }
        var result: Int32 = 0
        while true {
            let ended = waitpid(identifier, &result, options)
            if ended == identifier { status = result }
            guard ended == -1, errno == EINTR else { return }
        }
    }
}

/// The program as the build made it, run the way a user runs it.
struct BuiltProgram {
    /// What a finished run left behind.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String

        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// The environment it runs in, beside the test's own.
    var environment: [String: String] = [:]

    /// Where the build puts the program and the tests.
    static let folder: String = {
        let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: tests ?? CommandLine.arguments[0])
            .deletingLastPathComponent().path
    }()

    /// Runs the program to its end.
    func run(_ arguments: String...) throws -> Outcome {
        try run(arguments: arguments)
    }

    /// Runs the program to its end.
    func run(arguments: [String]) throws -> Outcome {
        try start(arguments: arguments).outcome()
    }

    /// Starts the program and goes on.
    func start(_ arguments: String...) throws -> RunningProgram {
        try start(arguments: arguments)
    }

    /// Starts the program and goes on.
    func start(arguments: [String]) throws -> RunningProgram {
        try RunningProgram(
            path: Self.folder + "/earwitness",
            arguments: arguments,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 }
        )
    }
}

extension BuiltProgram {
    /// Starts the program as a service and waits until it answers.
    func startAnswering(_ arguments: String...) throws -> RunningProgram {
        try startAnswering(arguments: arguments)
    }

    /// Starts the program as a service and waits until it answers.
    func startAnswering(arguments: [String]) throws -> RunningProgram {
        let service = try start(arguments: arguments)
        try Wait.until("the service answers") {
            try #require(service.isRunning, "\(service.errors)")
            return try run("status").status == 0
        }
        return service
    }

    /// What the running service says of itself; empty while it does not answer.
    func status() throws -> [String: Any] {
        JSONLines.objects(in: try run("status", "--format", "json").output).first ?? [:]
    }

    /// What it says of its first source.
    func source() throws -> [String: Any] {
        (try status()["sources"] as? [[String: Any]])?.first ?? [:]
    }
}

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

    /// Installs the reference model `bootstrap`, whose network is a small one, under its name.
    func installReferenceModel() throws {
        let models = folder.appendingPathComponent("state/models")
        try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: models.appendingPathComponent("bootstrap").path,
            withDestinationPath: ReferenceNetworks.modelFolder
        )
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

/// The built program as its users run it, one test at a time.
///
/// They play sound at its own pace, and what one of them measures another must not disturb.
@Suite(.serialized) enum EndToEnd {}
