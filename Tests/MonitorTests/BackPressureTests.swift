import Testing

@testable import Monitor

@Suite struct BackPressureTests {
    private static let period = 0.04

    /// A machine that needs some time for each hop, and the ring before it.
    private struct Machine {
        var pressure = BackPressure(hopSeconds: 0.24)
        var waitingSeconds = 0.0
        var longestWait = 0.0
        var changes = 0
        /// Sound in which windows were left out, in seconds.
        var coarseSeconds = 0.0

        /// Analyses for a while.
        ///
        /// - Parameters:
        ///   - seconds: How much sound.
        ///   - load: Seconds of work for each second of sound while every window is looked at.
        ///   - share: The part of the processor that the analysis gets.
        mutating func run(seconds: Double, load: Double, share: Double = 1) {
            for _ in 0..<Int(seconds / period) {
                let cost = period * load / Double(pressure.stride)
                analyzePeriod(wallSeconds: cost / share, processorSeconds: cost)
            }
        }

        /// Stands still while the sound goes on, amid the analysis of a period.
        mutating func standStill(seconds: Double, load: Double) {
            let cost = period * load / Double(pressure.stride)
            analyzePeriod(wallSeconds: cost + seconds, processorSeconds: cost)
        }

        /// Works off what waits, and gives how much sound that was in seconds.
        mutating func catchUp(load: Double) -> Double {
            var sound = 0.0
            while waitingSeconds > 0, sound < 600 {
                run(seconds: period * 1.5, load: load)
                sound += period
            }
            return sound
        }

        private mutating func analyzePeriod(wallSeconds: Double, processorSeconds: Double) {
            // While one period is analysed, as much sound comes in as time passes.
            waitingSeconds = max(0, waitingSeconds + wallSeconds - period)
            longestWait = max(longestWait, waitingSeconds)
            if pressure.stride > 1 { coarseSeconds += period }
            let work = BackPressure.Work(
                soundSeconds: period,
                wallSeconds: wallSeconds,
                processorSeconds: processorSeconds
            )
            if pressure.observe(work, waitingSeconds: waitingSeconds) { changes += 1 }
        }
    }

    @Test func aMachineThatKeepsUpLooksAtEveryWindow() {
        var machine = Machine()
        machine.run(seconds: 3_600, load: 0.9)
        #expect(machine.pressure.stride == 1)
        #expect(machine.changes == 0)
    }

    /// What waits after a stall is worked off, on a fast machine at once and on a slow one in time.
    @Test(
        arguments: [0.1, 0.5, 2, 4, 6, 10, 20, 30],
        [0.002, 0.1, 0.6, 0.9]
    )
    func aStallMakesNoMachineLeaveWindowsOut(seconds: Double, load: Double) {
        var machine = Machine()
        machine.run(seconds: 5, load: load)
        machine.standStill(seconds: seconds, load: load)
        _ = machine.catchUp(load: load)
        machine.run(seconds: 60, load: load)
        #expect(machine.changes == 0)
        #expect(machine.waitingSeconds < BackPressure.easeBelowSeconds)
    }

    @Test func stallsOneAfterTheOtherMakeAFastMachineLeaveNothingOut() {
        var machine = Machine()
        for index in 0..<200 {
            machine.standStill(seconds: [0.3, 2, 6][index % 3], load: 0.01)
            // 80 ms in which it runs.
            machine.run(seconds: 8, load: 0.01)
        }
        #expect(machine.changes == 0)
    }

    @Test func aMachineThatIsTooSlowDoublesTheHopUntilItKeepsUp() {
        var machine = Machine()
        machine.run(seconds: 60, load: 3)
        #expect(machine.pressure.stride == 4)
        #expect(machine.longestWait < 5, "\(machine.longestWait) s waited")
    }

    @Test func aMachineThatIsBusyWithOtherThingsLeavesWindowsOut() {
        var machine = Machine()
        machine.run(seconds: 30, load: 0.3, share: 1.0 / 9)
        #expect(machine.pressure.stride == 4)
        #expect(machine.longestWait < 10, "\(machine.longestWait) s waited; a ring holds 20")
    }

    /// Each period then waits so long for the processor as if the process stood still.
    @Test func aMachineWhoseProcessorOthersAsGoodAsHaveForThemselvesLeavesOutWhatItCan() {
        var machine = Machine()
        machine.run(seconds: 10, load: 0.3, share: 0.005)
        #expect(machine.pressure.stride == BackPressure.greatestStride)
    }

    @Test func theHopGrowsToItsLimitAndNoFurther() {
        var machine = Machine()
        machine.run(seconds: 60, load: 100)
        #expect(machine.pressure.stride == BackPressure.greatestStride)
    }

    @Test func everyWindowIsLookedAtAgainAsSoonAsWhatWaitsIsWorkedOff() {
        var machine = Machine()
        machine.run(seconds: 30, load: 0.3, share: 1.0 / 16)
        #expect(machine.pressure.stride >= 8)
        let before = machine.coarseSeconds
        _ = machine.catchUp(load: 0.05)
        machine.run(seconds: 60, load: 0.05)
        #expect(machine.pressure.stride == 1)
        #expect(machine.coarseSeconds - before < 12, "\(machine.coarseSeconds - before) s of sound")
    }

    @Test func aMachineThatIsALittleTooSlowDoesNotSwingToAndFro() {
        var machine = Machine()
        machine.run(seconds: 3_600, load: 1.3)
        // A halving every ten seconds would be over three hundred changes.
        #expect(machine.changes < 30, "\(machine.changes) changes in an hour")
    }

    @Test func aSlowNetworkWhoseStepsAreLongerThanAHopIsNotMistakenForStalls() {
        var machine = Machine()
        for _ in 0..<40 {
            // 2.5 s of processor time for a window every 0.96 s.
            var pressure = machine.pressure
            _ = pressure.observe(
                .init(soundSeconds: 0.96, wallSeconds: 2.5, processorSeconds: 2.5),
                waitingSeconds: 5
            )
            machine.pressure = pressure
        }
        #expect(machine.pressure.stride >= 4)
    }
}
