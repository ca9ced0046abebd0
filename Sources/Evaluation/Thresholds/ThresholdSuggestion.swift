import Detection

/// The thresholds that find most within a number of false alarms.
///
/// Of all choices of a threshold for each class whose false alarms together stay within the
/// budget, the one with the highest sum of the classes' recalls is taken (by dynamic programming
/// over the number of false alarms, hence exactly), and of equal ones that with the fewest false
/// alarms. A class of which the data has no sound keeps its threshold if the budget allows.
package struct ThresholdSuggestion: Equatable, Sendable {
    /// The suggestion for one class.
    package struct ClassThreshold: Equatable, Sendable {
        /// The class.
        package let name: String
        /// The threshold `on`.
        package let on: Float
        /// What was found with it and what was a false alarm.
        package let tally: OverlapTally
    }

    /// The suggestions, in the order of the classes.
    package let classes: [ClassThreshold]
    /// The length of the recordings they are made from, in hours.
    package let hours: Double
    /// The false alarms a day that were allowed.
    package let budgetPerDay: Double

    /// The false alarms of all classes together, in the recordings.
    package var falseAlarmCount: Int { classes.reduce(0) { $0 + $1.tally.falseAlarmCount } }
    /// Whether the budget is kept in the recordings.
    package var isWithinBudget: Bool {
        Double(falseAlarmCount) <= budgetPerDay * hours / 24
    }
    /// The false alarms a day to expect.
    package var falseAlarmsPerDay: Double { Double(falseAlarmCount) * 24 / hours }
    /// The exact 95 % interval of the false alarms a day.
    package var falseAlarmsPerDayInterval: ClosedRange<Double> {
        ExactInterval.rate(count: falseAlarmCount, in: hours / 24)
    }

    /// Chooses thresholds.
    ///
    /// - Parameters:
    ///   - sweep: What every threshold finds.
    ///   - present: The thresholds in force and what they find, in the order of the classes.
    ///   - budgetPerDay: The false alarms of all classes that are allowed a day.
    init(sweep: ThresholdSweep, present: [ClassThreshold], budgetPerDay: Double) {
        let candidates = present.map { Self.candidates(sweep: sweep, present: $0) }
        let budget = Int(min(budgetPerDay * sweep.hours / 24, Self.largestBudget))
        classes =
            Self.best(candidates, within: budget)
            ?? candidates.compactMap { list in
                list.min { Self.rank($0) < Self.rank($1) }
            }
        hours = sweep.hours
        self.budgetPerDay = budgetPerDay
    }

    private static let largestBudget: Double = 20_000

    private static func rank(_ choice: ClassThreshold) -> (Int, Double) {
        (choice.tally.falseAlarmCount, -(choice.tally.recall ?? 0))
    }

    /// What can be chosen for a class, what is to be preferred among equals last.
    private static func candidates(
        sweep: ThresholdSweep,
        present: ClassThreshold
    ) -> [ClassThreshold] {
        let tried = sweep.points.map { point in
            ClassThreshold(
                name: present.name,
                on: point.threshold,
                tally: point.tallies[present.name] ?? OverlapTally()
            )
        }
        guard present.tally.referenceCount == 0 else { return tried }
        // Without sounds to find, only false alarms speak for another threshold.
        return tried.filter { $0.on > present.on }.reversed() + [present]
    }

    /// The choices with the highest sum of recalls; nil where the budget cannot be kept.
    private static func best(
        _ candidates: [[ClassThreshold]],
        within budget: Int
    ) -> [ClassThreshold]? {
        let options = candidates.map { list in
            list.enumerated().map { index, choice in
                // Keeping a threshold is worth slightly more than nothing.
                BudgetedSelection.Option(
                    cost: choice.tally.falseAlarmCount,
                    worth: choice.tally.recall ?? (index == list.count - 1 ? worthOfKeeping : 0)
                )
            }
        }
        return BudgetedSelection(options, budget: budget).best(within: budget)
            .map { choices in zip(candidates, choices).map { $0[$1] } }
    }

    private static let worthOfKeeping = 1e-6
}

/// The best choice of one option for each class within a number of false alarms.
///
/// By dynamic programming over the number of false alarms, hence exactly.
package struct BudgetedSelection: Sendable {
    /// One of the choices for a class.
    package struct Option: Sendable {
        /// Its false alarms.
        package let cost: Int
        /// How much it finds.
        package let worth: Double

        package init(cost: Int, worth: Double) {
            self.cost = cost
            self.worth = worth
        }
    }

    private struct State {
        var worth: Double
        var choices: [Int]
    }

    /// For each number of false alarms that can be spent to the last one: the best choices.
    private var bought: [Int: State] = [0: State(worth: 0, choices: [])]

    /// Finds the best choices for every number of false alarms up to a budget.
    ///
    /// - Parameters:
    ///   - options: The options of each class; of equal ones the last wins.
    ///   - budget: The most false alarms of all classes together.
    package init(_ options: [[Option]], budget: Int) {
        for list in options {
            var next: [Int: State] = [:]
            for spent in bought.keys.sorted() {
                guard let state = bought[spent] else { continue }
                for (index, option) in list.enumerated() where spent + option.cost <= budget {
                    let worth = state.worth + option.worth
                    if let other = next[spent + option.cost], other.worth > worth { continue }
                    next[spent + option.cost] = State(
                        worth: worth,
                        choices: state.choices + [index]
                    )
                }
            }
            bought = next
        }
    }

    /// The best choice within a budget, and of equally good ones that with the fewest false alarms.
    ///
    /// - Returns: The index of an option for each class; nil where nothing keeps within.
    package func best(within budget: Int) -> [Int]? {
        bought.filter { $0.key <= budget }.max { left, right in
            (left.value.worth, -left.key) < (right.value.worth, -right.key)
        }?.value.choices
    }
}
