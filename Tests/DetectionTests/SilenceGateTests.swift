import Testing

@testable import Detection

@Suite struct SilenceGateTests {
    /// A gate and the time it has come to; levels in dBFS go in, a quarter of a second each.
    private struct Listener {
        var gate: SilenceGate
        var time = SampleTime.zero

        init(_ settings: GateSettings) {
            gate = SilenceGate(settings: settings, sampleRateHz: 16_000)
        }

        mutating func hear(_ levelDBFS: Float, seconds: Double) -> [GateState] {
            (0..<Int(seconds * 4)).map { _ in hear(blocks: [Float](repeating: levelDBFS, count: 25))
            }
        }

        mutating func hear(blocks levels: [Float]) -> GateState {
            let hop = time..<time + Int64(levels.count * 160)
            time = hop.upperBound
            return gate.update(levels.map { Decibels.meanSquare(ofLevel: $0) }, over: hop)
        }
    }

    private static var settings: GateSettings {
        var settings = GateSettings()
        settings.openDBFS = -50
        settings.closeDBFS = -55
        settings.holdSeconds = 1
        return settings
    }

    @Test func opensAtTheOpeningLevelAndNotUnderIt() {
        var listener = Listener(Self.settings)
        #expect(listener.hear(-50.1, seconds: 2).allSatisfy { $0 == .closed })
        #expect(listener.hear(-49.9, seconds: 0.25) == [.open])
    }

    @Test func staysOpenBetweenTheLevels() {
        var listener = Listener(Self.settings)
        _ = listener.hear(-40, seconds: 0.25)
        #expect(listener.hear(-54, seconds: 10).allSatisfy { $0 == .open })
    }

    @Test func closesOnceTheHoldTimeIsOver() {
        var listener = Listener(Self.settings)
        _ = listener.hear(-40, seconds: 0.25)
        let states = listener.hear(-80, seconds: 3)
        #expect(states.prefix(4).allSatisfy { $0 == .open })
        #expect(states.dropFirst(5).allSatisfy { $0 == .closed })
    }

    @Test func loudMomentBeginsTheHoldTimeAnew() {
        var listener = Listener(Self.settings)
        _ = listener.hear(-40, seconds: 0.25)
        for _ in 0..<10 {
            #expect(listener.hear(-80, seconds: 0.75).allSatisfy { $0 == .open })
            #expect(listener.hear(-52, seconds: 0.25) == [.open])
        }
    }

    @Test func digitalSilenceNeverOpensIt() {
        var settings = Self.settings
        settings.openDBFS = -120
        settings.closeDBFS = -120
        var listener = Listener(settings)
        #expect(listener.hear(-.infinity, seconds: 5).allSatisfy { $0 == .closed })
        settings.floorMarginDB = 0
        listener = Listener(settings)
        #expect(listener.hear(-.infinity, seconds: 100).allSatisfy { $0 == .closed })
    }

    @Test func digitalSilenceClosesIt() {
        var listener = Listener(Self.settings)
        _ = listener.hear(-10, seconds: 1)
        #expect(listener.hear(-.infinity, seconds: 2).last == .closed)
    }

    @Test func hopIsOpenWhenItsLastBlockOpensTheGate() {
        var listener = Listener(Self.settings)
        let quiet = [Float](repeating: -90, count: 24)
        #expect(listener.hear(blocks: quiet + [-20]) == .open)
    }

    @Test func holdTimePassesWhileSamplesAreLost() {
        var listener = Listener(Self.settings)
        _ = listener.hear(-40, seconds: 0.25)
        listener.time = listener.time + 16_000
        #expect(listener.hear(-54, seconds: 0.25) == [.closed])
    }

    @Test func sameBlocksGiveTheSameStatesHoweverTheyAreCutIntoHops() {
        let levels: [Float] = (0..<3_000).map { Float(-70 + ($0 * 7_919 % 1_009) / 20) }
        var whole = Listener(Self.settings)
        var cut = Listener(Self.settings)
        for start in stride(from: 0, to: levels.count, by: 30) {
            let state = whole.hear(blocks: Array(levels[start..<start + 30]))
            let parts = [0..<7, 7..<19, 19..<30].map { part in
                cut.hear(
                    blocks: Array(
                        levels[start..<start + 30][
                            (start + part.lowerBound)..<(start + part.upperBound)
                        ]
                    )
                )
            }
            #expect((state == .open) == parts.contains(.open))
            #expect(whole.gate == cut.gate)
        }
    }

