import ArgumentParser
import Foundation
import Training

/// The options of `earwitness train` that decide how the network is trained; each is stronger than
/// the recipe.
struct TrainingOptions: ParsableArguments {
    @Option(
        help: "The kind of network: small, medium, mel128, urban, capuchin or crnn-attention."
    )
    var architecture: String?
    @Option(help: "The factor on the network's numbers of channels.") var width: Float?
    @Option(
        help: ArgumentHelp(
            "A preset, or a file with a section front_end, instead of the architecture's own.",
            valueName: "front-end"
        )
    )
    var frontEnd: String?
    @Option(help: "How many frames the network sees at once, instead of its own number.")
    var windowFrames: Int?
    @Option(
        help: ArgumentHelp(
            "A trained model to go on from, with a new last layer: a folder or an ONNX file.",
            valueName: "model"
        )
    )
    var continueFrom: String?
    @Option(
        help: ArgumentHelp("How many of its first layers stay as they are.", valueName: "layers")
    )
    var freeze: Int?
    @Option(
        help: ArgumentHelp(
            "A trained model that is taken together with others: the new one gives the mean of what "
                + "they say, and is not trained further unless --steps says so; repeated.",
            valueName: "model"
        )
    )
    var combine: [String] = []
    @Option(help: "How many steps are made.") var steps: Int?
    @Option(help: "How often each recording is seen, instead of --steps.") var epochs: Int?
    @Option(help: "How many patches a step takes.") var batch: Int?
    @Option(help: "What all random choices come from.") var seed: UInt64?
    @Option(help: "How many threads share the work; the result is the same.") var threads: Int?
    @Option(help: "How weights are moved: adamw or sgd.") var optimizer: String?
    @Option(help: "The momentum of sgd.") var momentum: Float?
    @Option(help: "The learning rate after the warm-up.") var rate: Float?
    @Option(help: "The steps in which the rate rises from zero.") var warmUp: Int?
    @Option(help: "What follows: cosine, step or constant.") var schedule: String?
    @Option(help: "After how many steps the rate of schedule step falls.") var stepInterval: Int?
    @Option(help: "What the rate of schedule step is multiplied by.") var stepFactor: Float?
    @Option(help: "The decay of weights.") var weightDecay: Float?
    @Option(help: "The longest gradient.") var gradientLimit: Float?
    @Option(help: "The decay of the moving average that is kept instead of the last weights.")
    var ema: Float?
    @Option(help: "The share of a label that is spread over all classes.")
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
            "The part of the targets that is the mean of the teachers' probabilities.",
            valueName: "0...1"
        )
    )
    var teacherShare: Float?
    @Flag(help: "Classes do not exclude one another: a sigmoid each instead of a softmax.")
    var multiLabel = false
    @Flag(help: "See each class as often as any other, whatever its recordings.")
    var balanceClasses = false

    func validate() throws {
        _ = try choice(architecture, "architecture", Architecture.self)
        _ = try choice(optimizer, "optimizer", OptimizerName.self)
        _ = try choice(schedule, "schedule", ScheduleName.self)
        guard freeze == nil || continueFrom != nil else {
            throw ValidationError("--freeze is about a model to go on from: add --continue-from.")
        }
        guard continueFrom == nil || architecture == nil && width == nil else {
            throw ValidationError("A model to go on from has an architecture: leave that out.")
        }
        guard combine.isEmpty || architecture == nil && width == nil && continueFrom == nil else {
            throw ValidationError(
                "Models to combine have an architecture: leave --architecture, --width and "
                    + "--continue-from out."
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

    private func choice<Choice: CaseIterable & RawRepresentable>(
        _ text: String?,
        _ name: String,
        _ type: Choice.Type
    ) throws -> Choice? where Choice.RawValue == String {
        guard let text else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("No \(name) '\(text)'. There are \(names).")
        }
        return choice
    }

    /// Takes the models together that --combine names.
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

    /// Lays the options over settings, but for --epochs and --combine, which need the recordings.
    func apply(to settings: inout TrainingSettings) throws {
        settings.threads = threadCount
        if let kind = try choice(architecture, "", Architecture.self) {
            settings.architecture = kind
        }
        settings.width = width ?? settings.width
        settings.windowFrames = windowFrames ?? settings.windowFrames
        if let frontEnd { settings.frontEnd = try FrontEndChoice(frontEnd).frontEnd }
        if let continueFrom {
            settings.continued = try ContinuedNetwork(
                path: continueFrom,
                frontEnd: settings.frontEnd,
                windowFrames: settings.windowFrames,
                frozenLayers: freeze ?? 0
            )
        }
        if let name = try choice(optimizer, "", OptimizerName.self) {
            settings.optimizerName = name
        }
        if let name = try choice(schedule, "", ScheduleName.self) { settings.scheduleName = name }
        if multiLabel { settings.isExclusive = false }
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
