extension [EvaluationClip] {
    /// The folds that the names tell, sorted.
    package var folds: [Int] { Set(compactMap(\.fold)).sorted() }

    /// The clips of one fold; all of them where none is asked for.
    ///
    /// - Throws: `noSuchFold` where no clip belongs to it.
    package func ofFold(_ fold: Int?) throws(DataSetError) -> [EvaluationClip] {
        guard let fold else { return self }
        let clips = filter { $0.fold == fold }
        guard !clips.isEmpty else { throw .noSuchFold(fold: fold, present: folds) }
        return clips
    }
}
