import ArgumentParser
import Foundation
import ModelLibrary
import Training

/// The options of `earwitness train` that decide how the network is trained; each is stronger than
/// the recipe.
struct TrainingOptions: ParsableArguments {
    @Option(help: "The kind of network.") var architecture: Architecture?
    @Option(help: "Factor on the network's channel counts.") var width: Float?
    @Option(
        help: ArgumentHelp(
            "A preset, or a file with a section front_end, instead of the architecture's own.",
            valueName: "front-end"
        )
    )
    var frontEnd: String?
    @Option(help: "The number of frames in a window, instead of its own number.")
    var windowFrames: Int?
    @Option(
        help: ArgumentHelp(
            "A trained model to continue from, with a new last layer: a folder or an ONNX or "
                + "TFLite file.",
            valueName: "model"
        )
    )
    var continueFrom: String?
    @Option(
        help: ArgumentHelp("How many of its first layers are frozen.", valueName: "layers")
    )
    var freeze: Int?
    @Option(
        help: ArgumentHelp(
            "The names of its classes, for a recipe's groups: a file with a line or CSV row a "
                + "class. A model folder has its own.",
            valueName: "file"
        )
    )
    var labels: String?
    @Option(
        help: ArgumentHelp(
            "A model to combine with others: the new one averages their logits and is trained "
                + "further only with --steps; repeat for each.",
            valueName: "model"
        )
    )
    var combine: [String] = []
    @Option(help: "The number of steps.") var steps: Int?
    @Option(help: "The number of epochs, instead of --steps.") var epochs: Int?
    @Option(help: "Patches per step.") var batch: Int?
    @Option(help: "The seed of all random choices.") var seed: UInt64?
    @Option(help: "The number of threads; the result does not depend on it.") var threads: Int?
    @Option(help: "The optimizer.") var optimizer: OptimizerName?
    @Option(help: "The momentum of sgd.") var momentum: Float?
    @Option(help: "The learning rate after the warm-up.") var rate: Float?
    @Option(help: "Steps over which the rate rises from zero.") var warmUp: Int?
    @Option(help: "The rate schedule after the warm-up.") var schedule: ScheduleName?
    @Option(help: "Schedule step: steps between two reductions of the rate.") var stepInterval: Int?
    @Option(help: "Schedule step: the factor on the rate.") var stepFactor: Float?
    @Option(help: "Weight decay (not on biases and normalisations).") var weightDecay: Float?
    @Option(help: "The largest gradient norm.") var gradientLimit: Float?
    @Option(help: "Decay of the moving average of weights that is saved.")
    var ema: Float?
    @Option(help: "Label smoothing: the share of a label spread over all classes.")
    var labelSmoothing: Float?
    @Option(
        help: ArgumentHelp(
            "A model whose probabilities are a part of the targets, of the same front end, window "
                + "and classes; may be repeated; {fold} in it is the fold that is tested.",
            valueName: "model"
        )
    )
    var teacher: [String] = []
    @Option(
        help: ArgumentHelp(
            "The share of the teachers' mean probability in the targets.",
            valueName: "0...1"
        )
    )
    var teacherShare: Float?
    @Flag(help: "Classes can occur together: sigmoids instead of a softmax.")
    var multiLabel = false
    @Flag(help: "Draw every class equally often, whatever its number of recordings.")
    var balanceClasses = false

    func validate() throws {
        guard freeze == nil || continueFrom != nil else {
            throw ValidationError("--freeze needs --continue-from.")
        }
        guard labels == nil || continueFrom != nil else {
            throw ValidationError("--labels needs --continue-from.")
        }
        guard continueFrom == nil || architecture == nil && width == nil else {
            throw ValidationError(
                "--continue-from keeps the model's architecture: remove --architecture and --width."
            )
        }
        guard combine.isEmpty || architecture == nil && width == nil && continueFrom == nil else {
            throw ValidationError(
                "--combine keeps the models' architecture: remove --architecture, --width and "
                    + "--continue-from."
            )
        }
        guard steps == nil || epochs == nil else {
            throw ValidationError("Give --steps or --epochs, not both.")
        }
        guard epochs.map({ $0 > 0 }) ?? true else {
            throw ValidationError("--epochs is \(epochs ?? 0); give 1 or more.")
        }
        guard threads.map({ (1...64).contains($0) }) ?? true else {
            throw ValidationError("--threads is \(threads ?? 0); give 1 to 64.")
        }
    }

