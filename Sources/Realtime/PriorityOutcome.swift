internal import Glibc

/// Whether a thread got the priority that was asked for.
package enum PriorityOutcome: Sendable, Equatable, CustomStringConvertible {
    /// It runs as was asked.
    case granted
    /// The system refused with this errno; the thread runs at normal priority.
    case refused(errno: Int32)

    /// One line for the log.
    package var description: String {
        switch self {
        case .granted:
            return "granted"
        case .refused(let code):
            let reason = unsafe String(cString: strerror(code))
            return "refused (\(reason)); set LimitRTPRIO=20 for the service, or 'ulimit -r 20'"
        }
    }
}
