import Foundation

/// Parts of a data set that are tested in turn.
package struct FoldSplit: Equatable, Sendable {
    /// The clips of each fold, as places in the data set.
    package let folds: [[Int]]

    /// The sounds of no reported class of each fold.
    package let negatives: [[Int]]
    /// The number of each fold.
    package let numbers: [Int]

    /// Splits by the folds that the clips name; clips without one are distributed over those folds,
    /// or over five if no clip names one.
    ///
    /// Clips of one group are always in one fold. Groups of each class are assigned in turn, in an
    /// order from the seed; negatives come last.
    package init(_ dataset: SoundDataset, seed: UInt64) {
        let clips = dataset.clips
        var foldOfGroup: [String: Int] = [:]
        for clip in clips {
            if let fold = clip.fold { foldOfGroup[clip.group] = fold }
        }
        let named = Set(clips.compactMap(\.fold)).sorted()
        let numbers = named.count < 2 ? Array(1...5) : named
        var generator = SeededGenerator(seed: seed)
        var next = 0
        func deal(_ clips: [LabelledClip], _ generator: inout SeededGenerator) {
            let groups = Set(clips.filter { $0.fold == nil }.map(\.group)).sorted()
            for place in generator.permutation(groups.count) where foldOfGroup[groups[place]] == nil
            {
                foldOfGroup[groups[place]] = numbers[next % numbers.count]
                next += 1
            }
        }
        for soundClass in dataset.classNames.indices where !dataset.unreported.contains(soundClass)
        {
            deal(clips.filter { $0.classes.contains(soundClass) }, &generator)
        }
        deal(clips.filter(dataset.isNegative), &generator)
        func places(_ fold: Int, isNegative: Bool) -> [Int] {
            clips.indices.filter { place in
                (clips[place].fold ?? foldOfGroup[clips[place].group]) == fold
                    && dataset.isNegative(clips[place]) == isNegative
            }
        }
        let labelled = numbers.map { places($0, isNegative: false) }
        let used = numbers.indices.filter { !labelled[$0].isEmpty }
        folds = used.map { labelled[$0] }
        self.numbers = used.map { numbers[$0] }
        negatives = used.map { places(numbers[$0], isNegative: true) }
    }
}

/// What a recording's file name says of its source.
package struct ClipSource: Equatable {
    /// The fold of names like `1-30226-A.ogg`: fold, source, take.
    package let fold: Int?
    /// The source; the name itself where it follows no such pattern.
    package let group: String

    /// Reads a name.
    package init(fileName: String) {
        let stem = fileName.lastIndex(of: ".").map { fileName[..<$0] } ?? fileName[...]
        let parts = stem.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count >= 3, let fold = Int(parts[0]), (1...99).contains(fold),
            !parts[1].isEmpty, parts[1].allSatisfy(\.isNumber)
        {
            self.fold = fold
            group = String(parts[1])
        } else if let mark = stem.range(of: "_nohash_") {
            fold = nil
            group = String(stem[..<mark.lowerBound])
        } else {
            fold = nil
            group = String(stem)
        }
    }
}
