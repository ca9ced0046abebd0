package import Dispatch

/// Runs an actor on a dispatch queue of its own, so that it may block on the disk.
package final class SerialQueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// Makes the queue.
    ///
    /// - Parameter label: The queue's name, for debuggers.
    package init(label: String) {
        queue = DispatchQueue(label: label)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }

    /// Lets an actor's state be used in what ``run(_:)`` runs, by `assumeIsolated`.
    package func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }

    /// Runs what a thread outside the pool hands over, behind all that waits; returns at once.
    ///
    /// A task would wake a thread of the pool first, only to be told whose queue it is.
    package func run(_ body: @escaping @Sendable () -> Void) {
        queue.async(execute: body)
    }
}

/// Runs what blocks for long on another thread, so that the actor that asks for it goes on working.
///
/// - Parameters:
///   - quality: How urgent it is.
///   - body: Blocks.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws.
package func runBlocking<Value: Sendable>(
    _ quality: DispatchQoS.QoSClass = .default,
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global(qos: quality).async {
            continuation.resume(with: Result { try body() })
        }
    }
}
