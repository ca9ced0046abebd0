import Detection
import Evaluation

/// A way of coming to a decision, with what it finds at several numbers of false alarms.
struct Approach {
    /// What was chosen on other recordings and what it gave on these.
    struct Point {
        /// How the point was chosen.
        let setting: String
        let figures: DecisionFigures
    }

    let name: String
    let points: [Point]

    /// The most that is found at fewer false alarms an hour; nil if there is no such point.
    func recall(underFalseAlarmsPerHour limit: Double) -> Double? {
        points.filter { $0.figures.falseAlarmsPerHour < limit }.compactMap(\.figures.clipRecall)
            .max()
    }

    /// The false alarms an hour at which so much is found, between the two nearest points.
    ///
    /// - Parameters:
    ///   - recall: The mean of the classes' recalls.
    ///   - kind: The kind of background; nil for all.
    /// - Returns: A rate; nil where so much is never found.
    func falseAlarmsPerHour(atRecall recall: Double, in kind: String? = nil) -> Double? {
        func rate(_ point: Point) -> Double {
            kind.flatMap { point.figures.falseAlarmsPerHour(in: $0) }
                ?? point.figures.falseAlarmsPerHour
        }
        let ordered = points.sorted {
            $0.figures.falseAlarmsPerHour < $1.figures.falseAlarmsPerHour
        }
        guard let above = ordered.firstIndex(where: { ($0.figures.clipRecall ?? 0) >= recall })
        else {
            return nil
        }
        guard above > 0 else { return rate(ordered[0]) }
        let (low, high) = (ordered[above - 1], ordered[above])
        let (from, to) = (low.figures.clipRecall ?? 0, high.figures.clipRecall ?? 0)
        let share = to > from ? (recall - from) / (to - from) : 1
        return rate(low) + share * (rate(high) - rate(low))
    }
}
