/// Parts of a data set that are tested in turn.
package struct FoldSplit: Equatable, Sendable {
    /// The clips of each fold, as places in the data set.
    package let folds: [[Int]]

    /// The sounds of no reported class of each fold.
    package let negatives: [[Int]]
    /// The number of each fold.
    package let numbers: [Int]

    /// Splits by the folds that the clips name; clips that name none are dealt out to those folds,
    /// or to five if no clip names one.
    ///
    /// Clips of one group are always in one fold. Groups of each class are dealt out in turn, in an
    /// order that the seed decides; those of negatives come last.
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
