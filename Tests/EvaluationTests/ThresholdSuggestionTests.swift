import Detection
import Testing

@testable import Evaluation

@Suite struct ThresholdSuggestionTests {
    @Test func theBudgetGoesWhereItBuysMostRecall() {
        // At .5 the dog gains .5 for 2 false alarms, the siren .3 for 2.
        let suggestion = suggest(
            budgetPerDay: 2,
            [
                0.5: [
                    "dog": tally(10, found: 9, false: 2), "siren": tally(10, found: 8, false: 2),
                ],
                0.9: [
                    "dog": tally(10, found: 4, false: 0), "siren": tally(10, found: 5, false: 0),
                ],
            ]
        )
        #expect(suggestion.classes.map(\.on) == [0.5, 0.9])
        #expect(suggestion.falseAlarmCount == 2)
        #expect(suggestion.isWithinBudget)
    }

    @Test func ofEqualThresholdsTheHighestIsTaken() {
        let suggestion = suggest(
            budgetPerDay: 0,
            [
                0.5: ["dog": tally(10, found: 9, false: 0), "siren": tally(1, found: 1, false: 0)],
                0.9: ["dog": tally(10, found: 9, false: 0), "siren": tally(1, found: 0, false: 0)],
            ]
        )
        #expect(suggestion.classes.map(\.on) == [0.9, 0.5])
    }

    @Test func aClassThatIsNotInTheDataKeepsItsThresholdIfTheBudgetAllows() {
        let points: [Float: [String: OverlapTally]] = [
            0.5: ["dog": tally(1, found: 1, false: 0), "siren": tally(0, found: 0, false: 7)],
            0.9: ["dog": tally(1, found: 1, false: 0), "siren": tally(0, found: 0, false: 0)],
        ]
        let inForce = ["dog": tally(1, found: 1, false: 0), "siren": tally(0, found: 0, false: 3)]
        #expect(suggest(budgetPerDay: 3, points, inForce).classes.map(\.on) == [0.9, 0.7])
        #expect(suggest(budgetPerDay: 2, points, inForce).classes.map(\.on) == [0.9, 0.9])
    }

    @Test func aBudgetThatCannotBeKeptIsMissedByAsLittleAsPossible() {
        let suggestion = suggest(
            budgetPerDay: 1,
            [
                0.5: ["dog": tally(1, found: 1, false: 9), "siren": tally(1, found: 1, false: 0)],
                0.9: ["dog": tally(1, found: 0, false: 5), "siren": tally(1, found: 1, false: 0)],
            ]
        )
        #expect(suggestion.classes.first?.on == 0.9)
        #expect(!suggestion.isWithinBudget)
    }

    @Test func theRateComesWithItsExactInterval() {
        let interval = ExactInterval.rate(count: 0, in: 4.0 / 24)
        #expect(interval.lowerBound == 0)
        #expect(abs(interval.upperBound - 3.688879 * 6) < 1e-3)
    }

    private func tally(_ count: Int, found: Int, false falseAlarms: Int) -> OverlapTally {
        var tally = OverlapTally()
        tally.referenceCount = count
        tally.foundCount = found
        tally.eventCount = found + falseAlarms
        tally.falseAlarmCount = falseAlarms
        return tally
    }

    private func suggest(
        budgetPerDay: Double,
        _ points: [Float: [String: OverlapTally]],
        _ inForce: [String: OverlapTally] = [:]
    ) -> ThresholdSuggestion {
        let sorted = points.keys.sorted().map { threshold in
            ThresholdSweep.Point(
                threshold: threshold,
                tallies: points[threshold] ?? [:],
                recordings: []
            )
        }
        let present = inForce.isEmpty ? sorted[0].tallies : inForce
        return ThresholdSuggestion(
            sweep: ThresholdSweep(points: sorted, hours: 24),
            present: ["dog", "siren"].map { name in
                .init(name: name, on: 0.7, tally: present[name] ?? OverlapTally())
            },
            budgetPerDay: budgetPerDay
        )
    }
}
