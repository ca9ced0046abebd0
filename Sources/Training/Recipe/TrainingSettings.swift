package import LogMelFeatures
import ModelLibrary
package import Settings

/// Everything that decides how a model is trained, the data aside.
package struct TrainingSettings: Equatable, Sendable {
    /// The kind of network.
    package var architecture = Architecture.small
    /// The factor on the network's numbers of channels.
    package var width: Float = 1
    /// From samples to features, instead of the architecture's own.
    package var frontEnd: FrontEnd?
    /// The frames that the network sees at once, instead of the architecture's own number.
    package var windowFrames: Int?
    /// The network that it goes on from, instead of a new one.
    package var continued: ContinuedNetwork?
    /// The number of steps.
    package var steps = 2_500
    /// Patches a step.
    package var batchSize = 64
    /// What all random choices come from.
    package var seed: UInt64 = 1
    /// How many threads share the work; it does not change the result.
    package var threads = 3
    /// Whether classes exclude one another: softmax, otherwise a sigmoid each.
    package var isExclusive = true
    /// Whether several classes may be there at once.
    package var isMultiLabel: Bool {
        get { !isExclusive }
        set { isExclusive = !newValue }
    }
    /// ``seed`` as a number that files hold.
    package var seedNumber: Int {
        get { Int(truncatingIfNeeded: seed) }
        set { seed = UInt64(bitPattern: Int64(newValue)) }
    }
    /// The share of the label that is spread over all classes.
    package var labelSmoothing: Float = 0
    /// How weights are moved.
    package var optimizerName = OptimizerName.adamw
    /// The momentum of gradient descent.
    package var momentum: Float = 0.9
    /// The rate after the warm-up.
    package var peakRate: Float = 3e-3
    /// Steps of warm-up; a tenth of all if nil.
    package var warmUpSteps: Int?
    /// What follows the warm-up.
    package var scheduleName = ScheduleName.cosine
    /// After how many steps the rate of a step schedule falls.
    package var stepInterval = 1_000
    /// What the rate of a step schedule is then multiplied by.
    package var stepFactor: Float = 0.1
    /// The decay of weights, biases and normalisations aside.
    package var weightDecay: Float = 0.02
    /// The longest gradient.
    package var gradientLimit: Float = 5
    /// Decay of the moving average that is kept instead of the last weights; 0 for none.
    package var averageDecay: Float = 0
    /// Windows at or below this level are not trained on, in dBFS.
    package var gateDBFS: Float = -60
    /// How far below a labelled clip's loudest window others may lie; nil for any way.
    package var loudnessRangeDB: Float?
    /// How many places of a clip are tried for one that is loud enough.
    package var cropTries = 8
    /// The share of a batch that is negatives, if there are any.
    package var negativeShare: Float = 0.5
    /// The part of each kind of material; labelled and unlabelled clips if empty.
    package var kinds: [String: KindShare] = [:]
    /// Whether each class is seen as often as any other.
    package var balancesClasses = false
    /// The folders of the models whose probabilities are a part of the targets; ``Teacher/foldMark``
    /// in them stands for the fold that is not trained on.
    package var teachers: [String] = []
    /// The part of the targets that is the mean of the teachers' probabilities.
    package var teacherShare: Float = 0.5
    /// How recordings are changed before features are computed.
    package var waveform = WaveformSettings()
    /// How patches are changed.
    package var augmentation = AugmentationSettings()

    /// Creates the default settings.
    package init() {}

    /// Checks the ranges.
    ///
    /// - Throws: The first setting that is out of range.
    package func validate() throws(TrainingError) {
        let fewest = continued?.isCombined == true ? 0 : 1
        try require("--steps", steps, in: fewest...10_000_000)
        try require("--batch", batchSize, in: 2...4_096)
        try require("--threads", threads, in: 1...64)
        guard peakRate > 0, peakRate <= 10 else {
            throw .invalidSetting(name: "--rate", found: "\(peakRate)", allowed: "above 0 to 10")
        }
        guard width >= 0.1, width <= 16 else {
            throw .invalidSetting(name: "--width", found: "\(width)", allowed: "0.1 to 16")
        }
        if let windowFrames { try require("--window-frames", windowFrames, in: 8...100_000) }
        guard labelSmoothing >= 0, labelSmoothing < 1 else {
            throw .invalidSetting(
                name: "--label-smoothing",
                found: "\(labelSmoothing)",
                allowed: "0 up to 1"
            )
        }
        guard teacherShare >= 0, teacherShare <= 1 else {
            throw .invalidSetting(
                name: "--teacher-share",
                found: "\(teacherShare)",
                allowed: "0 to 1"
            )
        }
    }

    private func require(
        _ name: String,
        _ value: Int,
        in range: ClosedRange<Int>
    ) throws(TrainingError) {
        guard range.contains(value) else {
            throw .invalidSetting(
                name: name,
                found: "\(value)",
                allowed: "\(range.lowerBound) to \(range.upperBound)"
            )
        }
    }

    /// What the network is built for.
    package var design: NetworkDesign {
        NetworkDesign(
            architecture,
            width: width,
            frontEnd: frontEnd,
            windowFrames: windowFrames,
            continued: continued
        )
    }

    /// The loss that fits the classes.
    package var loss: TrainingLoss {
        isExclusive
            ? .softmaxCrossEntropy(labelSmoothing: labelSmoothing)
            : .binaryCrossEntropy(labelSmoothing: labelSmoothing)
    }

    /// How weights are moved, with its constants.
    package var optimizer: Optimizer.Rule {
        switch optimizerName {
        case .adamw: .standard
        case .sgd: .momentum(momentum)
        }
    }

    private var schedule: LearningRateSchedule.Shape {
        switch scheduleName {
        case .constant: .constant
        case .cosine: .cosine
        case .step: .steps(interval: stepInterval, factor: stepFactor)
        }
    }

    /// The rates of all steps.
    package var learningRate: LearningRateSchedule {
        LearningRateSchedule(
            peak: peakRate,
            warmUpSteps: warmUpSteps ?? steps / 10,
            totalSteps: steps,
            shape: schedule
        )
    }
}

