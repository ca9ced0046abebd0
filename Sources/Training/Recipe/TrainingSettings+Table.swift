import LogMelFeatures
import ModelLibrary
package import Settings

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
