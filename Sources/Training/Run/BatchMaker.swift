import LogMelFeatures
import NeuralNetwork
import SoundDatasets

/// Makes the batches of a training: which clips, which crops, changed how.
///
/// Every patch has random numbers of its own, so the batch does not depend on the threads.
struct BatchMaker {
    /// Each clip as it is and, behind that, its variants.
    private let versions: [[ClipVersion]]
    private let labels: [[Int]]
    private let plan: BatchPlan
    private let classCount: Int
    private let settings: TrainingSettings
    private let scale: FeatureScale
    private let augmenter: Augmenter
    private let crew: WorkerCrew
    private let windowFrames: Int

    /// The sound under another one is surely heard if that is at most so much louder, in dB.
    private static let heardRatioDB: Float = 6

    init(
        _ clips: LoadedClips,
        trainedOn: [Int],
        settings: TrainingSettings,
        frontEnd: FrontEnd
    ) throws(TrainingError) {
        let dataset = clips.dataset
        let labelled = trainedOn.map { dataset.clips[$0] }
        let frameSeconds = Float(frontEnd.hopLength) / Float(frontEnd.sampleRateHz)
        labels = labelled.map(\.classes)
        versions = trainedOn.map { place in
            let isNegative = dataset.isNegative(dataset.clips[place])
            let own = ClipVariant(
                features: clips.features[place],
                mixedClasses: [],
                mixedShare: 0
            )
            return ([own] + clips.variants[place])
                .map { ClipVersion($0, isNegative: isNegative, settings) }
        }
        plan = try BatchPlan(
            dataset,
            clips: labelled,
            seconds: versions.map { Float($0[0].features.frameCount) * frameSeconds },
            settings: settings
        )
        classCount = dataset.classNames.count
        self.settings = settings
        scale = try FeatureScale(frontEnd)
        windowFrames = settings.design.windowFrames
        crew = WorkerCrew(threads: settings.threads)
        augmenter = Augmenter(
            settings: settings.augmentation,
            bandCount: frontEnd.bandCount,
            frameSeconds: frameSeconds
        )
    }

    /// Fills the input of one step.
    ///
    /// - Returns: The targets, [batch, classes].
    func fill(_ input: MutableFloatSlice, step: Int) -> [Float] {
        let targets = FloatMemory(count: settings.batchSize * classCount)
        let order = clipOrder(step: step)
        let patchCount = input.count / settings.batchSize
        crew.forEachPart(of: settings.batchSize) { _, range, _ in
            for place in range {
                fill(
                    input.slice(at: place * patchCount, count: patchCount),
                    targets.slice(at: place * classCount, count: classCount),
                    clip: order[place],
                    SeededGenerator(seed: settings.seed, 2, step, place)
                )
            }
        }
        return targets.toArray()
    }

    /// The clips of a step, kind after kind.
    func clipOrder(step: Int) -> [Int] {
        plan.pools.flatMap { $0.clips(step: step, seed: settings.seed) }
    }

    private func fill(
        _ input: MutableFloatSlice,
        _ target: MutableFloatSlice,
        clip: Int,
        _ generator: SeededGenerator
    ) {
        var generator = generator
        let version = version(of: clip, &generator)
        var patch = crop(version, &generator)
        addBackground(to: &patch, target, isBackground: plan.isBackground[clip], &generator)
        augmenter.apply(to: &patch, &generator)
        var share: Float = 1
        if generator.happens(settings.augmentation.mixupProbability) {
            let other = generator.index(below: versions.count)
            let second = self.version(of: other, &generator)
            var under = crop(second, &generator)
            augmenter.apply(to: &under, &generator)
            let part = generator.beta(settings.augmentation.mixupAlpha)
            share = max(part, 1 - part)
            for index in patch.indices {
                patch[index] = share * patch[index] + (1 - share) * under[index]
            }
            let rest = 1 - share
            add(labels[other], rest * (1 - second.mixedShare), to: target)
            add(second.mixedClasses, rest * second.mixedShare, to: target)
        }
        add(version.mixedClasses, share * version.mixedShare, to: target)
        let own = share * (1 - version.mixedShare)
        if settings.isExclusive {
            add(labels[clip], own, to: target)
        } else {
            for label in labels[clip] { target[label] = max(target[label], own) }
        }
        input.withMutableSpan { span in
            scale.prepare(&patch, into: &span)
            augmenter.mask(
                &span,
                frames: windowFrames,
                isFramesByBands: scale.frontEnd.layout == .framesByBands,
                &generator
            )
        }
    }

