import CAllocationCounter
import CLinuxSupport
import Realtime
import Synchronization
import Testing

@testable import AudioCapture

// Serialised: there is one counter. In sanitizer builds, which bring an allocator of their own,
// there is nothing to count and nothing is expected of it.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct CaptureThreadAllocationTests {
    @Test func theCaptureThreadNeverAllocatesWhileSamplesArrive() async throws {
        let world = try MicrophoneWorld.counting(rateHz: 48_000)
        let settings = CaptureSettings(device: "mic", requestedRateHz: 48_000)
        let post = try ListeningPost(world, settings: settings)
        post.start()
        #expect(await post.eventually { post.counters.periods >= 5 })
        let thread = try #require(post.capture.threadID)

        allocation_counter_watch(thread)
        let periodsBefore = post.counters.periods
        #expect(await post.eventually { post.counters.periods >= periodsBefore + 50 })
        let allocations = allocation_counter_allocations()
        let releases = allocation_counter_releases()
        allocation_counter_watch(0)
        post.capture.stop()
        #expect(allocations == 0)
        #expect(releases == 0)
    }

    @Test func theCounterSeesAnAllocation() {
        let seen = Atomic<Int64>(0)
        let thread = DedicatedThread(name: "allocates", priority: .normal) {
            allocation_counter_watch(linux_thread_id())
            let array = [Int](repeating: 1, count: Int(linux_thread_id()))
            seen.store(
                allocation_counter_allocations() * Int64(array[0]),
                ordering: .releasing
            )
            allocation_counter_watch(0)
        }
        thread.start()
        thread.join()
        let count = seen.load(ordering: .acquiring)
        #expect(count > 0 || !allocation_counter_works())
    }
}
