internal import CLinuxSupport
internal import Glibc
internal import Synchronization

/// A thread that runs one function from beginning to end, outside the cooperative pool.
///
/// Audio must not wait behind other tasks, and libraries that block must not starve them.
package final class DedicatedThread: Sendable {
    /// SCHED_FIFO priority of `.realtime`: above ordinary threads, below the kernel's own (50).
    private static let realtimePriority: Int32 = 20
    /// As much of its stack as a thread uses that reads from ALSA, plugins included.
    private static let lockedStackBytes = 256 << 10

    private let name: String
    private let priority: ThreadPriority
    private let body: @Sendable () -> Void
    private let started = Atomic<Bool>(false)
    private let ended = Atomic<Bool>(false)
    private let priorityCode = Atomic<Int32>(-1)
    private let stackLockCode = Atomic<Int32>(0)
    private let kernelNumber = Atomic<Int32>(0)
    private let end = WakeSignal()

    /// Prepares a thread; `start` starts it.
    ///
    /// - Parameters:
    ///   - name: What `ps -L` shows; cut to 15 bytes.
    ///   - priority: What is asked for; see `grants` for what was got.
    ///   - body: What the thread does.
    package init(
        name: String,
        priority: ThreadPriority,
        body: @escaping @Sendable () -> Void
    ) {
        self.name = name
        self.priority = priority
        self.body = body
    }

    /// What was granted of what `.realtime` asks for; nil until the thread runs, and set before its
    /// body runs.
    package var grants: RealtimeGrants? {
        let code = priorityCode.load(ordering: .acquiring)
        guard code >= 0 else { return nil }
        return RealtimeGrants(
            priority: SystemGrant(errno: code),
            lockedMemory: SystemGrant(errno: stackLockCode.load(ordering: .relaxed))
        )
    }

    /// The kernel's number for the thread, as in `/proc/self/task`; nil until it runs.
    package var threadID: Int32? {
        let number = kernelNumber.load(ordering: .acquiring)
        return number == 0 ? nil : number
    }

    /// Starts the thread; to be called once.
    package func start() {
        let wasStarted = started.exchange(true, ordering: .acquiringAndReleasing)
        precondition(!wasStarted, "a DedicatedThread is started once")
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let result = unsafe pthread_create(
            &thread,
            nil,
            { @Sendable context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<DedicatedThread>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            context
        )
        precondition(result == 0, "the system has no thread left (errno \(result))")
        pthread_detach(thread)
    }

    /// Waits until the body has returned.
    package func join() {
        while !join(timeoutMilliseconds: 60_000) {}
    }

    /// Waits until the body has returned or the time is over; true at once if never started.
    ///
    /// - Returns: Whether the body has returned.
    package func join(timeoutMilliseconds: Int) -> Bool {
        guard started.load(ordering: .acquiring) else { return true }
        let deadline = MonotonicClock.now() + Int64(timeoutMilliseconds) * 1_000_000
        while true {
            let ticket = end.ticket()
            if ended.load(ordering: .acquiring) { return true }
            let remaining = deadline - MonotonicClock.now()
            if remaining <= 0 { return false }
            end.wait(ticket: ticket, timeoutNanoseconds: remaining)
        }
    }

    private func run() {
        unsafe name.withCString { unsafe linux_set_thread_name($0) }
        kernelNumber.store(linux_thread_id(), ordering: .releasing)
        let isRealtime = priority == .realtime
        let lock = isRealtime ? linux_lock_stack(Self.lockedStackBytes) : 0
        stackLockCode.store(lock, ordering: .relaxed)
        let code = isRealtime ? linux_set_realtime_priority(Self.realtimePriority) : 0
        priorityCode.store(code, ordering: .releasing)
        body()
        ended.store(true, ordering: .releasing)
        end.ring()
    }
}

/// How urgently the system is asked to run a thread.
package enum ThreadPriority: Sendable, Equatable {
    /// Before every ordinary thread, as soon as it has something to do (SCHED_FIFO), with the stack
    /// locked in memory.
    case realtime
    /// As every other thread.
    case normal
}

/// Whether the system granted what a real-time thread needs.
package struct RealtimeGrants: Sendable, Equatable {
    /// The real-time priority; refused, the thread runs at normal priority.
    package var priority: SystemGrant
    /// Locked memory; refused, the thread may wait for a page to come back from the disk.
    package var lockedMemory: SystemGrant

    /// Creates the grants from their parts.
    package init(priority: SystemGrant, lockedMemory: SystemGrant) {
        self.priority = priority
        self.lockedMemory = lockedMemory
    }
}

/// The system's answer to a request for a privilege.
package enum SystemGrant: Sendable, Equatable {
    /// It is as was asked.
    case granted
    /// The system refused with this errno.
    case refused(errno: Int32)

    /// The answer of a call that returns 0 or an errno.
    init(errno code: Int32) {
        self = code == 0 ? .granted : .refused(errno: code)
    }

    /// Granted only if both are.
    package func and(_ other: SystemGrant) -> SystemGrant {
        self == .granted ? other : self
    }
}

/// A doorbell between threads: one side rings, the other sleeps until it does.
///
/// A ring between `ticket` and `wait` is never missed. It is a futex, so that creating one cannot
/// fail and ringing costs one system call and no lock.
@safe package final class WakeSignal: @unchecked Sendable {
    // `word` is written only through `Atomic`; its address is fixed from init to deinit.
    private let word: UnsafeMutablePointer<Atomic<UInt32>>

    /// Creates a signal that has not been rung.
    package init() {
        unsafe word = .allocate(capacity: 1)
        unsafe word.initialize(to: Atomic(0))
    }

    deinit {
        unsafe word.deinitialize(count: 1)
        unsafe word.deallocate()
    }

    /// Rings: wakes all waiting threads; a wait with a ticket from before returns at once.
    package func ring() {
        _ = unsafe word.pointee.wrappingAdd(1, ordering: .releasing)
        unsafe linux_futex_wake(UnsafePointer(OpaquePointer(word)))
    }

    /// Takes a ticket; look at what you wait for after taking it and before waiting.
    package func ticket() -> UInt32 {
        unsafe word.pointee.load(ordering: .acquiring)
    }

    /// Sleeps until the signal is rung after `ticket` was taken, or the time is over.
    ///
    /// May return early without a reason.
    package func wait(ticket: UInt32, timeoutNanoseconds: Int64) {
        guard timeoutNanoseconds > 0 else { return }
        unsafe linux_futex_wait(UnsafePointer(OpaquePointer(word)), ticket, timeoutNanoseconds)
    }
}

/// The system's clocks, in nanoseconds; only `threadProcessorNow` costs a system call.
package enum MonotonicClock {
    /// CLOCK_MONOTONIC: never steps, stands still while the machine is suspended.
    package static func now() -> Int64 {
        linux_monotonic_nanoseconds()
    }

    /// CLOCK_BOOTTIME: as CLOCK_MONOTONIC, but goes on while the machine is suspended.
    package static func bootNow() -> Int64 {
        linux_boottime_nanoseconds()
    }

    /// CLOCK_REALTIME: ns since 1970 in UTC; steps when the clock is set.
    package static func wallNow() -> Int64 {
        linux_realtime_nanoseconds()
    }

    /// CLOCK_THREAD_CPUTIME_ID: the processor time that the calling thread has had.
    package static func threadProcessorNow() -> Int64 {
        linux_thread_processor_nanoseconds()
    }
}

/// The memory of the process.
package enum SystemMemory {
    /// Gives what is free back to the system; takes milliseconds, in which others may not allocate.
    package static func returnFree() {
        linux_return_free_memory()
    }

    /// Lets the threads share two pools of memory; call it before there are others.
    ///
    /// With a pool each, what one thread freed stays with it: some 8 MiB in a service of one source.
    package static func sharePools() {
        linux_limit_memory_pools(2)
    }
}