    @Test func changedSettingsHoldAtOnceAndKeepTheGateAsItIs() {
        var listener = Listener(Self.settings)
        _ = listener.hear(-40, seconds: 0.25)
        var settings = Self.settings
        settings.openDBFS = -30
        settings.closeDBFS = -45
        listener.gate.apply(settings)
        #expect(listener.gate.state == .open)
        #expect(listener.hear(-50, seconds: 2).last == .closed)
        #expect(listener.hear(-31, seconds: 0.25) == [.closed])
    }

    @Test func fanThatStartsDoesNotKeepTheGateOpenForEver() {
        var settings = Self.settings
        settings.floorMarginDB = 8
        var listener = Listener(settings)
        _ = listener.hear(-70, seconds: 120)
        #expect(listener.hear(-40, seconds: 30).allSatisfy { $0 == .open })
        #expect(listener.hear(-40, seconds: 45).last == .closed)
        #expect(listener.gate.noiseFloorDBFS.map { abs($0 + 40) < 0.1 } == true)
    }

    @Test func noiseThatFluctuatesDoesNotKeepTheGateOpen() {
        var settings = Self.settings
        settings.floorMarginDB = 10
        var listener = Listener(settings)
        var state: UInt32 = 1
        var states: [GateState] = []
        for _ in 0..<400 {
            let levels = (0..<25).map { _ -> Float in
                state = state &* 1_664_525 &+ 1_013_904_223
                return -46 + 10 * Float(state >> 8) / 16_777_216
            }
            states.append(listener.hear(blocks: levels))
        }
        #expect(states.suffix(100).allSatisfy { $0 == .closed })
        #expect(listener.hear(-28, seconds: 0.25) == [.open])
    }

    @Test func gateClosesAboveTheNoiseThatIsTheFloor() {
        var settings = Self.settings
        settings.closeDBFS = -100
        settings.floorMarginDB = 10
        var listener = Listener(settings)
        _ = listener.hear(-40, seconds: 120)
        #expect(listener.gate.openingLevelDBFS == listener.gate.closingLevelDBFS + 5)
        #expect(listener.gate.state == .closed)
    }

    @Test func theNoiseFloorIsKnownAfterAMinuteAlsoWhereTheGateDoesNotFollowIt() {
        var listener = Listener(Self.settings)
        _ = listener.hear(-70, seconds: 30)
        #expect(listener.gate.levels.noiseFloorDBFS == nil)
        _ = listener.hear(-70, seconds: 40)
        let levels = listener.gate.levels
        #expect(levels.noiseFloorDBFS.map { abs($0 + 70) < 0.1 } == true)
        #expect(levels.openingDBFS == Self.settings.openDBFS)
        #expect(levels.closingDBFS == Self.settings.closeDBFS)
        #expect(listener.gate.noiseFloorDBFS == nil)
    }

    @Test func barkAboveTheFanOpensTheGate() {
        var settings = Self.settings
        settings.floorMarginDB = 8
        var listener = Listener(settings)
        _ = listener.hear(-40, seconds: 120)
        #expect(listener.gate.state == .closed)
        #expect(listener.hear(-31, seconds: 0.25) == [.open])
    }

    @Test func gateIsAsEagerAsBeforeOnceTheFanStops() {
        var settings = Self.settings
        settings.floorMarginDB = 8
        var listener = Listener(settings)
        _ = listener.hear(-40, seconds: 120)
        _ = listener.hear(-70, seconds: 2)
        #expect(listener.hear(-49, seconds: 0.25) == [.open])
    }

    @Test func firstMinuteIsJudgedByTheFixedLevelAlone() {
        var settings = Self.settings
        settings.floorMarginDB = 8
        var listener = Listener(settings)
        #expect(listener.hear(-40, seconds: 59).allSatisfy { $0 == .open })
    }

    @Test func placeLouderThanTheLimitDoesNotHideWhatIsAboveIt() {
        var settings = Self.settings
        settings.floorMarginDB = 8
        settings.floorLimitsDBFS = -90 ... -45
        var listener = Listener(settings)
        _ = listener.hear(-20, seconds: 120)
        #expect(listener.gate.noiseFloorDBFS == -45)
        #expect(listener.gate.openingLevelDBFS == -37)
        #expect(listener.gate.state == .open)
    }

    @Test func mutedMicrophoneDoesNotLowerTheFloor() {
        var settings = Self.settings
        settings.floorMarginDB = 8
        var listener = Listener(settings)
        _ = listener.hear(-40, seconds: 120)
        _ = listener.hear(-.infinity, seconds: 200)
        #expect(listener.gate.openingLevelDBFS > -33)
    }
}
