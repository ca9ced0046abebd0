/// A clip, or a variant of one, as batches take windows of it.
struct ClipTake {
    let features: ClipFeatures
    /// The level above which its windows are taken.
    let threshold: Float
    /// The classes of the clip that it was mixed with.
    let mixedClasses: [Int]
    /// The share of the other clip.
    let mixedShare: Float

    init(_ features: ClipFeatures, isNegative: Bool, _ settings: TrainingSettings) {
        self.init(features, isNegative, settings, mixedClasses: [], mixedShare: 0)
    }

    init(_ variant: ClipVariant, isNegative: Bool, _ settings: TrainingSettings) {
        self.init(
            variant.features,
            isNegative,
            settings,
            mixedClasses: variant.mixedClasses,
            mixedShare: variant.mixedShare
        )
    }

    private init(
        _ features: ClipFeatures,
        _ isNegative: Bool,
        _ settings: TrainingSettings,
        mixedClasses: [Int],
        mixedShare: Float
    ) {
        self.features = features
        self.mixedClasses = mixedClasses
        self.mixedShare = mixedShare
        if let range = settings.loudnessRangeDB, !isNegative {
            threshold = max(settings.gateDBFS, (features.levels.max() ?? 0) - range)
        } else {
            threshold = settings.gateDBFS
        }
    }
}
