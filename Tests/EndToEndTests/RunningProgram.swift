import Foundation
import Glibc

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