/// What part a kind of material has in a training.
package struct KindShare: Equatable, Sendable {
    /// Its share of every batch, against the sum of all shares.
    package var share: Float = 1
    /// Whether it is laid under sounds of classes; nil: if it has no reported class.
    package var isBackground: Bool?

    /// Creates the usual part.
    package init() {}
}

extension TrainingSettings {
    /// The keys of a recipe's section `training`.
    package static let table = SettingsTable<TrainingSettings>([
        .value("architecture", \.architecture, .choice, "The kind of network."),
        .value(
            "width",
            \.width,
            .number(in: 0.1...16),
            "The factor on the network's numbers of channels."
        ),
        .node(
            "front_end",
            \.frontEnd,
            allowed: "a section, see docs/front-ends.md",
            "What the network's input is; the architecture's own if left out.",
            read: { node, path, reading in
                ModelDescription.readFrontEnd(node, path: path, reading: &reading).map(
                    Optional.some
                )
            }
        ),
        .optional(
            "window_frames",
            \.windowFrames,
            .wholeNumber(in: 8...100_000),
            unsaid: "the architecture's",
            "How many frames the network sees at once."
        ),
        .value(
            "multi_label",
            \.isMultiLabel,
            .flag,
            "Whether several classes may be there at once: a sigmoid each instead of a softmax."
        ),
        .value("steps", \.steps, .wholeNumber(in: 1...10_000_000), "The number of steps."),
        .value("batch", \.batchSize, .wholeNumber(in: 2...4_096), "Patches a step."),
        .value(
            "seed",
            \.seedNumber,
            .wholeNumber(in: 0...Int.max),
            "What all random choices come from."
        ),
        .value(
            "label_smoothing",
            \.labelSmoothing,
            .number(in: 0...0.99),
            "The share of a label that is spread over all classes."
        ),
        .value("optimizer", \.optimizerName, .choice, "How weights are moved."),
        .value("momentum", \.momentum, .number(in: 0...0.9999), "The momentum of sgd."),
        .value("rate", \.peakRate, .number(in: 1e-9...10), "The learning rate after the warm-up."),
        .optional(
            "warm_up_steps",
            \.warmUpSteps,
            .wholeNumber(in: 0...10_000_000),
            unsaid: "a tenth of the steps",
            "Steps in which the rate rises from zero."
        ),
        .value("schedule", \.scheduleName, .choice, "What follows the warm-up."),
        .value(
            "step_interval",
            \.stepInterval,
            .wholeNumber(in: 1...10_000_000),
            "After how many steps the rate of schedule step falls."
        ),
        .value(
            "step_factor",
            \.stepFactor,
            .number(in: 1e-6...1),
            "What the rate of schedule step is multiplied by."
        ),
        .value(
            "weight_decay",
            \.weightDecay,
            .number(in: 0...10),
            "The decay of weights, biases and normalisations aside."
        ),
        .value("gradient_limit", \.gradientLimit, .number(in: 1e-6...1e9), "The longest gradient."),
        .value(
            "ema",
            \.averageDecay,
            .number(in: 0...0.999_999),
            "The decay of the moving average that is kept instead of the last weights."
        ),
        .value(
            "gate_dbfs",
            \.gateDBFS,
            .number(in: -120...0),
            "Windows at or below this level are not trained on."
        ),
        .optional(
            "loudness_range_db",
            \.loudnessRangeDB,
            .number(in: 0...120),
            unsaid: "no limit",
            "How far below a labelled recording's loudest window others may lie."
        ),
        .value(
            "crop_tries",
            \.cropTries,
            .wholeNumber(in: 1...1_000),
            "How many places of a recording are tried for one that is loud enough."
        ),
        .value(
            "negative_share",
            \.negativeShare,
            .number(in: 0...0.99),
            "The share of a batch that is of no reported class, where no kinds are given."
        ),
        .value(
            "balance_classes",
            \.balancesClasses,
            .flag,
            "Whether each class is seen as often as any other, whatever its recordings."
        ),
        .value(
            "teachers",
            \.teachers,
            .paths,
            "Models whose probabilities are a part of the targets."
        ),
        .value(
            "teacher_share",
            \.teacherShare,
            .number(in: 0...1),
            "The part of the targets that is the mean of the teachers' probabilities."
        ),
    ])
}
