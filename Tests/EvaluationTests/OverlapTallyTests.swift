import Evaluation
import SoundDatasets
import Testing

@Suite struct OverlapTallyTests {
    @Test func twoEventsInOneSoundAreNoFalseAlarm() {
        var tally = OverlapTally()
        tally.add(reference: [sound(10, 20)], found: [found(11, 13), found(15, 18), found(30, 31)])
        #expect(tally.foundCount == 1)
        #expect(tally.falseAlarmCount == 1)
        #expect(tally.recall == 1)
    }

    @Test func latencyCountsFromTheSoundToTheAnnouncement() {
        var tally = OverlapTally()
        tally.add(reference: [sound(10, 20)], found: [found(11, 13)])
        #expect(tally.latenciesSeconds == [1.5])
        #expect(tally.onsetErrorsSeconds == [1])
    }

    @Test func anEventAShortWayOffStillCounts() {
        var tally = OverlapTally()
        tally.add(reference: [sound(10, 11)], found: [found(11.4, 12), found(12.6, 13)])
        #expect(tally.falseAlarmCount == 1)
    }

    @Test func quantilesAreInterpolated() {
        #expect(OverlapTally.quantile(0.5, of: [4, 1, 3, 2]) == 2.5)
        #expect(OverlapTally.quantile(0.9, of: []) == nil)
    }

    private func sound(_ onset: Double, _ offset: Double) -> LabelledSound {
        LabelledSound(onsetSeconds: onset, offsetSeconds: offset, label: "dog")
    }

    private func found(_ onset: Double, _ offset: Double) -> FoundSound {
        FoundSound(
            sound: sound(onset, offset),
            announcedSeconds: onset + 0.5,
            peakScore: 0.9
        )
    }
}
