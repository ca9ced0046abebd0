import Testing

@testable import MonitorPipeline

@Suite struct BackPressureTests {
    private static let period = 0.04

    /// A machine that needs some time for each hop, and the ring before it.
    private struct Machine {
        var pressure = BackPressure()
        var waitingSeconds = 0.0
        var longestWait = 0.0
        var changes = 0

        /// Analyses for a while, at a cost of `load` seconds of processor time for each second of
        /// sound while every window is looked at.
        mutating func run(seconds: Double, load: Double) {
            for _ in 0..<Int(seconds / period) {
                let cost = period * load / Double(pressure.stride)
                // While one period is analysed, `cost` seconds of sound come in.
                waitingSeconds = max(0, waitingSeconds + cost - period)
                longestWait = max(longestWait, waitingSeconds)
                if pressure.observe(waitingSeconds: waitingSeconds, elapsedSeconds: period) {
                    changes += 1
                }
            }
        }
    }

    @Test func aMachineThatKeepsUpLooksAtEveryWindow() {
        var machine = Machine()
        machine.run(seconds: 3_600, load: 0.9)
        #expect(machine.pressure.stride == 1)
        #expect(machine.changes == 0)
    }

    @Test func aMachineThatIsTooSlowDoublesTheHopUntilItKeepsUp() {
        var machine = Machine()
        machine.run(seconds: 60, load: 3)
        #expect(machine.pressure.stride == 4)
        #expect(machine.longestWait < 4, "\(machine.longestWait) s waited; a ring holds 8")
    }

    @Test func theHopGrowsToItsLimitAndNoFurther() {
        var machine = Machine()
        machine.run(seconds: 60, load: 100)
        #expect(machine.pressure.stride == BackPressure.greatestStride)
    }

    @Test func theHopIsAsBeforeWhenThereIsTimeAgain() {
        var machine = Machine()
        machine.run(seconds: 30, load: 5)
        #expect(machine.pressure.stride == 8)
        machine.run(seconds: 60, load: 0.1)
        #expect(machine.pressure.stride == 1)
        #expect(machine.waitingSeconds == 0)
    }

    @Test func aMachineThatIsALittleTooSlowDoesNotSwingToAndFro() {
        var machine = Machine()
        machine.run(seconds: 3_600, load: 1.3)
        // A halving every ten seconds would be over three hundred changes.
        #expect(machine.changes < 30, "\(machine.changes) changes in an hour")
    }
}
