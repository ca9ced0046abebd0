import Foundation
package import LogMelFeatures
import ModelLibrary
package import Settings

/// Everything that decides how a model is trained, the data aside.
///
/// ``table`` says what each setting is.
package struct TrainingSettings: Equatable, Sendable {
    package var architecture = Architecture.small
    package var width: Float = 1
    package var frontEnd: FrontEnd?
    package var windowFrames: Int?
    /// The network to continue from, instead of a new one.
    package var continued: ContinuedNetwork?
    package var steps = 2_500
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
    package var labelSmoothing: Float = 0
    package var optimizerName = OptimizerName.adamw
    package var momentum: Float = 0.9
    package var peakRate: Float = 3e-3
    /// Steps of warm-up; a tenth of all if nil.
    package var warmUpSteps: Int?
    package var scheduleName = ScheduleName.cosine
    package var stepInterval = 1_000
    package var stepFactor: Float = 0.1
    package var weightDecay: Float = 0.02
    /// How strongly the weights of a continued network are pulled to where they began.
    package var hold: Float = 0
    package var gradientLimit: Float = 5
    /// Decay of the moving average of weights that is saved; 0 to save the last weights.
    package var averageDecay: Float = 0
    package var gateDBFS: Float = -60
    /// How far below a labelled clip's loudest window others may lie; nil for any way.
    package var loudnessRangeDB: Float?
    package var cropTries = 8
    package var negativeShare: Float = 0.5
    /// The part of each kind of material; labelled and unlabelled clips if empty.
    package var kinds: [String: KindShare] = [:]
    package var balancesClasses = false
    /// The folders of the models whose probabilities are a part of the targets; ``Teacher/foldMark``
    /// in them stands for the fold that is not trained on.
    package var teachers: [String] = []
    package var teacherShare: Float = 0.5
    /// The share of windows in which each class is taken to be heard when scores are calibrated; nil:
    /// as in the calibration folds.
    package var calibrationShare: Float?
    /// Which classes of the network that is continued from make each class, by name.
    package var groups: [String: [String]] = [:]
    /// How the model's file stores its weights.
    package var storedWeights = StoredWeights.float32
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
        func require<Value: Comparable>(
            _ name: String,
            _ value: Value,
            in range: ClosedRange<Value>,
            _ allowed: String? = nil
        ) throws(TrainingError) {
            guard !range.contains(value) else { return }
            throw .invalidSetting(
                name: name,
                found: "\(value)",
                allowed: allowed ?? "\(range.lowerBound) to \(range.upperBound)"
            )
        }
        let fewest = continued?.isCombined == true ? 0 : 1
        try require("--steps", steps, in: fewest...10_000_000)
        try require("--batch", batchSize, in: 2...4_096)
        try require("--threads", threads, in: 1...64)
        try require("--rate", peakRate, in: Float.leastNonzeroMagnitude...10, "above 0 to 10")
        try require("--width", width, in: 0.1...16, "0.1 to 16")
        if let windowFrames { try require("--window-frames", windowFrames, in: 8...100_000) }
        try require("--label-smoothing", labelSmoothing, in: 0...Float(1).nextDown, "0 up to 1")
        try require("--teacher-share", teacherShare, in: 0...1, "0 to 1")
    }

    /// Every setting but the number of threads, one `key=value` a line.
    ///
    /// Caches and interrupted trainings are told apart by it, so a key keeps its name and a value its
    /// form; where either changes, ``Fingerprint/version`` does.
    var identity: String {
        var lines = Self.table.values(of: self, path: "training").map { "\($0.key)=\($0.text)" }
        lines.append("training.front_end=\(frontEnd.map(Fingerprint.text) ?? "")")
        lines.append("continued=\(continued?.identity ?? "")")
        for (name, members) in groups.sorted(by: { $0.key < $1.key }) {
            lines.append("groups.\(name)=\(members.joined(separator: ";"))")
        }
        lines += WaveformSettings.table.values(of: waveform, path: "waveform")
            .map { "\($0.key)=\($0.text)" }
        lines += AugmentationSettings.table.values(of: augmentation, path: "augmentation")
            .map { "\($0.key)=\($0.text)" }
        for (kind, share) in kinds.sorted(by: { $0.key < $1.key }) {
            lines += KindShare.table.values(of: share, path: "kinds.\(kind)")
                .map { "\($0.key)=\($0.text)" }
        }
        return lines.joined(separator: "\n")
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
    var loss: TrainingLoss {
        isExclusive
            ? .softmaxCrossEntropy(labelSmoothing: labelSmoothing)
            : .binaryCrossEntropy(labelSmoothing: labelSmoothing)
    }

    /// How weights are moved, with its constants.
    var optimizer: Optimizer.Rule {
        switch optimizerName {
        case .adamw: .standard
        case .sgd: .momentum(momentum)
        }
    }

    /// The rates of all steps.
    var learningRate: LearningRateSchedule {
        LearningRateSchedule(
            peak: peakRate,
            warmUpSteps: warmUpSteps ?? steps / 10,
            totalSteps: steps,
            name: scheduleName,
            stepInterval: stepInterval,
            stepFactor: stepFactor
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

    /// The keys of an element of `kinds`.
    package static let table = SettingsTable<KindShare>([
        .value(
            "share",
            \.share,
            .number(in: 0...1_000),
            "The share of every batch, relative to the sum of all shares."
        ),
        .optional(
            "background",
            \.isBackground,
            .flag,
            unsaid: "true for recordings of no reported class",
            "Whether it may be a background for sounds of classes."
        ),
    ])
}

extension TrainingSettings {
    private static let frontEndRow = SettingsRow<TrainingSettings>.node(
        "front_end",
        \.frontEnd,
        allowed: "a section, see docs/front-ends.md",
        "What the network's input is; the architecture's own if left out.",
        read: { node, path, reading in
            ModelDescription.readFrontEnd(node, path: path, reading: &reading)
                .map(Optional.some)
        }
    )

    /// Chooses a front end.
    ///
    /// - Parameter name: The name of a preset, or the path of a YAML file with the section `front_end`
    ///   of a `model.yaml`.
    /// - Throws: That there is neither, or the first problem of the file with its line.
    package mutating func setFrontEnd(_ name: String) throws(TrainingError) {
        if let preset = Preset(rawValue: name) {
            frontEnd = preset.frontEnd
            return
        }
        guard let text = try? String(contentsOf: URL(fileURLWithPath: name), encoding: .utf8) else {
            let presets = Preset.allCases.map(\.rawValue).joined(separator: ", ")
            throw .unsupportedFrontEnd(
                reason: "'\(name)' is neither a file nor one of the presets \(presets)"
            )
        }
        let table = SettingsTable([Self.frontEndRow.required])
        if let problem = table.problems(of: text, file: name, into: &self).first {
            throw .unsupportedFrontEnd(reason: problem.description)
        }
    }

    /// The keys of a recipe's section `training`.
    package static let table = SettingsTable<TrainingSettings>([
        .value("architecture", \.architecture, .choice, "The kind of network."),
        .value("width", \.width, .number(in: 0.1...16), "Factor on the network's channel counts."),
        frontEndRow,
        .optional(
            "window_frames",
            \.windowFrames,
            .wholeNumber(in: 8...100_000),
            unsaid: "the architecture's",
            "The number of frames in a window."
        ),
        .value(
            "multi_label",
            \.isMultiLabel,
            .flag,
            "Whether classes can occur together (sigmoids instead of a softmax)."
        ),
        .value("steps", \.steps, .wholeNumber(in: 1...10_000_000), "The number of steps."),
        .value("batch", \.batchSize, .wholeNumber(in: 2...4_096), "Patches per step."),
        .value(
            "seed",
            \.seedNumber,
            .wholeNumber(in: 0...Int.max),
            "The seed of all random choices."
        ),
        .value(
            "label_smoothing",
            \.labelSmoothing,
            .number(in: 0...0.99),
            "Label smoothing: the share of a label spread over all classes."
        ),
        .value("optimizer", \.optimizerName, .choice, "The optimizer."),
        .value("momentum", \.momentum, .number(in: 0...0.9999), "The momentum of sgd."),
        .value("rate", \.peakRate, .number(in: 1e-9...10), "The learning rate after the warm-up."),
        .optional(
            "warm_up_steps",
            \.warmUpSteps,
            .wholeNumber(in: 0...10_000_000),
            unsaid: "a tenth of the steps",
            "Steps over which the rate rises from zero."
        ),
        .value("schedule", \.scheduleName, .choice, "The rate schedule after the warm-up."),
        .value(
            "step_interval",
            \.stepInterval,
            .wholeNumber(in: 1...10_000_000),
            "Schedule step: steps between two reductions of the rate."
        ),
        .value(
            "step_factor",
            \.stepFactor,
            .number(in: 1e-6...1),
            "Schedule step: the factor on the rate."
        ),
        .value(
            "weight_decay",
            \.weightDecay,
            .number(in: 0...10),
            "Weight decay (not on biases and normalisations)."
        ),
        .value(
            "hold",
            \.hold,
            .number(in: 0...1e6),
            "How strongly the weights of a continued network are pulled to where they began."
        ),
        .value(
            "gradient_limit",
            \.gradientLimit,
            .number(in: 1e-6...1e9),
            "The largest gradient norm."
        ),
        .value(
            "ema",
            \.averageDecay,
            .number(in: 0...0.999_999),
            "Decay of the moving average of weights that is saved."
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
            "How far below a recording's loudest window its other windows may be."
        ),
        .value(
            "crop_tries",
            \.cropTries,
            .wholeNumber(in: 1...1_000),
            "How many random positions are tried for a window that is loud enough."
        ),
        .value(
            "negative_share",
            \.negativeShare,
            .number(in: 0...0.99),
            "The share of negatives in a batch, if no kinds are given."
        ),
        .value(
            "balance_classes",
            \.balancesClasses,
            .flag,
            "Whether every class is drawn equally often."
        ),
        .value("teachers", \.teachers, .paths, "Teacher models (distillation)."),
        .value(
            "teacher_share",
            \.teacherShare,
            .number(in: 0...1),
            "The share of the teachers' mean probability in the targets."
        ),
        .optional(
            "calibration_share",
            \.calibrationShare,
            .number(in: 0.001...0.999),
            unsaid: "as in the calibration folds",
            "The share of windows in which each class is taken to be heard when scores are calibrated."
        ),
        .value(
            "stored_weights",
            \.storedWeights,
            .choice,
            "How the model's file stores its weights."
        ),
    ])
}
