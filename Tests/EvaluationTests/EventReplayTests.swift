import Detection
import Evaluation
import SoundDatasets
import Testing

@Suite struct EventReplayTests {
    @Test func thresholdsDecideWhatTheSameScoresGive() {
        let recording = recording(scores: [0.1, 0.1, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1])
        #expect(replay.withThreshold(0.8).events(in: recording).count == 1)
        #expect(replay.withThreshold(0.95).events(in: recording).isEmpty)
    }

    @Test func anEventIsAnnouncedWhenItIsKnownAndDatedWhereItBegan() throws {
        let recording = recording(scores: [0.1, 0.1, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1])
        let event = try #require(replay.events(in: recording).first)
        #expect(event.sound.label == "dog")
        #expect(event.announcedSeconds >= event.sound.onsetSeconds)
        #expect(event.announcedSeconds <= 5)
        #expect(event.sound.onsetSeconds > 0.5 && event.sound.offsetSeconds < 6)
    }

    @Test func offMovesWithOnInProportion() {
        let rule = replay.withThresholds(["dog": 0.4]).settings.rule(for: "dog")
        #expect(rule.on == 0.4)
        #expect(abs(rule.off - 0.25) < 1e-6)
    }

    @Test func aSweepCountsFoundSoundsAndFalseAlarmsAtEachThreshold() async {
        var heard = recording(scores: [0.1, 0.1, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1])
        heard.reference = [LabelledSound(onsetSeconds: 2, offsetSeconds: 5, label: "dog")]
        let quiet = recording(scores: [0.1, 0.1, 0.6, 0.6, 0.6, 0.1, 0.1, 0.1, 0.1, 0.1])
        let sweep = await ThresholdSweep.run([heard, quiet], replay: replay, jobs: 2)
        #expect(sweep.points.map(\.threshold) == ThresholdSweep.thresholds.sorted())
        let low = sweep.points.first { $0.threshold == 0.5 }?.tallies["dog"]
        #expect(low?.foundCount == 1)
        #expect(low?.falseAlarmCount == 1)
        let high = sweep.points.first { $0.threshold > 0.79 && $0.threshold < 0.81 }?.tallies["dog"]
        #expect(high?.foundCount == 1)
        #expect(high?.falseAlarmCount == 0)
        #expect(abs(sweep.hours - 20.0 / 3_600) < 1e-9)
    }

    private var replay: EventReplay {
        var settings = DetectionSettings()
        settings.hopSeconds = 1
        settings.defaults.smoothingWindows = 1
        return EventReplay(classNames: ["dog"], settings: settings)
    }

    /// One score a second, and sound wherever the score is above .5.
    private func recording(scores: [Float]) -> ScoredRecording {
        let hops = scores.enumerated().map { index, score in
            let hop = SampleTime(Int64(index) * 1_000)..<SampleTime(Int64(index + 1) * 1_000)
            return ScoredHop(
                window: hop,
                hop: hop,
                gate: .open,
                scores: [score],
                levelDBFS: score > 0.5 ? -20 : -50,
                envelope: [Float](repeating: score > 0.5 ? 0.01 : 0.00001, count: 100)
            )
        }
        return ScoredRecording(
            path: "a.wav",
            sampleRateHz: 1_000,
            durationSeconds: 10,
            reference: [],
            hops: hops
        )
    }
}
