import Foundation

/// How surprising something is if nothing has changed.
struct Rarity: Equatable {
    /// The probability of as much or more of a difference, to either side; 0...1.
    var p: Double
    /// The least `p` that whatever happened could have had.
    var least: Double
}

/// Tests whether some days differ from the days before, which ask nothing of how sounds are
/// distributed: if nothing has changed, any of all the days may be the recent ones.
enum DayComparison {
    /// Whether a sound is heard on more or fewer days: Fisher's exact test.
    ///
    /// R. A. Fisher, "The logic of inductive inference", J. Royal Stat. Soc. 98 (1935): given on how
    /// many days of all it was heard, how many of these are recent is hypergeometric. The smaller
    /// tail counts twice.
    /// - Parameters:
    ///   - recent: On how many of the recent days it was heard, and how many there are.
    ///   - before: The same of the days before.
    /// - Returns: How rare that is.
    static func shares(
        recent: (heard: Int, days: Int),
        before: (heard: Int, days: Int)
    ) -> Rarity {
        let heard = recent.heard + before.heard
        let days = recent.days + before.days
        let possible = max(0, heard - before.days)...min(recent.days, heard)
        let all = logChoices(days, recent.days)
        func probability(_ count: Int) -> Double {
            exp(
                logChoices(heard, count) + logChoices(days - heard, recent.days - count) - all
            )
        }
        func tail(_ counts: ClosedRange<Int>) -> Double {
            counts.reduce(0) { $0 + probability($1) }
        }
        let (fewest, most) = (possible.lowerBound, possible.upperBound)
        return Rarity(
            p: min(1, 2 * min(tail(fewest...recent.heard), tail(recent.heard...most))),
            least: min(1, 2 * min(probability(fewest), probability(most)))
        )
    }

    /// Whether values are larger or smaller: the exact test of Wilcoxon's sum of ranks.
    ///
    /// F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics 1 (1945); ties have the
    /// mean of their ranks, and of all ways to choose the recent days each counts the same. The
    /// smaller tail counts twice.
    /// - Parameters:
    ///   - recent: The values of the recent days, at least one.
    ///   - before: Those of the days before, at least one.
    /// - Returns: How rare that is.
    static func values(recent: [Double], before: [Double]) -> Rarity {
        let ranks = doubledRanks(of: recent + before)
        let count = recent.count
        let sum = ranks.prefix(count).reduce(0, +)
        let sorted = ranks.sorted()
        let most = sorted.suffix(count).reduce(0, +)
        // How many ways there are to choose so many days whose ranks have such a sum.
        var ways = [[Double]](repeating: [Double](repeating: 0, count: most + 1), count: count + 1)
        ways[0][0] = 1
        for rank in ranks {
            for chosen in stride(from: count, to: 0, by: -1) {
                for total in stride(from: most, through: rank, by: -1) {
                    ways[chosen][total] += ways[chosen - 1][total - rank]
                }
            }
        }
        let all = ways[count].reduce(0, +)
        let least = sorted.prefix(count).reduce(0, +)
        return Rarity(
            p: min(
                1,
                2 * min(ways[count][...sum].reduce(0, +), ways[count][sum...].reduce(0, +)) / all
            ),
            least: min(1, 2 * min(ways[count][least], ways[count][most]) / all)
        )
    }

    /// Which of many findings are real, so that of those that are chosen only a share is false on
    /// average; and if none is real, any is chosen with that probability at most.
    ///
    /// Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", J. Royal Stat. Soc. B 57
    /// (1995), among those that could be real at all, as P. B. Gilbert, "A modified false discovery
    /// rate multiple-comparisons procedure for discrete data", Applied Statistics 54 (2005).
    /// - Returns: Their places, the most surprising first.
    static func discoveries(among rarities: [Rarity], falseShare: Double) -> [Int] {
        let leasts = rarities.map(\.least).sorted()
        // So many tests can be passed if this many are made.
        let tested = (1...max(1, leasts.count)).first { count in
            leasts.prefix { $0 <= falseShare / Double(count) }.count <= count
        }
        let limit = falseShare / Double(tested ?? 1)
        let candidates = rarities.indices.filter { rarities[$0].least <= limit }
            .sorted { (rarities[$0].p, $0) < (rarities[$1].p, $1) }
        let last = candidates.indices.last { rank in
            rarities[candidates[rank]].p
                <= falseShare * Double(rank + 1) / Double(candidates.count)
        }
        return last.map { Array(candidates[...$0]) } ?? []
    }

    /// The rank of each value from 1, times two; equal ones have the mean of their ranks.
    private static func doubledRanks(of values: [Double]) -> [Int] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Int](repeating: 0, count: values.count)
        var first = 0
        while first < order.count {
            var end = first + 1
            while end < order.count, values[order[end]] == values[order[first]] { end += 1 }
            for place in first..<end { ranks[order[place]] = first + 1 + end }
            first = end
        }
        return ranks
    }

    private static func logChoices(_ count: Int, _ chosen: Int) -> Double {
        guard (0...count).contains(chosen) else { return -.infinity }
        return lgamma(Double(count + 1)) - lgamma(Double(chosen + 1))
            - lgamma(Double(count - chosen + 1))
    }
}
