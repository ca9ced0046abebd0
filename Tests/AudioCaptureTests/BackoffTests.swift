import Testing

@testable import AudioCapture

@Suite
struct BackoffTests {
    @Test func anAbsentDeviceIsTriedQuicklyAtFirstAndNeverMoreThanThirtySecondsApart() {
        var backoff = ReopenBackoff()
        let waits = (0..<10).map { _ in backoff.nextMilliseconds() }
        #expect(
            waits == [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]
        )
        backoff.reset()
        #expect(backoff.nextMilliseconds() == 250)
    }

    @Test func anOverrunIsRestartedAtOnceAndOneThatRepeatsWithPauses() {
        var backoff = RestartBackoff()
        let pauses = (0..<10).map { _ in backoff.nextMilliseconds() }
        #expect(pauses == [0, 5, 10, 20, 40, 80, 160, 320, 640, nil])
        backoff.reset()
        #expect(backoff.nextMilliseconds() == 0)
    }
}
