import Testing

@testable import Detection

@Suite struct ScoreSmootherTests {
    private static func smoothed(_ smoother: ScoreSmoother, _ scores: [Float]) -> [Float] {
        var smoother = smoother
        return scores.map { smoother.update($0) }
    }

    @Test func meanIsOfTheLastWindows() {
        let smoother = ScoreSmoother(.mean, over: 2)
        #expect(Self.smoothed(smoother, [0, 1, 0.5, 0.5]) == [0, 0.5, 0.75, 0.5])
    }

    @Test func medianLeavesASinglePeakOut() {
        let smoother = ScoreSmoother(.median, over: 3)
        #expect(Self.smoothed(smoother, [0, 0, 1, 0, 1, 1]) == [0, 0, 0, 0, 1, 1])
    }

    @Test func medianOfTwoIsTheirMean() {
        #expect(Self.smoothed(ScoreSmoother(.median, over: 2), [0, 1]) == [0, 0.5])
    }

    @Test func exponentialMeanFollowsWithTwoPartsInNPlusOne() {
        let smoother = ScoreSmoother(.exponential, over: 3)
        #expect(Self.smoothed(smoother, [0, 1, 1]) == [0, 0.5, 0.75])
    }

    @Test(arguments: ScoreSmoothing.allCases)
    func firstWindowCountsInFull(kind: ScoreSmoothing) {
        #expect(Self.smoothed(ScoreSmoother(kind, over: 9), [0.7]) == [0.7])
    }

    @Test(arguments: ScoreSmoothing.allCases)
    func resetForgetsTheScores(kind: ScoreSmoothing) {
        var smoother = ScoreSmoother(kind, over: 3)
        _ = smoother.update(1)
        smoother.reset()
        #expect(smoother.update(0) == 0)
    }

    @Test(arguments: ScoreSmoothing.allCases)
    func changedSmoothingCountsTheScoresSeenBefore(kind: ScoreSmoothing) {
        let scores: [Float] = [0.1, 0.9, 0.4, 0.7, 0.2]
        var changed = ScoreSmoother(.mean, over: 1)
        for score in scores {
            _ = changed.update(score)
        }
        changed.change(to: kind, over: 4)
        let expected = Self.smoothed(ScoreSmoother(kind, over: 4), scores + [0.5]).last
        #expect(changed.update(0.5) == expected)
    }

    @Test func atMostTheCapacityIsRemembered() {
        var smoother = ScoreSmoother(.mean, over: 64)
        for _ in 0..<200 {
            _ = smoother.update(0.5)
        }
        #expect(smoother.recent.count == ScoreSmoother.capacity)
    }
}
