@preconcurrency import Glibc
import Synchronization

/// Whether Ctrl-C was pressed while something worth keeping is being made.
enum InterruptFlag {
    private static let flag = Atomic(false)

    static var isSet: Bool { flag.load(ordering: .relaxed) }

    /// Takes the next interrupt as a wish to stop; one more ends the process.
    static func install() {
        signal(SIGINT) { _ in
            InterruptFlag.flag.store(true, ordering: .relaxed)
            signal(SIGINT, SIG_DFL)
        }
        // A program that starts this one from a worker thread hands its blocked signals down.
        var interrupt = sigset_t()
        sigemptyset(&interrupt)
        sigaddset(&interrupt, SIGINT)
        pthread_sigmask(SIG_UNBLOCK, &interrupt, nil)
    }
}
