/// The probabilities of a clip's windows.
package struct ClipScores: Equatable, Sendable {
    /// A row of probabilities a window.
    package var windows: [[Float]]
    /// Each window's level in dBFS.
    package var levels: [Float]

    /// The class that the windows above a gate, or all if none is, choose by their mean; never one
    /// of `classes`.
    package func vote(aboveDBFS gate: Float, without classes: Set<Int> = []) -> Int {
        let audible = windows.indices.filter { levels[$0] > gate }
        let voters = audible.isEmpty ? Array(windows.indices) : audible
        guard let classCount = windows.first?.count else { return 0 }
        var sums = [Float](repeating: 0, count: classCount)
        for voter in voters {
            for index in 0..<classCount { sums[index] += windows[voter][index] }
        }
        return Scores.best(sums, without: classes)
    }
}
