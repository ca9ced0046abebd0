/// Why a command ends without having done what was asked: one line for a person, one code for a script.
struct CommandFailure: Error, Equatable, CustomStringConvertible {
    /// How the process ends.
    let status: ExitStatus
    /// What failed, with which value, and what to do next; one line.
    let message: String

    var description: String { message }

    /// Creates a failure from its status and its line.
    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }
}
