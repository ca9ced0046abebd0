/// How urgently the system is asked to run a thread.
package enum ThreadPriority: Sendable, Equatable {
    /// Before every ordinary thread, as soon as it has something to do (SCHED_FIFO).
    case realtime
    /// As every other thread.
    case normal
}
