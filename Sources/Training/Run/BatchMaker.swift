import GradientKernels
import LogMelFeatures

/// Makes the batches of a training: which clips, which crops, changed how.
///
/// Every patch has random numbers of its own, so the batch does not depend on the threads.
struct BatchMaker {
    private let clips: [ClipFeatures]
    private let labels: [[Int]]
    /// The places of clips with and without a label.
    private let positives: [Int]
    private let negatives: [Int]
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
        positives = labels.indices.filter { [labels] in !labels[$0].isEmpty }
        negatives = labels.indices.filter { [labels] in labels[$0].isEmpty }
        classCount = clips.dataset.classNames.count
        self.settings = settings
        scale = try FeatureScale(frontEnd)
        windowFrames = settings.design.windowFrames
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

    /// The clips of a step, labelled ones first.
    func clipOrder(step: Int) -> [Int] {
        let share = Float(settings.batchSize) * settings.negativeShare
        let negativeCount = negatives.isEmpty ? 0 : min(Int(share), settings.batchSize - 1)
        let positiveCount = settings.batchSize - negativeCount
        return turns(positives, count: positiveCount, step: step, stream: 1)
            + turns(negatives, count: negativeCount, step: step, stream: 3)
    }

    /// Some of the places: each epoch goes once through all of them in random order.
    private func turns(_ places: [Int], count: Int, step: Int, stream: Int) -> [Int] {
        var epoch = -1
        var order: [Int] = []
        return (0..<count).map { turn in
            let (thisEpoch, index) = (step * count + turn)
                .quotientAndRemainder(dividingBy: places.count)
            if thisEpoch != epoch {
                var generator = SeededGenerator(seed: settings.seed, stream, thisEpoch)
                order = generator.permutation(places.count)
                epoch = thisEpoch
            }
            return places[order[index]]
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
        addBackground(to: &patch, isNegative: labels[clip].isEmpty, &generator)
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

    private func addBackground(
        to patch: inout [Float],
        isNegative: Bool,
        _ generator: inout SeededGenerator
    ) {
        let augmentation = settings.augmentation
        let probability =
            isNegative
            ? augmentation.secondNegativeProbability : augmentation.backgroundProbability
        guard !negatives.isEmpty, generator.happens(probability) else { return }
        let other = negatives[generator.index(below: negatives.count)]
        augmenter.addBackground(crop(other, &generator), to: &patch, &generator)
    }

    /// A window of a clip: the first of some random ones above the gate, else the loudest of them.
    ///
    /// Frames before it that the front end remembers come first; the clip's first frame stands for
    /// those before the clip.
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
        let first = max(start - scale.leadFrames, 0)
        let missingLead = scale.leadFrames - (start - first)
        var patch: [Float] = []
        for _ in 0..<missingLead { patch += features.power[..<bands] }
        patch += features.power[first * bands..<end]
        let patchFrames = scale.leadFrames + windowFrames
        patch += [Float](repeating: 0, count: max(patchFrames * bands - patch.count, 0))
        return patch
    }
}
