import GradientKernels
import LogMelFeatures

/// Makes the batches of a training: which clips, which crops, changed how.
///
/// Every patch has random numbers of its own, so the batch does not depend on the threads.
struct BatchMaker {
    private let clips: [ClipFeatures]
    private let labels: [[Int]]
    private let classCount: Int
    private let settings: TrainingSettings
    private let scale: FeatureScale
    private let augmenter: Augmenter
    private let crew: WorkerCrew
    private let windowFrames: Int

    init(
        _ clips: LoadedClips,
        trainedOn: [Int],
        settings: TrainingSettings,
        frontEnd: FrontEnd
    ) throws(TrainingError) {
        self.clips = trainedOn.map { clips.features[$0] }
        labels = trainedOn.map { clips.dataset.clips[$0].classes }
        classCount = clips.dataset.classNames.count
        self.settings = settings
        scale = try FeatureScale(frontEnd)
        windowFrames = settings.architecture.windowFrames
        crew = WorkerCrew(threads: settings.threads)
        augmenter = Augmenter(
            settings: settings.augmentation,
            bandCount: frontEnd.bandCount,
            frameSeconds: Float(frontEnd.hopLength) / Float(frontEnd.sampleRateHz)
        )
    }

    /// Fills the input of one step.
    ///
    /// - Returns: The targets, [batch, classes].
    func fill(_ input: FloatRun, step: Int) -> [Float] {
        let targets = FloatBuffer(count: settings.batchSize * classCount)
        let order = clipOrder(step: step)
        let patchCount = input.count / settings.batchSize
        crew.forEachPart(of: settings.batchSize) { _, range, _ in
            for place in range {
                fill(
                    input.run(at: place * patchCount, count: patchCount),
                    targets.all.run(at: place * classCount, count: classCount),
                    clip: order[place],
                    SeededGenerator(seed: settings.seed, 2, step, place)
                )
            }
        }
        return targets.array
    }

    /// The clips of a step: each epoch goes once through all of them in random order.
    private func clipOrder(step: Int) -> [Int] {
        var epoch = -1
        var order: [Int] = []
        return (0..<settings.batchSize).map { place in
            let (thisEpoch, index) = (step * settings.batchSize + place)
                .quotientAndRemainder(dividingBy: clips.count)
            if thisEpoch != epoch {
                var generator = SeededGenerator(seed: settings.seed, 1, thisEpoch)
                order = generator.permutation(clips.count)
                epoch = thisEpoch
            }
            return order[index]
        }
    }

    private func fill(
        _ input: FloatRun,
        _ target: FloatRun,
        clip: Int,
        _ generator: SeededGenerator
    ) {
        var generator = generator
        var patch = crop(clip, &generator)
        augmenter.apply(to: &patch, &generator)
        var share: Float = 1
        if generator.happens(settings.augmentation.mixupProbability) {
            let other = generator.index(below: clips.count)
            var second = crop(other, &generator)
            augmenter.apply(to: &second, &generator)
            let part = generator.beta(settings.augmentation.mixupAlpha)
            share = max(part, 1 - part)
            for index in patch.indices {
                patch[index] = share * patch[index] + (1 - share) * second[index]
            }
            for label in labels[other] { target[label] += 1 - share }
        }
        for label in labels[clip] {
            target[label] = settings.isExclusive ? target[label] + share : max(target[label], share)
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

    /// A window of a clip: the first of some random ones above the gate, else the loudest of them.
    func crop(_ clip: Int, _ generator: inout SeededGenerator) -> [Float] {
        let features = clips[clip]
        let bands = features.bandCount
        var start = 0
        var loudest = -Float.infinity
        for _ in 0..<settings.cropTries {
            let candidate = generator.index(below: features.levels.count)
            let level = features.levels[candidate]
            if level > loudest { (start, loudest) = (candidate, level) }
            if level > settings.gateDBFS { break }
        }
        let end = min((start + windowFrames) * bands, features.power.count)
        var patch = Array(features.power[start * bands..<end])
        patch += [Float](repeating: 0, count: windowFrames * bands - patch.count)
        return patch
    }
}
