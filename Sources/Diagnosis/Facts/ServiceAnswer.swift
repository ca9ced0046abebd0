package import Messages

/// What the service answers when it is asked how it is.
package enum ServiceAnswer: Sendable {
    /// It runs.
    case running(StatusMessage)
    /// Nobody answers.
    case notRunning(socketPath: String)
    /// It runs, and this user may not ask it.
    case notPermitted(socketPath: String)
    /// It is there and does not answer as it should.
    case failing(reason: String)
}
