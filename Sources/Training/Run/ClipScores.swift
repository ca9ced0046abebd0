import Foundation

/// The probabilities of a clip's windows.
package struct ClipScores: Equatable, Sendable {
    /// A row of probabilities a window.
    package var windows: [[Float]]
    /// Each window's level in dBFS.
    package var levels: [Float]

    /// The class that the windows above a gate, or all if none is, choose by their mean.
    package func vote(aboveDBFS gate: Float) -> Int {
        let audible = windows.indices.filter { levels[$0] > gate }
        let voters = audible.isEmpty ? Array(windows.indices) : audible
        guard let classCount = windows.first?.count else { return 0 }
        var sums = [Float](repeating: 0, count: classCount)
        for voter in voters {
            for index in 0..<classCount { sums[index] += windows[voter][index] }
        }
        return Scores.best(sums[...])
    }
}

/// Probabilities of classes.
enum Scores {
    /// The place of the largest number, the first one of equals.
    static func best(_ row: ArraySlice<Float>) -> Int {
        var best = row.startIndex
        for index in row.indices where row[index] > row[best] { best = index }
        return best - row.startIndex
    }

    static func softmax(_ logits: [Float]) -> [Float] {
        let largest = logits.reduce(-Float.infinity, max)
        let powers = logits.map { exp($0 - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    static func sigmoid(_ logits: [Float]) -> [Float] {
        logits.map { 1 / (1 + exp(-$0)) }
    }
}
