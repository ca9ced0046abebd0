import Foundation
import TestSupport
import Testing

@testable import Monitor

@Suite struct DayComparisonTests {
    @Test func sharesAreThoseOfFishersExactTest() {
        // scipy.stats.fisher_exact([[7, 0], [0, 21]]) one-sided is 1 / C(28, 7), here twice.
        let always = DayComparison.shares(recent: (7, 7), before: (0, 21))
        #expect(abs(always.p - 2 / 1_184_040) < 1e-12 && always.least == always.p)
        // One of seven against none of 21: a quarter, twice.
        let once = DayComparison.shares(recent: (1, 7), before: (0, 21))
        #expect(abs(once.p - 0.5) < 1e-9 && abs(once.least - 0.5) < 1e-9)
        // C(8, 7) / C(28, 7) for none of seven when 20 of 28 heard it.
        let silent = DayComparison.shares(recent: (0, 7), before: (20, 21))
        #expect(abs(silent.p - 2 * 8 / 1_184_040) < 1e-10)
        #expect(DayComparison.shares(recent: (0, 7), before: (0, 21)).p == 1)
    }

    @Test func valuesAreThoseOfWilcoxonsExactTest() {
        // The two largest of five: one way of C(5, 2) = 10.
        let largest = DayComparison.values(recent: [9, 8], before: [1, 2, 3])
        #expect(abs(largest.p - 0.2) < 1e-12 && abs(largest.least - 0.2) < 1e-12)
        #expect(DayComparison.values(recent: [1, 2], before: [9, 8, 7]).p == largest.p)
        // Ranks 1, 2½, 2½, 4 of which one is chosen: at least 2½ in three ways of four.
        #expect(DayComparison.values(recent: [5], before: [1, 5, 9]).p == 1)
        #expect(DayComparison.values(recent: [5, 5], before: [5, 5, 5]).least == 1)
    }

    @Test func onlyWhatIsRareEnoughAmongAllIsFound() {
        func rarity(_ p: Double, least: Double = 0) -> Rarity { Rarity(p: p, least: least) }
        // Benjamini and Hochberg's own example finds four at 0.05.
        let example = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1,
        ]
        let found = DayComparison.discoveries(among: example.map { rarity($0) }, falseShare: 0.05)
        #expect(found == [0, 1, 2, 3])
        // What could not have been rare enough does not make it harder for the others.
        let some = [rarity(0.04, least: 0.04)] + (0..<99).map { _ in rarity(1, least: 0.5) }
        #expect(DayComparison.discoveries(among: some, falseShare: 0.05) == [0])
        #expect(DayComparison.discoveries(among: [], falseShare: 0.05) == [])
        #expect(DayComparison.discoveries(among: [rarity(0.06)], falseShare: 0.05) == [])
    }
}
