import Dispatch
package import SoundDatasets
import Synchronization

/// The features of a data set's clips in memory, without the damaged ones.
package struct LoadedClips: Sendable {
    /// The data set without clips that could not be read.
    package let dataset: SoundDataset
    /// The features of each clip.
    package let features: [ClipFeatures]
    /// Changed variants of each clip, to be trained on beside it.
    package let variants: [[ClipVariant]]
    /// What was left out, one line a recording.
    package let problems: [String]

    /// Creates the clips from their parts.
    package init(
        dataset: SoundDataset,
        features: [ClipFeatures],
        variants: [[ClipVariant]]? = nil,
        problems: [String]
    ) {
        self.dataset = dataset
        self.features = features
        self.variants = variants ?? features.map { _ in [] }
        self.problems = problems
    }

    /// The clips with variants that an augmenter makes of their recordings.
    ///
    /// - Parameters:
    ///   - augmenter: What is changed how often.
    ///   - cache: Where features are kept.
    ///   - seed: Where chance comes from.
    ///   - threads: How many clips are changed at a time.
    ///   - progress: Called with the number of clips done, from any thread.
    /// - Returns: The clips with their variants.
    /// - Throws: Why a recording cannot be read any more.
    package func varied(
        by augmenter: WaveformAugmenter,
        cache: FeatureCache,
        seed: UInt64,
        threads: Int,
        progress: @Sendable (Int) -> Void = { _ in }
    ) throws -> LoadedClips {
        let maker = VariantMaker(dataset, cache: cache, augmenter: augmenter, seed: seed)
        let results = Self.shareOut(dataset.clips.count, threads: threads, progress: progress) {
            try maker.variants(of: $0)
        }
        return LoadedClips(
            dataset: dataset,
            features: features,
            variants: try dataset.clips.indices.map { try results[$0]?.get() ?? [] },
            problems: problems
        )
    }

    /// Does a piece of work for each clip, several at a time.
    private static func shareOut<Value: Sendable>(
        _ count: Int,
        threads: Int,
        progress: @Sendable (Int) -> Void,
        _ work: @Sendable (Int) throws -> Value
    ) -> [Int: Result<Value, any Error>] {
        let results = Mutex<[Int: Result<Value, any Error>]>([:])
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                let result = Result { try work(index) }
                let done = results.withLock { results in
                    results[index] = result
                    return results.count
                }
                progress(done)
            }
        }
        return results.withLock { $0 }
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
        let loaded = shareOut(dataset.clips.count, threads: threads, progress: progress) {
            try cache.features(of: dataset.clips[$0])
        }
        var kept = dataset
        kept.clips = []
        var features: [ClipFeatures] = []
        var problems: [String] = []
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
