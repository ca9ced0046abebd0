/// How much of a network is carried out when its window moves on by a hop, and why not less.
package struct StreamingReport: Sendable {
    /// Multiply-adds of a whole window.
    package let windowWork: Int
    /// Multiply-adds of a hop.
    package let hopWork: Int
    /// The nodes from which on the whole window is computed, and why, in the order of the network.
    package let wholeWindowReasons: [String]

    /// A hop that costs more than this share of a window is not worth it.
    private static let largestShare = 0.95

    init(_ plan: StreamingPlan) {
        windowWork = plan.windowWork
        hopWork = plan.hopWork
        wholeWindowReasons = plan.boundaries.map(\.reason)
    }

    /// Why the network runs window by window, or nil when a hop costs clearly less than a window.
    var reasonAgainst: String? {
        guard Double(hopWork) > Self.largestShare * Double(windowWork) || windowWork == 0 else {
            return nil
        }
        let percent = windowWork == 0 ? 100 : hopWork * 100 / windowWork
        return wholeWindowReasons.first
            ?? "padding in time reaches so far that a hop costs \(percent) % of a window"
    }

    /// The fewest frames with which every value that can move on does: the greatest stride.
    static func smallestHop(of graph: PlanGraph, timeAxis: Int) -> Int {
        let window = graph.values[graph.inputs[0]].type.shape[timeAxis]
        // A hop that every stride up to the window divides shows all strides.
        var hop = 1
        for stride in 2...max(2, min(window, 64)) {
            let (product, overflow) = hop.multipliedReportingOverflow(
                by: stride / commonDivisor(hop, stride)
            )
            if overflow { break }
            hop = product
        }
        let analysis = TimeAnalysis(graph, timeAxis: timeAxis, hopFrames: hop)
        return analysis.profiles.compactMap { $0 }.filter { $0.length > 1 }.map(\.stride).max() ?? 1
    }

    private static func commonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : commonDivisor(b, a % b)
    }
}
