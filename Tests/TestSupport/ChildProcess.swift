package import Foundation

/// A program started with a clean environment; asking for its end reaps it.
///
/// Not Foundation's `Process`, which on Linux leaves the end of a child unnoticed when no run
/// loop turns.
package final class ChildProcess {
    /// The process's number.
    package let identifier: pid_t
    private var status: Int32?

    /// Starts a program, with `/dev/null` for its input and output.
    ///
    /// - Parameters:
    ///   - command: The program's path and its arguments.
    ///   - environment: All of its environment.
    /// - Throws: Why it can't be started.
    package init(_ command: [String], environment: [String: String]) throws {
        var attributes = posix_spawnattr_t()
        var actions = posix_spawn_file_actions_t()
        var noSignals = sigset_t()
        posix_spawnattr_init(&attributes)
        posix_spawn_file_actions_init(&actions)
        sigemptyset(&noSignals)
        // Test threads run with signals blocked, which a child would inherit.
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        defer {
            posix_spawnattr_destroy(&attributes)
            posix_spawn_file_actions_destroy(&actions)
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, command[0], &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EINVAL) }
        identifier = child
    }

    deinit {
        if exitStatus() == nil {
            signal(SIGKILL)
            waitpid(identifier, nil, 0)
        }
    }

    /// Sends a signal, unless the program has ended.
    package func signal(_ number: Int32) {
        guard status == nil else { return }
        kill(identifier, number)
    }

    /// What the program ended with; nil while it runs.
    package func exitStatus() -> Int32? {
        guard status == nil else { return status }
        var found: Int32 = 0
        if waitpid(identifier, &found, WNOHANG) == identifier { status = found }
        return status
    }

    /// Waits until the program has ended.
    package func end() async throws -> Int32 {
        while true {
            if let status = exitStatus() { return status }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
