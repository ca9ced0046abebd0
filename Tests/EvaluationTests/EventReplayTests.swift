import Detection
import SoundDatasets
import Synchronization
import Testing

@testable import Evaluation

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

/// Work on several elements at a time.
@Suite struct ConcurrentMapTests {
    private struct Refusal: Error, Equatable {
        let element: Int
    }

    @Test(arguments: [1, 3, 1_000_000])
    func resultsAreInTheOrderOfTheElementsWhateverTheNumberOfJobs(jobs: Int) async {
        let doubled = await (1...40).concurrentMap(jobs: jobs) { $0 * 2 }
        #expect(doubled == (1...40).map { $0 * 2 })
    }

    @Test func nothingGivesNothing() async {
        let none = await [Int]().concurrentMap(jobs: 2) { $0 }
        #expect(none.isEmpty)
    }

    @Test func noMoreThanTheJobsRunAtATime() async {
        let running = Mutex((now: 0, most: 0))
        _ = await (0..<200).concurrentMap(jobs: 3) { element in
            running.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            let work = (0..<2_000).reduce(element) { ($0 &* 31) ^ $1 }
            running.withLock { $0.now -= 1 }
            return work
        }
        #expect(running.withLock { $0.most <= 3 && $0.now == 0 })
    }

    @Test func aFailureIsThrownAndWhatWasNotBegunIsLeft() async {
        let begun = Mutex(0)
        let refusal = await #expect(throws: Refusal.self) {
            try await (0..<100).concurrentMap(jobs: 1) { (element: Int) throws(Refusal) -> Int in
                begun.withLock { $0 += 1 }
                guard element < 3 else { throw Refusal(element: element) }
                return element
            }
        }
        #expect(refusal == Refusal(element: 3))
        #expect(begun.withLock { $0 } == 4)
    }
}
