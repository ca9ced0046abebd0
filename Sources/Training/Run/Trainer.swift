import GradientKernels
package import LogMelFeatures
package import ONNXFormat
import SoundDatasets

/// One training, step by step.
package final class Trainer {
    /// What all steps are made with.
    package let settings: TrainingSettings
    /// The front end with the normalisation of the training clips.
    package let frontEnd: FrontEnd
    private let plan: TrainingPlan
    private let input: FloatRun
    private let batches: BatchMaker
    private let optimizer: Optimizer
    private let average: WeightAverage?
    private let classCount: Int
    private var gradient: [Float]

    /// Prepares a training.
    ///
    /// - Parameters:
    ///   - clips: All clips.
    ///   - trainedOn: The places of those that are trained on; others are not looked at.
    ///   - settings: How to train.
    /// - Throws: What cannot be trained.
    package init(
        _ clips: LoadedClips,
        trainedOn: [Int],
        settings: TrainingSettings
    ) throws(TrainingError) {
        try settings.validate()
        self.settings = settings
        let gate = settings.gateDBFS
        let audible = trainedOn.filter { place in
            clips.features[place].levels.contains { $0 > gate }
        }
        guard audible.contains(where: { !clips.dataset.isNegative(clips.dataset.clips[$0]) }) else {
            throw .unusableDataset(
                path: clips.dataset.clips.first?.path ?? "",
                reason: "no recording has a window above \(gate) dBFS"
            )
        }
        frontEnd = try NormalisationFit.fit(
            settings.design.frontEnd,
            to: audible.map { clips.features[$0] }
        )
        classCount = clips.dataset.classNames.count
        plan = try TrainingPlan(
            settings.design.network(classCount: classCount, seed: settings.seed),
            inputShapes: [
                Architecture.inputName: settings.design.inputShape(batch: settings.batchSize)
            ],
            output: Architecture.logitsName,
            threads: settings.threads
        )
        input = try plan.input(Architecture.inputName)
        batches = try BatchMaker(
            clips,
            trainedOn: audible,
            settings: settings,
            frontEnd: frontEnd
        )
        optimizer = Optimizer(
            settings.optimizer,
            weightDecay: settings.weightDecay,
            weights: plan.weights
        )
        average =
            settings.averageDecay > 0
            ? WeightAverage(decay: settings.averageDecay, of: plan.weights + plan.statistics) : nil
        gradient = [Float](repeating: 0, count: settings.batchSize * classCount)
    }

    /// The number of steps made.
    package var stepCount: Int { optimizer.stepCount }

    /// The number of numbers that are trained.
    package var parameterCount: Int { plan.parameterCount }

    /// Makes one step.
    package func step() -> StepReport {
        let number = optimizer.stepCount
        let targets = batches.fill(input, step: number)
        plan.forward(isTraining: true, seed: settings.seed &+ UInt64(number))
        let logits = plan.output.values.array
        let loss = settings.loss.evaluate(
            logits: logits,
            targets: targets,
            classCount: classCount,
            gradient: &gradient
        )
        plan.output.gradient?.all.update(from: gradient)
        plan.backward()
        optimizer.clipGradients(to: settings.gradientLimit)
        optimizer.step(rate: settings.learningRate.rate(at: number))
        average?.update()
        return StepReport(
            step: number + 1,
            loss: loss,
            accuracy: accuracy(logits, targets)
        )
    }

    private func accuracy(_ logits: [Float], _ targets: [Float]) -> Double {
        if classCount == 1 {
            let right = zip(logits, targets).count { ($0 > 0) == ($1 > 0.5) }
            return Double(right) / Double(settings.batchSize)
        }
        var (right, labelled) = (0, 0)
        for row in 0..<settings.batchSize {
            let range = row * classCount..<(row + 1) * classCount
            guard targets[range].contains(where: { $0 > 0 }) else { continue }
            labelled += 1
            if Scores.best(logits[range]) == Scores.best(targets[range]) { right += 1 }
        }
        return Double(right) / Double(max(labelled, 1))
    }

    /// The network with the weights so far, as it is trained.
    package var network: Model {
        average?.exchange()
        defer { average?.exchange() }
        return plan.model
    }

    /// Scores whole clips with the weights so far.
    ///
    /// - Returns: For each clip the probabilities of all its windows.
    package func score(_ features: [ClipFeatures]) throws(TrainingError) -> [ClipScores] {
        average?.exchange()
        defer { average?.exchange() }
        let scale = try FeatureScale(frontEnd)
        let patchCount = input.count / settings.batchSize
        let windowCount = settings.design.windowFrames * frontEnd.bandCount
        var windows: [(clip: Int, frame: Int)] = []
        for (clip, features) in features.enumerated() {
            let hop = settings.design.hopFrames
            for frame in stride(from: 0, to: features.levels.count, by: hop) {
                windows.append((clip, frame))
            }
        }
        let crew = WorkerCrew(threads: settings.threads)
        let frames = compressed(features, scale)
        var scores = features.map { _ in ClipScores(windows: [], levels: []) }
        for start in stride(from: 0, to: windows.count, by: settings.batchSize) {
            let batch = windows[start..<min(start + settings.batchSize, windows.count)]
            crew.forEachPart(of: batch.count) { _, range, _ in
                for place in range {
                    let (clip, frame) = batch[start + place]
                    let first = frame * frontEnd.bandCount
                    let patch = Array(frames[clip][first..<first + windowCount])
                    input.run(at: place * patchCount, count: patchCount)
                        .withMutableSpan { scale.layOut(patch, into: &$0) }
                }
            }
            plan.forward(isTraining: false)
            let logits = plan.output.values.array
            for (place, window) in batch.enumerated() {
                let row = Array(logits[place * classCount..<(place + 1) * classCount])
                scores[window.clip].windows.append(
                    settings.isExclusive ? Scores.softmax(row) : Scores.sigmoid(row)
                )
                scores[window.clip].levels.append(features[window.clip].levels[window.frame])
            }
        }
        return scores
    }

    /// Whole clips on the network's scale, as the monitor computes them from their beginning; silence
    /// follows those that are shorter than a window.
    private func compressed(
        _ features: [ClipFeatures],
        _ scale: FeatureScale
    ) -> [[Float]] {
        let windowCount = settings.design.windowFrames * frontEnd.bandCount
        return features.map { clip in
            var frames = clip.power
            let missing = windowCount - frames.count
            if missing > 0 { frames += [Float](repeating: 0, count: missing) }
            scale.compress(&frames)
            return frames
        }
    }

    /// Weights, running averages and optimizer, to go on from later.
    func tensors() -> [(name: String, buffer: FloatBuffer)] {
        let tensors = plan.weights + plan.statistics
        let state = optimizer.state.enumerated().map { ("optimizer.\($0.offset)", $0.element) }
        return tensors.map { ($0.name, $0.values) } + state
    }

    /// Says that ``tensors()`` were filled with those after so many steps.
    func resume(after stepCount: Int) {
        optimizer.restore(optimizer.state.map(\.array), stepCount: stepCount)
    }
}
