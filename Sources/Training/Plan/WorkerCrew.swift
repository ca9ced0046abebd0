import Dispatch
import Synchronization

/// Shares work out among threads without letting their number change the result.
///
/// Work is cut into parts by its size alone; threads work on one part after another, and what
/// several parts add up to is summed in the order of the parts.
struct WorkerCrew: Sendable {
    /// How many threads work at a time.
    let threads: Int

    /// The most parts that work is cut into.
    static let partLimit = 16

    /// Creates a crew of 1 to 64 threads.
    init(threads: Int) {
        precondition((1...64).contains(threads), "\(threads) threads")
        self.threads = threads
    }

    /// The parts of `count` pieces of work, as even as possible.
    static func parts(of count: Int, limit: Int = WorkerCrew.partLimit) -> [Range<Int>] {
        let number = min(count, limit)
        return (0..<number).map { part in
            (part * count / number)..<((part + 1) * count / number)
        }
    }

    /// Does a piece of work for each index, several at a time.
    ///
    /// - Parameters:
    ///   - count: The number of pieces.
    ///   - progress: Called with the number of pieces done, from any thread.
    ///   - work: The work of an index, called from any thread.
    /// - Returns: What each piece gave.
    func results<Value: Sendable>(
        _ count: Int,
        progress: @Sendable (Int) -> Void,
        _ work: @Sendable (Int) throws -> Value
    ) -> [Result<Value, any Error>] {
        let results = Mutex<[Int: Result<Value, any Error>]>([:])
        forEachPart(of: count, limit: count) { _, range, _ in
            for index in range {
                let result = Result { try work(index) }
                let done = results.withLock { results in
                    results[index] = result
                    return results.count
                }
                progress(done)
            }
        }
        return results.withLock { all in (0..<count).compactMap { all[$0] } }
    }

    /// Calls `body` for every part with the number of the thread's scratch space.
    func forEachPart(
        of count: Int,
        limit: Int = WorkerCrew.partLimit,
        _ body: (_ part: Int, Range<Int>, _ worker: Int) -> Void
    ) {
        let parts = Self.parts(of: count, limit: limit)
        guard threads > 1, parts.count > 1 else {
            for (part, range) in parts.enumerated() { body(part, range, 0) }
            return
        }
        withoutActuallyEscaping(body) { body in
            let work = SharedWork(parts: parts, body: body)
            DispatchQueue.concurrentPerform(iterations: min(threads, parts.count)) { worker in
                work.run(worker: worker)
            }
        }
    }

    /// Parts that several threads work on, one by one.
    ///
    /// Sendable: `parts` never changes, `next` is atomic, and `body` is only called while
    /// `forEachPart` waits; parts write to places of their own, which is the steps' duty.
    private final class SharedWork: @unchecked Sendable {
        private let parts: [Range<Int>]
        private let body: (Int, Range<Int>, Int) -> Void
        private let next = Atomic(0)

        init(parts: [Range<Int>], body: @escaping (Int, Range<Int>, Int) -> Void) {
            self.parts = parts
            self.body = body
        }

        func run(worker: Int) {
            while true {
                let part = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard part < parts.count else { return }
                body(part, parts[part], worker)
            }
        }
    }
}
