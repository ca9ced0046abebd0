import Synchronization
import Testing

@testable import Evaluation

/// Work on several elements at a time.
@Suite struct ConcurrentMapTests {
    private struct Refusal: Error, Equatable {
        let element: Int
    }

    @Test(arguments: [1, 3, 1_000_000])
    func resultsAreInTheOrderOfTheElementsWhateverTheNumberOfJobs(jobs: Int) async {
        let doubled = await (1...40).concurrentMap(jobs: jobs) { $0 * 2 }
        #expect(doubled == (1...40).map { $0 * 2 })
    }

    @Test func nothingGivesNothing() async {
        let none = await [Int]().concurrentMap(jobs: 2) { $0 }
        #expect(none.isEmpty)
    }

    @Test func noMoreThanTheJobsRunAtATime() async {
        let running = Mutex((now: 0, most: 0))
        _ = await (0..<200).concurrentMap(jobs: 3) { element in
            running.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            let work = (0..<2_000).reduce(element) { ($0 &* 31) ^ $1 }
            running.withLock { $0.now -= 1 }
            return work
        }
        #expect(running.withLock { $0.most <= 3 && $0.now == 0 })
    }

    @Test func aFailureIsThrownAndWhatWasNotBegunIsLeft() async {
        let begun = Mutex(0)
        let refusal = await #expect(throws: Refusal.self) {
            try await (0..<100).concurrentMap(jobs: 1) { (element: Int) throws(Refusal) -> Int in
                begun.withLock { $0 += 1 }
                guard element < 3 else { throw Refusal(element: element) }
                return element
            }
        }
        #expect(refusal == Refusal(element: 3))
        #expect(begun.withLock { $0 } == 4)
    }
}
