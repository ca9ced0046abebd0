import Testing

@testable import Detection

/// Onsets and offsets inside the windows.
@Suite struct EventTimingTests {
    private func seconds(_ time: SampleTime) -> Double {
        time.seconds(atRate: Scene.sampleRateHz)
    }

    @Test(arguments: [0.05, 0.15, 0.3, 0.6])
    func isolatedSoundOverSilenceIsDatedToTheBlock(neededSeconds: Double) throws {
        for step in 0..<24 {
            let start = 3 + Double(step) * 0.017
            var scene = Scene(
                seconds: 10,
                sounds: [.init(startSeconds: start, endSeconds: start + 1.2)]
            )
            scene.neededSeconds = neededSeconds
            let events = scene.events()
            let event = try #require(events.first)
            #expect(events.count == 1)
            #expect(abs(seconds(event.start) - start) <= 0.01)
            #expect(abs(seconds(event.end) - start - 1.2) <= 0.01)
            #expect(abs(event.levelDBFS + 20) < 0.5)
        }
    }

    @Test(arguments: [0.9, 0.97])
    func soundThatTheNetworkIsSlowToKnowIsDatedToTheBlock(neededSeconds: Double) throws {
        for step in 0..<12 {
            let start = 4 + Double(step) * 0.031
            var scene = Scene(
                seconds: 12,
                sounds: [.init(startSeconds: start, endSeconds: start + 3)]
            )
            scene.neededSeconds = neededSeconds
            let event = try #require(scene.events().first)
            #expect(abs(seconds(event.start) - start) <= 0.01)
            #expect(abs(seconds(event.end) - start - 3) <= 0.01)
        }
    }

    @Test func isolatedSoundOverDigitalSilenceIsDatedToTheBlock() throws {
        var scene = Scene(seconds: 10, sounds: [.init(startSeconds: 4.1, endSeconds: 4.5)])
        scene.backgroundDBFS = -.infinity
        let event = try #require(scene.events().first)
        #expect(abs(seconds(event.start) - 4.1) <= 0.01)
        #expect(abs(seconds(event.end) - 4.5) <= 0.01)
    }

    @Test func oneLoudFrameInsideSilenceOpensNoEvent() {
        for step in 0..<30 {
            let start = 3 + Double(step) * 0.013
            let scene = Scene(
                seconds: 10,
                sounds: [.init(startSeconds: start, endSeconds: start + 0.01, levelDBFS: -3)]
            )
            #expect(scene.events().isEmpty)
        }
    }

    @Test func soundOverNoiseIsDatedByItsStepInLevel() throws {
        for step in 0..<12 {
            let start = 4 + Double(step) * 0.031
            let scene = Scene(
                seconds: 12,
                sounds: [.init(startSeconds: start, endSeconds: start + 0.5)],
                backgroundDBFS: -32
            )
            let event = try #require(scene.events().first)
            #expect(abs(seconds(event.start) - start) <= 0.02)
            #expect(abs(seconds(event.end) - start - 0.5) <= 0.02)
        }
    }

    @Test(arguments: [0.15, 0.25, 0.4])
    func soundWithoutAnEnergyEdgeIsDatedByTheScores(neededSeconds: Double) throws {
        for step in 0..<12 {
            let start = 4 + Double(step) * 0.031
            let scene = Scene(
                seconds: 12,
                sounds: [.init(startSeconds: start, endSeconds: start + 3, levelDBFS: -40)],
                backgroundDBFS: -30,
                neededSeconds: neededSeconds
            )
            let event = try #require(scene.events().first)
            #expect(abs(seconds(event.start) - start) <= 0.3)
            #expect(abs(seconds(event.end) - start - 3) <= 0.3)
        }
    }

    @Test func soundFromTheBeginningOfARecordingBeginsThere() throws {
        var scene = Scene(seconds: 6, sounds: [.init(startSeconds: 0, endSeconds: 2)])
        scene.gate = nil
        let event = try #require(scene.events().first)
        #expect(event.start == .zero)
        #expect(abs(seconds(event.end) - 2) <= 0.01)
    }

    @Test func soundUpToTheEndOfARecordingEndsThere() throws {
        let scene = Scene(seconds: 5.055, sounds: [.init(startSeconds: 4, endSeconds: 6)])
        let event = try #require(scene.events().first)
        #expect(abs(seconds(event.start) - 4) <= 0.01)
        #expect(event.end == scene.hops().last?.hop.upperBound)
    }

    @Test func twoBarksInOneWindowAreOneEventFromTheFirstToTheSecond() throws {
        let scene = Scene(
            seconds: 10,
            sounds: [
                .init(startSeconds: 4, endSeconds: 4.2), .init(startSeconds: 4.5, endSeconds: 4.7),
            ]
        )
        let events = scene.events()
        let event = try #require(events.first)
        #expect(events.count == 1)
        #expect(abs(seconds(event.start) - 4) <= 0.01)
        #expect(abs(seconds(event.end) - 4.7) <= 0.01)
    }

    @Test func earlierSoundOfAnotherKindDoesNotMoveTheOnset() throws {
        let scene = Scene(
            seconds: 10,
            sounds: [
                .init(startSeconds: 3, endSeconds: 3.2, score: 0.02),
                .init(startSeconds: 4.5, endSeconds: 4.9),
            ]
        )
        let event = try #require(scene.events().first)
        #expect(abs(seconds(event.start) - 4.5) <= 0.01)
    }

    @Test func eventOfHoursHasItsWholeLevel() throws {
        let scene = Scene(
            seconds: 100,
            sounds: [
                .init(startSeconds: 5, endSeconds: 50, levelDBFS: -20),
                .init(startSeconds: 50, endSeconds: 95, levelDBFS: -40),
            ]
        )
        let events = scene.events()
        let event = try #require(events.first)
        #expect(events.count == 1)
        #expect(abs(seconds(event.end) - 95) <= 0.02)
        #expect(abs(event.levelDBFS + 22.97) < 0.05)
    }

    @Test func beganIsAnnouncedWithinASecondOfAShortSound() throws {
        let scene = Scene(seconds: 10, sounds: [.init(startSeconds: 4, endSeconds: 4.3)])
        var detector = EventDetector(
            classNames: ["bark", "siren"],
            settings: DetectionSettings(),
            sampleRateHz: 16_000
        )
        let announced = scene.hops().first { !detector.update($0).began.isEmpty }
        let hop = try #require(announced)
        #expect(seconds(hop.hop.upperBound) <= 5)
    }
}
