/// The best choice of one option for each class within a number of false alarms.
///
/// By dynamic programming over the number of false alarms, hence exactly.
struct BudgetedSelection: Sendable {
    /// What a choice costs and what it is worth.
    struct Option: Sendable {
        /// Its false alarms.
        let cost: Int
        /// How much it finds.
        let worth: Double
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
    ///   - options: The options of each class; of equal ones the last is taken.
    ///   - budget: The most false alarms of all classes together.
    init(_ options: [[Option]], budget: Int) {
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
    func best(within budget: Int) -> [Int]? {
        bought.filter { $0.key <= budget }.max { left, right in
            (left.value.worth, -left.key) < (right.value.worth, -right.key)
        }?.value.choices
    }
}
