import Foundation

/// Probabilities of classes.
enum Scores {
    /// The place of the largest number, the first one of equals.
    static func best(_ row: ArraySlice<Float>) -> Int {
        var best = row.startIndex
        for index in row.indices where row[index] > row[best] { best = index }
        return best - row.startIndex
    }

    /// The place of the largest number that is not one of `places`.
    static func best(_ row: [Float], without places: Set<Int>) -> Int {
        guard !places.isEmpty else { return best(row[...]) }
        var best: Int?
        for index in row.indices where !places.contains(index) {
            if best.map({ row[index] > row[$0] }) ?? true { best = index }
        }
        return best ?? 0
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
