import Foundation
import Realtime
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5)))
struct DedicatedThreadTests {
    @Test func theBodyRunsOnAThreadOfTheGivenName() throws {
        let name = Mutex("")
        let thread = DedicatedThread(name: "a-name-far-too-long", priority: .normal) {
            let found = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
            name.withLock { $0 = found ?? "unreadable" }
        }
        thread.start()
        thread.join()
        #expect(name.withLock { $0 } == "a-name-far-too-\n")
        #expect(thread.grants?.priority == .granted)
    }

    @Test func realtimeIsGrantedOrRefusedAndTheBodyRunsEitherWay() {
        let ran = Atomic<Bool>(false)
        let thread = DedicatedThread(name: "urgent", priority: .realtime) {
            ran.store(true, ordering: .releasing)
        }
        #expect(thread.grants == nil)
        thread.start()
        thread.join()
        let didRun = ran.load(ordering: .acquiring)
        #expect(didRun)
        #expect(thread.grants != nil)
    }

    @Test func joiningAThreadThatDoesNotEndReturnsWhenTheTimeIsOver() {
        let release = WakeSignal()
        let released = Atomic<Bool>(false)
        let thread = DedicatedThread(name: "patient", priority: .normal) {
            while !released.load(ordering: .acquiring) {
                release.wait(ticket: release.ticket(), timeoutNanoseconds: 5_000_000)
            }
        }
        #expect(thread.join(timeoutMilliseconds: 1))
        thread.start()
        #expect(!thread.join(timeoutMilliseconds: 20))
        released.store(true, ordering: .releasing)
        release.ring()
        thread.join()
    }
}