    /// Adds what is known of some classes to a patch's targets.
    private func add(_ labels: [Int], _ share: Float, to target: MutableFloatSlice) {
        for label in labels { target[label] = max(target[label], 0) + share }
    }

    /// Mixes a background into a patch; its classes are heard, or perhaps heard if it is soft.
    private func addBackground(
        to patch: inout [Float],
        _ target: MutableFloatSlice,
        isBackground: Bool,
        _ generator: inout SeededGenerator
    ) {
        let augmentation = settings.augmentation
        let probability =
            isBackground
            ? augmentation.secondNegativeProbability : augmentation.backgroundProbability
        let backgrounds = plan.backgrounds
        guard !backgrounds.isEmpty, generator.happens(probability) else { return }
        let other = backgrounds[generator.index(below: backgrounds.count)]
        let ratio = augmenter.addBackground(crop(other, &generator), to: &patch, &generator)
        guard !settings.isExclusive else { return }
        for label in labels[other] {
            target[label] = ratio <= Self.heardRatioDB ? 1 : TrainingLoss.unknown
        }
    }

    /// A window of a clip: the first of some random ones that is loud enough, else the loudest of
    /// them; it may reach over the clip's ends, into silence.
    ///
    /// Frames before it that the front end remembers come first.
    func crop(_ clip: Int, _ generator: inout SeededGenerator) -> [Float] {
        crop(version(of: clip, &generator), &generator)
    }

    /// The clip or one of its variants.
    private func version(of clip: Int, _ generator: inout SeededGenerator) -> ClipVersion {
        let own = versions[clip]
        return own.count == 1 ? own[0] : own[generator.index(below: own.count)]
    }

    private func crop(_ version: ClipVersion, _ generator: inout SeededGenerator) -> [Float] {
        let features = version.features
        var start = 0
        var loudest = -Float.infinity
        for _ in 0..<settings.cropTries {
            let candidate = generator.index(below: features.levels.count)
            let level = features.levels[candidate]
            if level > loudest { (start, loudest) = (candidate, level) }
            if level > version.threshold { break }
        }
        let patch = window(of: features, at: start)
        let reach = settings.augmentation.timeShiftFrames
        guard reach > 0 else { return patch }
        let shifted = window(
            of: features,
            at: start + generator.index(below: 2 * reach + 1) - reach
        )
        // A window that lost most of the sound would carry a label in vain.
        return shifted.reduce(0, +) * 2 > patch.reduce(0, +) ? shifted : patch
    }

    /// The powers of a window and of the frames before it that the front end remembers.
    ///
    /// Where the clip has no frames there is silence; its first frame stands for those that the
    /// front end would remember from before it.
    private func window(of features: ClipFeatures, at start: Int) -> [Float] {
        let bands = features.bandCount
        var patch = [Float](repeating: 0, count: (scale.leadFrames + windowFrames) * bands)
        for place in 0..<scale.leadFrames + windowFrames {
            var frame = start - scale.leadFrames + place
            if frame < 0, start >= 0 { frame = 0 }
            guard (0..<features.frameCount).contains(frame) else { continue }
            for band in 0..<bands {
                patch[place * bands + band] = features.power[frame * bands + band]
            }
        }
        return patch
    }
}

/// A clip, or a variant of one, as batches crop windows from it.
private struct ClipVersion {
    let features: ClipFeatures
    /// The level above which its windows are used.
    let threshold: Float
    /// The classes of the clip that it was mixed with.
    let mixedClasses: [Int]
    /// The share of the other clip.
    let mixedShare: Float

    init(_ variant: ClipVariant, isNegative: Bool, _ settings: TrainingSettings) {
        features = variant.features
        mixedClasses = variant.mixedClasses
        mixedShare = variant.mixedShare
        if let range = settings.loudnessRangeDB, !isNegative {
            threshold = max(settings.gateDBFS, (features.levels.max() ?? 0) - range)
        } else {
            threshold = settings.gateDBFS
        }
    }
}
