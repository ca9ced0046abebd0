package import LogMelFeatures
package import NeuralNetwork
import SoundDatasets

/// One training, step by step.
package final class Trainer {
    /// What all steps are made with.
    package let settings: TrainingSettings
    /// The front end with the normalisation of the training clips.
    package let frontEnd: FrontEnd
    private let plan: TrainingPlan
    private let input: MutableFloatSlice
    private let batches: BatchMaker
    private let optimizer: Optimizer
    private let average: WeightAverage?
    /// Whose probabilities are a part of the targets.
    package let teachers: [Teacher]
    private let panel: TeacherPanel?
    private let groupPanel: GroupPanel?
    private let classCount: Int
    private var gradient: [Float]
    /// What every step so far gave.
    package private(set) var history: [StepReport] = []
    /// The mean loss of the last steps, older ones counting less and less.
    private var runningLoss = Double.infinity
    private var best: (loss: Double, network: Model)?

    /// Prepares a training.
    ///
    /// - Parameters:
    ///   - clips: All clips.
    ///   - trainedOn: The indices of those that are trained on; others are ignored.
    ///   - settings: How to train.
    ///   - teachers: Whose probabilities are a part of the targets.
    /// - Throws: What cannot be trained.
    package init(
        _ clips: LoadedClips,
        trainedOn: [Int],
        settings: TrainingSettings,
        teachers: [Teacher] = []
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
        // A continued network keeps the normalisation that it was trained with.
        if let continued = settings.continued {
            frontEnd = continued.frontEnd
        } else {
            frontEnd = try NormalisationFit.fit(
                settings.design.frontEnd,
                to: audible.map { clips.features[$0] }
            )
        }
        classCount = clips.dataset.classNames.count
        plan = try Self.plan(settings, classCount: classCount)
        input = try plan.input(Architecture.inputName)
        batches = try BatchMaker(
            clips,
            trainedOn: audible,
            settings: settings,
            frontEnd: frontEnd
        )
        self.teachers = teachers
        panel =
            teachers.isEmpty
            ? nil : try TeacherPanel(teachers, settings: settings, frontEnd: frontEnd)
        groupPanel = try settings.continued?.teacher.map { teacher throws(TrainingError) in
            try GroupPanel(
                teacher,
                shape: settings.design.inputShape(batch: 1),
                threads: settings.threads
            )
        }
        optimizer = Optimizer(
            settings.optimizer,
            weightDecay: settings.weightDecay,
            hold: settings.continued == nil ? 0 : settings.hold,
            weights: plan.weights,
            isHeld: { !ContinuedNetwork.isNew($0) }
        )
        average =
            settings.averageDecay > 0
            ? WeightAverage(decay: settings.averageDecay, of: plan.weights + plan.statistics) : nil
        gradient = [Float](repeating: 0, count: settings.batchSize * classCount)
    }

    /// Plans a new network.
    ///
    /// - Throws: That its windows hold too little for its layers.
    private static func plan(
        _ settings: TrainingSettings,
        classCount: Int
    ) throws(TrainingError) -> TrainingPlan {
        let design = settings.design
        do {
            return try TrainingPlan(
                design.network(classCount: classCount, seed: settings.seed),
                inputShapes: [
                    Architecture.inputName: design.inputShape(batch: settings.batchSize)
                ],
                output: Architecture.logitsName,
                threads: settings.threads,
                isTrainable: { settings.continued?.isTrainable($0) ?? true }
            )
        } catch {
            guard settings.continued == nil else { throw error }
            throw .unsuitableWindow(
                architecture: design.architecture.rawValue,
                frames: design.windowFrames,
                bands: design.frontEnd.bandCount
            )
        }
    }

    /// The number of steps made.
    package var stepCount: Int { optimizer.stepCount }

    /// The number of weights that are trained.
    package var parameterCount: Int { plan.parameterCount }

    /// Makes one step.
    package func step() -> StepReport {
        let number = optimizer.stepCount
        let labels = batches.fill(input, step: number)
        var targets = labels
        if let groupPanel {
            targets = groupPanel.targets(targets, input: input.readOnly, batch: settings.batchSize)
        }
        if let panel {
            targets = panel.targets(targets, input: input.readOnly, batch: settings.batchSize)
        }
        plan.forward(isTraining: true, seed: settings.seed &+ UInt64(number))
        let logits = plan.output.values.toArray()
        let loss = settings.loss.evaluate(
            logits: logits,
            targets: targets,
            classCount: classCount,
            gradient: &gradient
        )
        plan.output.gradient?.slice.update(from: gradient.span)
        plan.backward()
        let report = StepReport(
            step: number + 1,
            loss: loss,
            accuracy: accuracy(logits, labels)
        )
        // The loss is that of the weights before this step moves them.
        record(report)
        optimizer.clipGradients(to: settings.gradientLimit)
        optimizer.step(rate: settings.learningRate.rate(at: number))
        average?.update()
        return report
    }

    /// Adds a step to the history, and saves the weights if the running loss is the lowest so far.
    private func record(_ report: StepReport) {
        history.append(report)
        runningLoss += runningLoss.isFinite ? (report.loss - runningLoss) * 0.05 : 0
        if !runningLoss.isFinite { runningLoss = report.loss }
        guard report.step % max(settings.steps / 50, 1) == 0, report.step < settings.steps,
            runningLoss < best?.loss ?? .infinity
        else { return }
        best = (runningLoss, network)
    }

    /// The network with the last step's weights, or, if not all steps were made, with those of the
    /// lowest loss so far.
    package var bestNetwork: Model {
        guard stepCount < settings.steps, let best, best.loss < runningLoss else { return network }
        return best.network
    }

    private func accuracy(_ logits: [Float], _ labels: [Float]) -> Double {
        if classCount == 1 {
            let right = zip(logits, labels).count { ($0 > 0) == ($1 > 0.5) }
            return Double(right) / Double(settings.batchSize)
        }
        var (right, labelled) = (0, 0)
        for row in 0..<settings.batchSize {
            let range = row * classCount..<(row + 1) * classCount
            guard labels[range].contains(where: { $0 > 0 }) else { continue }
            labelled += 1
            if Scores.best(logits[range]) == Scores.best(labels[range]) { right += 1 }
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
                    input.slice(at: place * patchCount, count: patchCount)
                        .withMutableSpan { scale.layOut(patch, into: &$0) }
                }
            }
            plan.forward(isTraining: false)
            let logits = plan.output.values.toArray()
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

    /// Weights, running averages and the optimizer's averages, to continue from later.
    func tensors() -> [(name: String, buffer: FloatMemory)] {
        let tensors = plan.weights + plan.statistics
        let state = optimizer.state.enumerated().map { ("optimizer.\($0.offset)", $0.element) }
        let averages = (average?.state ?? []).enumerated().map {
            ("average.\($0.offset)", $0.element)
        }
        return tensors.map { ($0.name, $0.values) } + state + averages
    }

    /// Continues after a number of steps; ``tensors()`` have been filled already.
    func resume(after stepCount: Int, history: [StepReport]) {
        self.history = history
        optimizer.restore(optimizer.state.map { $0.toArray() }, stepCount: stepCount)
    }
}

/// What came out of one step of training.
package struct StepReport: Equatable, Sendable {
    /// The number of the step, from 1.
    package let step: Int
    /// The mean loss of the batch.
    package let loss: Double
    /// The share of the labelled patches whose highest score is the label; of one class, the share
    /// of all patches on the right side of one half.
    package let accuracy: Double
}
