import Foundation
import LogMelFeatures
import SoundDatasets
import Training

/// What a training command was asked for: its recipe, from a file or from options, and its clips.
struct TrainingRecipePlan {
    private(set) var recipe = TrainingRecipe()
    private var sounds: SoundDataset
    private let name: String
    /// What the recipe's paths are relative to.
    private var root = "."
    /// What the paths of teachers are relative to: the recipe's own ones as its recordings.
    private(set) var teacherFolder = "."
    /// Whether the recipe or the command says how often bands are cut off.
    private let saysBandLimits: Bool

    /// Reads the recipe or the data set and lays the command's options over it.
    init(_ command: TrainCommand) throws {
        if let path = command.recipe {
            recipe = try TrainingRecipe.read(path: path)
            for assignment in command.set { try recipe.set(assignment) }
            let own = URL(fileURLWithPath: path).deletingLastPathComponent().path
            root = command.data ?? own
            sounds = try recipe.dataset(in: root)
            name = path
        } else {
            name = command.dataset ?? ""
            for assignment in command.set { try recipe.set(assignment) }
            sounds = try SoundDataset.read(path: name)
        }
        saysBandLimits =
            command.recipe != nil
            || command.set.contains { $0.hasPrefix("augmentation.band_limit_probability=") }
        if command.options.teacher.isEmpty { teacherFolder = root }
        try sounds.addNegatives(from: command.negatives)
        try command.options.apply(to: &recipe.settings, classNames: sounds.classNames)
        for name in command.unreported {
            guard let place = sounds.classNames.firstIndex(of: name) else {
                throw CommandFailure(
                    .usage,
                    "Unknown class '\(name)'. Available: "
                        + "\(sounds.classNames.joined(separator: ", "))."
                )
            }
            sounds.unreported.insert(place)
        }
        recipe.heldOutFolds += command.holdOutFold
        recipe.calibrationFolds += command.calibrateFold
        try sounds.requireContrast(path: name)
        // One class is told from other sounds by a sigmoid.
        if sounds.classNames.count == 1 { recipe.settings.isExclusive = false }
        try command.options.combineModels(
            in: &recipe.settings,
            classNames: sounds.classNames
        )
        guard command.options.teacherShare == nil || !recipe.settings.teachers.isEmpty else {
            throw CommandFailure(.usage, "--teacher-share needs --teacher.")
        }
        try recipe.settings.validate()
    }

    /// Reads the features of all clips; what cannot be read is reported and left out.
    func load(cache folder: String) throws -> LoadedClips {
        let design = recipe.settings.design
        let cache = try FeatureCache(
            folder: folder,
            frontEnd: design.frontEnd,
            windowFrames: design.windowFrames
        )
        let loaded = LoadedClips.load(sounds, cache: cache, threads: recipe.settings.threads)
        for problem in loaded.problems { StandardError.writeMessage(problem) }
        guard !loaded.features.isEmpty else {
            throw CommandFailure(
                .badData,
                "None of the recordings of '\(name)' can be read. Check their format."
            )
        }
        // A group needs no recordings of its own: the network that is continued from knows it.
        for (index, name) in loaded.dataset.classNames.enumerated()
        where recipe.settings.groups.isEmpty
            && !loaded.dataset.clips.contains(where: { $0.classes.contains(index) })
        {
            throw CommandFailure(
                .badData,
                "None of the recordings of class '\(name)' can be read. Replace or remove them."
            )
        }
        let settings = recipe.settings
        guard settings.waveform.variants > 0 else { return loaded }
        let augmenter = try WaveformAugmenter(
            settings.waveform,
            rateHz: design.frontEnd.sampleRateHz,
            root: root
        )
        return try loaded.varied(
            by: augmenter,
            cache: cache,
            seed: settings.seed,
            threads: settings.threads
        )
    }

    /// Decides what depends on the clips.
    mutating func finish(_ clips: LoadedClips, epochs: Int?) throws {
        if let epochs {
            let patches = max(epochs * clips.features.count, 1)
            recipe.settings.steps = max(patches / max(recipe.settings.batchSize, 1), 1)
        }
        try recipe.settings.validate()
        if recipe.settings.isExclusive,
            clips.dataset.clips.contains(where: { $0.classes.count != 1 })
        {
            throw CommandFailure(
                .usage,
                "Some clips have several labels or none: add --multi-label."
            )
        }
        // Negatives of few bands would teach it bandwidth instead of sound.
        if saysBandLimits { return }
        if clips.dataset.clips.contains(where: clips.dataset.isNegative) {
            recipe.settings.augmentation.bandLimitProbability = 0.4
        }
    }
}
