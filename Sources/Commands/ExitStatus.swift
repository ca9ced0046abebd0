/// The exit codes of every command, as in BSD's `sysexits.h`.
enum ExitStatus: Int32, Sendable {
    /// Done.
    case success = 0
    /// The command line makes no sense.
    case usage = 64
    /// The input is there but is not what it should be.
    case badData = 65
    /// The input is not there.
    case noInput = 66
    /// The service is not running.
    case unavailable = 69
    /// Our own fault.
    case bug = 70
    /// The output can't be created.
    case cannotCreate = 73
    /// Reading or writing failed.
    case inputOutput = 74
    /// Not allowed.
    case notPermitted = 77
    /// The configuration is wrong.
    case configuration = 78
    /// Ended by Ctrl-C, as the shell counts it.
    case interrupted = 130
}
