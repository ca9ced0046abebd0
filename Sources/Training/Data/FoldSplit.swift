/// Parts of a data set that are tested in turn.
package struct FoldSplit: Equatable, Sendable {
    /// The clips of each fold, as places in the data set.
    package let folds: [[Int]]

    /// Splits by the folds that the clips name, or, if some name none, into five folds.
    ///
    /// Clips of one group are always in one fold. New folds take the groups of each class in turn,
    /// in an order that the seed decides. Negatives are in no fold.
    package init(_ dataset: SoundDataset, seed: UInt64) {
        let clips = dataset.clips
        let labelled = clips.indices.filter { !clips[$0].classes.isEmpty }
        if labelled.allSatisfy({ clips[$0].fold != nil }) {
            let names = Set(labelled.compactMap { clips[$0].fold }).sorted()
            folds = names.map { name in labelled.filter { clips[$0].fold == name } }
            return
        }
        var foldOfGroup: [String: Int] = [:]
        var generator = SeededGenerator(seed: seed)
        var next = 0
        for soundClass in dataset.classNames.indices {
            let groups = Set(
                dataset.clips.filter { $0.classes.contains(soundClass) }.map(\.group)
            ).sorted()
            for place in generator.permutation(groups.count) where foldOfGroup[groups[place]] == nil
            {
                foldOfGroup[groups[place]] = next % 5
                next += 1
            }
        }
        folds = (0..<5).map { fold in
            labelled.filter { foldOfGroup[clips[$0].group] == fold }
        }.filter { !$0.isEmpty }
    }
}