    /// Combines the models that --combine names.
    func combineModels(in settings: inout TrainingSettings, classNames: [String]) throws {
        guard !combine.isEmpty else { return }
        settings.continued = try ContinuedNetwork(
            combining: combine,
            classNames: classNames,
            settings: settings
        )
        if steps == nil && epochs == nil { settings.steps = 0 }
    }

    /// How many threads share the work.
    var threadCount: Int { threads ?? min(ProcessInfo.processInfo.activeProcessorCount, 64) }

    /// The recipe's groups of classes of the network to continue from; nil without any.
    private func groups(
        of settings: TrainingSettings,
        classNames: [String],
        network: String
    ) throws -> ClassGroups? {
        guard !settings.groups.isEmpty else { return nil }
        guard !settings.isExclusive else {
            throw CommandFailure(
                .usage,
                "Groups can be heard together: add --multi-label, or training.multi_label: true."
            )
        }
        let names =
            if let labels {
                try ClassGroups.labels(path: labels)
            } else if FileManager.default.fileExists(atPath: "\(network)/model.yaml") {
                try SoundModel.load(folder: network).classes.map(\.name)
            } else {
                throw CommandFailure(
                    .usage,
                    "'\(network)' does not name its classes: give --labels FILE, or a model folder."
                )
            }
        return try ClassGroups(settings.groups, classNames: classNames, labels: names)
    }

    /// Lays the options over settings, but for --epochs and --combine, which need the recordings.
    func apply(to settings: inout TrainingSettings, classNames: [String]) throws {
        settings.threads = threadCount
        settings.architecture = architecture ?? settings.architecture
        settings.width = width ?? settings.width
        settings.windowFrames = windowFrames ?? settings.windowFrames
        if let frontEnd { try settings.setFrontEnd(frontEnd) }
        if multiLabel { settings.isExclusive = false }
        if let continueFrom {
            settings.continued = try ContinuedNetwork(
                path: continueFrom,
                frontEnd: settings.frontEnd,
                windowFrames: settings.windowFrames,
                frozenLayers: freeze ?? 0,
                groups: try groups(of: settings, classNames: classNames, network: continueFrom)
            )
        } else if !settings.groups.isEmpty {
            throw CommandFailure(
                .usage,
                "The recipe's groups are classes of a network: name it with --continue-from."
            )
        }
        settings.optimizerName = optimizer ?? settings.optimizerName
        settings.scheduleName = schedule ?? settings.scheduleName
        if balanceClasses { settings.balancesClasses = true }
        settings.steps = steps ?? settings.steps
        settings.batchSize = batch ?? settings.batchSize
        settings.seed = seed ?? settings.seed
        settings.momentum = momentum ?? settings.momentum
        settings.peakRate = rate ?? settings.peakRate
        settings.warmUpSteps = warmUp ?? settings.warmUpSteps
        settings.stepInterval = stepInterval ?? settings.stepInterval
        settings.stepFactor = stepFactor ?? settings.stepFactor
        settings.weightDecay = weightDecay ?? settings.weightDecay
        settings.gradientLimit = gradientLimit ?? settings.gradientLimit
        settings.averageDecay = ema ?? settings.averageDecay
        settings.labelSmoothing = labelSmoothing ?? settings.labelSmoothing
        if !teacher.isEmpty { settings.teachers = teacher }
        settings.teacherShare = teacherShare ?? settings.teacherShare
    }
}

extension Architecture: ExpressibleByArgument {}

extension OptimizerName: ExpressibleByArgument {}

extension ScheduleName: ExpressibleByArgument {}
