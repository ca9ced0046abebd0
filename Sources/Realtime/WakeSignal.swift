internal import CLinuxSupport
internal import Synchronization

/// A doorbell between threads: one side rings, the other sleeps until it does.
///
/// A ring between `ticket` and `wait` is never missed. It is a futex, so that creating one cannot
/// fail and ringing costs one system call and no lock.
@safe package final class WakeSignal: @unchecked Sendable {
    // `word` is written only through `Atomic`; its address is fixed from init to deinit.
    private let word: UnsafeMutablePointer<Atomic<UInt32>>

    /// Creates a signal that nobody has rung.
    package init() {
        unsafe word = .allocate(capacity: 1)
        unsafe word.initialize(to: Atomic(0))
    }

    deinit {
        unsafe word.deinitialize(count: 1)
        unsafe word.deallocate()
    }

    /// Rings: wakes whoever waits, and whoever holds a ticket from before will not wait.
    package func ring() {
        _ = unsafe word.pointee.wrappingAdd(1, ordering: .releasing)
        unsafe linux_futex_wake(UnsafePointer(OpaquePointer(word)))
    }

    /// Takes a ticket; look at what you wait for after taking it and before waiting.
    package func ticket() -> UInt32 {
        unsafe word.pointee.load(ordering: .acquiring)
    }

    /// Sleeps until somebody rings after `ticket` was taken, or the time is over.
    ///
    /// May return early without a reason.
    package func wait(ticket: UInt32, timeoutNanoseconds: Int64) {
        guard timeoutNanoseconds > 0 else { return }
        unsafe linux_futex_wait(UnsafePointer(OpaquePointer(word)), ticket, timeoutNanoseconds)
    }
}
