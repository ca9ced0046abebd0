import SoundDatasets

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
