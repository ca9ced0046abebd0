package import SoundDatasets

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
    ///   - cache: Where features are stored.
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
        let variants = WorkerCrew(threads: threads)
            .results(dataset.clips.count, progress: progress) { try maker.variants(of: $0) }
        return LoadedClips(
            dataset: dataset,
            features: features,
            variants: try variants.map { try $0.get() },
            problems: problems
        )
    }

    /// Loads all clips, several at a time.
    ///
    /// - Parameters:
    ///   - dataset: The clips.
    ///   - cache: Where features are stored.
    ///   - threads: How many clips are loaded at a time.
    ///   - progress: Called with the number of clips done, from any thread.
    /// - Returns: The clips that could be read.
    package static func load(
        _ dataset: SoundDataset,
        cache: FeatureCache,
        threads: Int,
        progress: @Sendable (Int) -> Void = { _ in }
    ) -> LoadedClips {
        let loaded = WorkerCrew(threads: threads)
            .results(dataset.clips.count, progress: progress) {
                try cache.features(of: dataset.clips[$0])
            }
        var kept = dataset
        kept.clips = []
        var features: [ClipFeatures] = []
        var problems: [String] = []
        for (clip, result) in zip(dataset.clips, loaded) {
            switch result {
            case .success(let value):
                kept.clips.append(clip)
                features.append(value)
            case .failure(let error): problems.append("Left out: \(error)")
            }
        }
        return LoadedClips(dataset: kept, features: features, problems: problems)
    }
}

/// Computes the variants of a data set's clips, each with random numbers of its own.
struct VariantMaker: Sendable {
    private let dataset: SoundDataset
    private let cache: FeatureCache
    private let augmenter: WaveformAugmenter
    private let seed: UInt64
    /// The clips that each may be mixed with: those of its fold, so that no test clip is heard in
    /// training.
    private let partners: [[Int]]

    init(
        _ dataset: SoundDataset,
        cache: FeatureCache,
        augmenter: WaveformAugmenter,
        seed: UInt64
    ) {
        self.dataset = dataset
        self.cache = cache
        self.augmenter = augmenter
        self.seed = seed
        let split = FoldSplit(dataset, seed: seed)
        var partners = [[Int]](repeating: [], count: dataset.clips.count)
        for fold in split.folds + split.negatives {
            for place in fold { partners[place] = fold }
        }
        self.partners = partners
    }

    /// All variants of a clip.
    ///
    /// - Throws: Why a recording cannot be read.
    func variants(of place: Int) throws -> [ClipVariant] {
        try (0..<augmenter.settings.variants).map { number in
            let clip = dataset.clips[place]
            var generator = SeededGenerator(seed: seed, 5, place, number)
            let others = partners[place]
            let other = others.isEmpty ? place : others[generator.index(below: others.count)]
            let partner = dataset.clips[other]
            let share = other == place ? 0 : augmenter.mixupShare(&generator)
            let chance = generator.next()
            let features = try cache.features(
                of: clip,
                variant: " \(augmenter.key) \(chance) \(share) \(partner.path) "
                    + "\(partner.startSeconds)"
            ) { samples in
                var generator = SeededGenerator(seed: chance)
                if share > 0 {
                    let other = try FeatureMaker.samples(of: partner, rateHz: augmenter.rateHz)
                    augmenter.mix(other, share: share, into: &samples)
                }
                augmenter.apply(to: &samples, &generator)
            }
            return ClipVariant(
                features: features,
                mixedClasses: share > 0 ? partner.classes : [],
                mixedShare: share
            )
        }
    }
}

/// A changed variant of a clip.
package struct ClipVariant: Equatable, Sendable {
    /// Its features.
    package let features: ClipFeatures
    /// The classes of the clip that it was mixed with.
    package let mixedClasses: [Int]
    /// The share of the other clip, from 0 to 0.5.
    package let mixedShare: Float
}
