/// How much is logged: messages of this importance and above.
///
/// The names are swift-log's.
package enum LogLevel: String, CaseIterable, Sendable {
    /// Everything, every hop.
    case trace
    /// What a developer asks for.
    case debug
    /// The course of things.
    case info
    /// What an administrator wants to know.
    case notice
    /// What may become a problem.
    case warning
    /// What failed.
    case error
    /// What ends the service.
    case critical
}
