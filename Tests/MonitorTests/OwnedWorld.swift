import Foundation
import Realtime
import Synchronization

@testable import Monitor

/// The clocks of a machine that a test owns: time passes when the test says so.
final class OwnedWorld: Sendable {
    private struct Clocks {
        /// CLOCK_BOOTTIME, which goes on while the machine is suspended.
        var boot: Int64
        /// What CLOCK_REALTIME is ahead of it.
        var wallOffset: Int64
        var suspended: Int64 = 0
        /// What the analysis thread's clocks show.
        var thread = WorldTime.ThreadTime(wallSeconds: 0, processorSeconds: 0)
        /// What each look at them takes, and so each period that is analysed.
        var workSeconds = 0.0
        /// How many looks from now the thread stands still, and for how long.
        var stall: (looks: Int, seconds: Double)?

        mutating func look() -> WorldTime.ThreadTime {
            thread.wallSeconds += workSeconds
            thread.processorSeconds += workSeconds
            if let next = stall {
                stall = next.looks > 0 ? (next.looks - 1, next.seconds) : nil
                if next.looks == 0 { thread.wallSeconds += next.seconds }
            }
            return thread
        }
    }

    private let clocks: Mutex<Clocks>
    private static let nanoseconds = 1e9

    /// Switches a machine on.
    ///
    /// - Parameter start: What its wall clock shows then.
    init(start: Date) {
        let boot: Int64 = 20_000_000_000
        clocks = Mutex(
            Clocks(
                boot: boot,
                wallOffset: Int64(start.timeIntervalSince1970 * Self.nanoseconds) - boot
            )
        )
    }

    func pass(nanoseconds: Int64) {
        clocks.withLock { $0.boot += nanoseconds }
    }

    func suspend(seconds: Double) {
        clocks.withLock {
            $0.boot += Int64(seconds * Self.nanoseconds)
            $0.suspended += Int64(seconds * Self.nanoseconds)
        }
    }

    /// Makes the analysis of a period take some time.
    func setWork(secondsPerPeriod: Double) {
        clocks.withLock { $0.workSeconds = secondsPerPeriod }
    }

    /// Makes the analysis thread stand still some looks at its clocks from now.
    func holdAnalysis(seconds: Double, after looks: Int) {
        clocks.withLock { $0.stall = (looks, seconds) }
    }

    func setWallClock(forwardBy seconds: Double) {
        clocks.withLock { $0.wallOffset += Int64(seconds * Self.nanoseconds) }
    }

    var now: Date {
        clocks.withLock {
            Date(timeIntervalSince1970: Double($0.boot + $0.wallOffset) / Self.nanoseconds)
        }
    }

    /// What a device of this machine would say of a period that begins now.
    func mark(sample: Int64, count: Int) -> PeriodMark {
        clocks.withLock {
            PeriodMark(
                firstSample: sample,
                sampleCount: count,
                captureTimeNanoseconds: $0.boot + $0.wallOffset,
                monotonicNanoseconds: $0.boot
            )
        }
    }

    /// The clocks as the pipeline reads them.
    var time: WorldTime {
        WorldTime(
            now: { self.now },
            suspendedSeconds: { self.clocks.withLock { Double($0.suspended) / Self.nanoseconds } },
            threadTime: { self.clocks.withLock { $0.look() } }
        )
    }
}
