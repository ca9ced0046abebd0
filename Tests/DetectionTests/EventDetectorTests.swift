import Testing

@testable import Detection

@Suite struct EventDetectorTests {
    private func seconds(_ time: SampleTime) -> Double {
        time.seconds(atRate: Scene.sampleRateHz)
    }

    @Test func isolatedSoundsOverSilenceAreDatedToTheBlock() throws {
        for step in 0..<24 {
            let start = 3 + Double(step) * 0.017
            let scene = Scene(
                seconds: 10,
                sounds: [.init(startSeconds: start, endSeconds: start + 0.3)]
            )
            let events = scene.events()
            let event = try #require(events.first)
            #expect(events.count == 1)
            #expect(abs(seconds(event.start) - start) <= 0.01)
            #expect(abs(seconds(event.end) - start - 0.3) <= 0.01)
        }
    }

    @Test func oneLoudFrameInsideSilenceOpensNoEvent() {
        for step in 0..<24 {
            let start = 3 + Double(step) * 0.01
            let scene = Scene(
                seconds: 10,
                sounds: [.init(startSeconds: start, endSeconds: start + 0.01, levelDBFS: -3)]
            )
            #expect(scene.events().isEmpty)
        }
    }

    @Test func soundsWithoutAnEnergyEdgeAreDatedByTheScores() throws {
        let scene = Scene(
            seconds: 12,
            sounds: [.init(startSeconds: 4, endSeconds: 7, levelDBFS: -30)],
            backgroundDBFS: -30,
            neededSeconds: 0.4875
        )
        let event = try #require(scene.events().first)
        #expect(abs(seconds(event.start) - 4) <= 0.25)
        #expect(abs(seconds(event.end) - 7) <= 0.25)
    }
}
