/// Finds the known name that a misspelt one was probably meant to be.
package enum NearestName {
    /// The name with the smallest edit distance to `name`; nil only if there are no names.
    ///
    /// Of several equally near names the first in alphabetical order wins.
    package static func find(_ name: String, among names: [String]) -> String? {
        names.sorted().min { editDistance(name, $0) < editDistance(name, $1) }
    }

    /// The advice that ends a message about an unknown name.
    ///
    /// A near name is asked for; a far one is only stated, because it is hardly what was meant.
    package static func advice(for name: String, among names: [String]) -> String {
        guard let nearest = find(name, among: names) else { return "" }
        let isLikely = editDistance(name, nearest) <= max(2, nearest.count / 3)
        return isLikely ? "did you mean '\(nearest)'?" : "the nearest known key is '\(nearest)'"
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours between two names.
    ///
    /// Optimal string alignment distance (Damerau 1964), without regard to case.
    package static func editDistance(_ left: String, _ right: String) -> Int {
        let left = Array(left.lowercased())
        let right = Array(right.lowercased())
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var distance = min(
                    previous[column] + (letter == other ? 0 : 1),
                    previous[column + 1] + 1,
                    current[column] + 1
                )
                let isSwap =
                    row > 0 && column > 0 && letter == right[column - 1] && left[row - 1] == other
                if isSwap {
                    distance = min(distance, beforePrevious[column - 1] + 1)
                }
                current.append(distance)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
