import ArgumentParser
import Foundation
import ModelLibrary
import Training

/// `earwitness train`: from labelled recordings to a model that the monitor runs.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Trains a model from a folder of labelled clips.",
        discussion: """
            DATASET is a folder with a folder of recordings for each class, or a CSV file with the \
            columns path and label (several joined by ';') and, if wanted, start, end, fold and \
            group. Names like 1-30226-A.ogg (fold, source, take) keep clips of one source together.

            Ctrl-C ends the training early and keeps what was learned; --resume goes on from there.
            """
    )

    @Argument(help: "A folder with a folder for each class, or a CSV file.") var dataset: String
    @Option(help: ArgumentHelp("The folder of the new model.", valueName: "model"))
    var output: String?
    @Option(
        help: "The kind of network: small, medium, mel128, urban, capuchin or crnn-attention."
    )
    var architecture = "small"
    @Option(help: "The factor on the network's numbers of channels.") var width: Float = 1
    @Option(
        help: ArgumentHelp(
            "A preset, or a file with a section front_end, instead of the architecture's own.",
            valueName: "front-end"
        )
    )
    var frontEnd: String?
    @Option(help: "How many frames the network sees at once, instead of its own number.")
    var windowFrames: Int?
    @Option(help: "How many steps of 64 patches are made.") var steps: Int?
    @Option(help: "How often each recording is seen, instead of --steps.") var epochs: Int?
    @Option(help: "How many patches a step takes.") var batch = 64
    @Option(help: "What all random choices come from.") var seed: UInt64 = 1
    @Option(help: "How many threads share the work; the result is the same.")
    var threads = min(ProcessInfo.processInfo.activeProcessorCount, 64)
    @Option(help: "The learning rate after the warm-up.") var rate: Float = 3e-3
    @Option(help: "The share of a label that is spread over all classes.")
    var labelSmoothing: Float = 0
    @Flag(help: "Classes do not exclude one another: a sigmoid each instead of a softmax.")
    var multiLabel = false
    @Option(
        help: ArgumentHelp(
            "A folder of recordings of no class; may be repeated, needs --multi-label.",
            valueName: "folder"
        )
    )
    var negatives: [String] = []
    @Flag(help: "Train on all folds but one and test on that one, in turn; print the table.")
    var crossValidate = false
    @Flag(help: "Go on with a training that was interrupted.") var resume = false
    @Option(help: ArgumentHelp("Where computed features are kept.", valueName: "folder"))
    var cache: String?

    func validate() throws {
        guard output != nil || crossValidate else {
            throw ValidationError("Name the new model's folder with --output.")
        }
        guard Architecture(rawValue: architecture) != nil else {
            let names = Architecture.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("No architecture '\(architecture)'. There are \(names).")
        }
        guard steps == nil || epochs == nil else {
            throw ValidationError("Give --steps or --epochs, not both.")
        }
        guard epochs.map({ $0 > 0 }) ?? true else {
            throw ValidationError("--epochs is \(epochs ?? 0); give 1 or more.")
        }
        guard negatives.isEmpty || multiLabel else {
            throw ValidationError("--negatives belong to no class: add --multi-label.")
        }
        guard (1...64).contains(threads) else {
            throw ValidationError("--threads is \(threads); give 1 to 64.")
        }
    }

    func run() throws {
        var settings = TrainingSettings()
        settings.architecture = Architecture(rawValue: architecture) ?? .small
        settings.width = width
        settings.frontEnd = try frontEnd.map { try FrontEndChoice($0).frontEnd }
        settings.windowFrames = windowFrames
        settings.batchSize = batch
        settings.seed = seed
        settings.threads = threads
        settings.peakRate = rate
        settings.labelSmoothing = labelSmoothing
        try settings.validate()
        let clips = try load(settings.design)
        // One class is told from other sounds by a sigmoid.
        settings.isExclusive = !multiLabel && clips.dataset.classNames.count > 1
        if let steps { settings.steps = steps }
        if let epochs { settings.steps = max(epochs * clips.features.count / max(batch, 1), 1) }
        try settings.validate()
        if settings.isExclusive, clips.dataset.clips.contains(where: { $0.classes.count != 1 }) {
            throw CommandFailure(
                .usage,
                "Some clips have several labels or none: add --multi-label."
            )
        }
        // Negatives of few bands would teach it bandwidth instead of sound.
        if clips.dataset.clips.contains(where: { $0.classes.isEmpty }) {
            settings.augmentation.bandLimitProbability = 0.4
        }

        InterruptFlag.install()
        var job = TrainingJob(clips: clips, settings: settings)
        let progress = TrainingProgress(settings: settings)
        job.isInterrupted = { InterruptFlag.isSet }
        job.onStep = { progress.took($0, $1) }
        var validation: CrossValidation?
        if crossValidate {
            let folds = try job.crossValidate()
            progress.clear()
            if !folds.folds.isEmpty { StandardOutput.write(ValidationReport.text(of: folds)) }
            validation = folds
        }
        guard let output, !InterruptFlag.isSet else { return }
        try train(job, validation: validation, output: output, progress: progress)
    }

    /// Reads the data set and its features; what cannot be read is reported and left out.
    private func load(_ design: NetworkDesign) throws -> LoadedClips {
        let cache = try FeatureCache(
            folder: cache ?? Self.defaultCache,
            frontEnd: design.frontEnd,
            windowFrames: design.windowFrames
        )
        var sounds = try SoundDataset.read(path: dataset)
        try sounds.addNegatives(from: negatives)
        try sounds.requireContrast(path: dataset)
        let loaded = LoadedClips.load(
            sounds,
            cache: cache,
            threads: threads
        )
        for problem in loaded.problems { StandardError.write("earwitness: \(problem)\n") }
        guard !loaded.features.isEmpty else {
            throw CommandFailure(
                .badData,
                "None of the recordings of '\(dataset)' can be read. Check their format."
            )
        }
        for (index, name) in loaded.dataset.classNames.enumerated()
        where !loaded.dataset.clips.contains(where: { $0.classes.contains(index) }) {
            throw CommandFailure(
                .badData,
                "None of the recordings of class '\(name)' can be read. Replace them or take it out."
            )
        }
        return loaded
    }

    private func train(
        _ job: TrainingJob,
        validation: CrossValidation?,
        output: String,
        progress: TrainingProgress
    ) throws {
        let trainer = try job.wholeTrainer()
        let state = "\(output)/\(TrainingState.fileName)"
        if resume {
            try TrainingState.read(into: trainer, fingerprint: job.fingerprint, path: state)
        }
        job.train(trainer, fold: 0)
        progress.clear()
        let name = URL(fileURLWithPath: output).lastPathComponent
        let model = try ModelFolderWriter.write(
            TrainedModel(
                name: name,
                trainer: trainer,
                dataset: job.clips.dataset,
                validation: validation
            ),
            folder: output
        )
        if trainer.stepCount < job.settings.steps {
            try TrainingState.write(trainer, fingerprint: job.fingerprint, path: state)
            StandardError.write(
                "Interrupted after \(trainer.stepCount) of \(job.settings.steps) steps; the model "
                    + "so far is in '\(output)'. The same command with --resume goes on.\n"
            )
        } else {
            try? FileManager.default.removeItem(atPath: state)
            StandardError.write(
                "'\(model.name)' with \(model.classes.count) classes is in '\(output)'.\n"
            )
        }
    }

    private static var defaultCache: String {
        let environment = ProcessInfo.processInfo.environment
        let base =
            environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? "\(NSHomeDirectory())/.cache"
        return "\(base)/earwitness/features"
    }
}
