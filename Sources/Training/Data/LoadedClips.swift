import Dispatch
package import SoundDatasets
import Synchronization

/// The features of a data set's clips in memory, without the damaged ones.
package struct LoadedClips: Sendable {
    /// The data set without clips that could not be read.
    package let dataset: SoundDataset
    /// The features of each clip.
    package let features: [ClipFeatures]
    /// What was left out, one line a recording.
    package let problems: [String]

    /// Creates the clips from their parts.
    package init(dataset: SoundDataset, features: [ClipFeatures], problems: [String]) {
        self.dataset = dataset
        self.features = features
        self.problems = problems
    }

    /// Loads all clips, several at a time.
    ///
    /// - Parameters:
    ///   - dataset: The clips.
    ///   - cache: Where features are kept.
    ///   - threads: How many clips are loaded at a time.
    ///   - progress: Called with the number of clips done, from any thread.
    /// - Returns: The clips that could be read.
    package static func load(
        _ dataset: SoundDataset,
        cache: FeatureCache,
        threads: Int,
        progress: @Sendable (Int) -> Void = { _ in }
    ) -> LoadedClips {
        let results = Mutex<[Int: Result<ClipFeatures, any Error>]>([:])
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < dataset.clips.count else { return }
                let result = Result { try cache.features(of: dataset.clips[index]) }
                let done = results.withLock { results in
                    results[index] = result
                    return results.count
                }
                progress(done)
            }
        }
        var kept = dataset
        kept.clips = []
        var features: [ClipFeatures] = []
        var problems: [String] = []
        let loaded = results.withLock { $0 }
        for (index, clip) in dataset.clips.enumerated() {
            switch loaded[index] {
            case .success(let value):
                kept.clips.append(clip)
                features.append(value)
            case .failure(let error): problems.append("Left out: \(error)")
            case nil: continue
            }
        }
        return LoadedClips(dataset: kept, features: features, problems: problems)
    }
}
