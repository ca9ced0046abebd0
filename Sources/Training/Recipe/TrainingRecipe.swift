package import Detection
import Foundation
package import ModelLibrary
import Platform
package import Settings
package import SoundDatasets

/// A file with all that makes a model: recordings, what batches are made of, settings, classes.
package struct TrainingRecipe: Equatable, Sendable {
    /// The model's name.
    package var name = ""
    /// The model's version.
    package var version = "1"
    /// What the model is for; empty for a sentence made of its classes.
    package var summary = ""
    /// What it is trained on.
    package var recordings: [RecordingSource] = []
    /// The classes in the order of the scores, with what `model.yaml` says of them; all that the
    /// recordings name, in alphabetical order, if empty.
    package var classes: [SoundClass] = []
    /// How scores become events, for all classes.
    package var rule = ClassRuleOverlay()
    /// The step between two windows for which the rules are, in seconds.
    package var hopSeconds: Double?
    /// The folds held out for testing.
    package var heldOutFolds: [Int] = []
    /// The folds held out for calibration.
    package var calibrationFolds: [Int] = []
    /// How the network is trained.
    package var settings = TrainingSettings()
    /// Under which licence the model is; empty for a sentence about the recordings.
    package var licence = ""
    /// What the card says, beside what holds for every model, that the model cannot do.
    package var limits = ""

    /// Creates the recipe of nothing.
    package init() {}

    /// Reads a recipe.
    ///
    /// - Parameter path: The YAML file.
    /// - Returns: The recipe.
    /// - Throws: Every problem with its line.
    package static func read(path: String) throws(TrainingError) -> TrainingRecipe {
        let text: String
        do {
            text = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
        } catch {
            throw .unreadableRecipe(path: path, reason: FileFailure.reason(error))
        }
        var recipe = TrainingRecipe()
        let problems = table.problems(of: text, file: path, into: &recipe)
        guard problems.isEmpty else { throw .invalidRecipe(problems.map(\.description)) }
        return recipe
    }

    /// The recordings that the recipe names.
    ///
    /// - Parameter folder: What paths are relative to.
    /// - Returns: The clips with their classes.
    /// - Throws: The source that cannot be used, or a class that the recipe does not list.
    package func dataset(in folder: String) throws(DataSetError) -> SoundDataset {
        var dataset = SoundDataset(classNames: classes.map(\.name), clips: [])
        for source in recordings {
            try dataset.add(source, in: folder, mayAddClasses: classes.isEmpty)
        }
        if classes.isEmpty { dataset.sortClasses() }
        for (index, soundClass) in classes.enumerated() where !soundClass.isReported {
            dataset.unreported.insert(index)
        }
        return dataset
    }
}

extension TrainingRecipe {
    /// What `model.yaml` says of a data set's classes, in the order of the scores.
    package func classes(of dataset: SoundDataset) -> [SoundClass] {
        ClassName.unique(dataset.classNames).enumerated().map { index, name in
            classes.first { $0.name == dataset.classNames[index] }
                ?? SoundClass(
                    name: name,
                    label: ClassName.label(from: name),
                    isReported: !dataset.unreported.contains(index)
                )
        }
    }

    /// The rules of a data set's classes, complete, in the order of the scores.
    package func rules(of dataset: SoundDataset) -> [ClassRule] {
        classes(of: dataset).map { soundClass in
            var complete = soundClass.rule.applied(to: rule.applied(to: ClassRule()))
            if soundClass.rule.isEnabled == nil { complete.isEnabled = soundClass.isEnabled }
            return complete
        }
    }
}

extension TrainingRecipe {
    /// The sections whose keys can be set one by one.
    package static let assignableSections = ["training", "augmentation", "waveform", "kinds"]

    /// Sets one key as if it stood in the recipe.
    ///
    /// - Parameter assignment: Such as `augmentation.gain_db=3`; the value is YAML of one line.
    /// - Throws: What of it is wrong.
    package mutating func set(_ assignment: String) throws(TrainingError) {
        func refusal(_ reason: String) -> TrainingError {
            .invalidAssignment(text: assignment, reason: reason)
        }
        let sides = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let keys = (sides.first ?? "").split(separator: ".").map(String.init)
        guard sides.count == 2, keys.count >= 2, !assignment.contains(where: \.isNewline) else {
            throw refusal("give SECTION.KEY=VALUE, such as augmentation.gain_db=3")
        }
        guard Self.assignableSections.contains(keys[0]) else {
            throw refusal(
                "unknown section '\(keys[0])'; sections: "
                    + Self.assignableSections.joined(separator: ", ")
            )
        }
        let lines = keys.enumerated().map { depth, key in
            String(repeating: "  ", count: depth) + "\(key):"
        }
        let text = lines.joined(separator: "\n") + " \(sides[1])\n"
        let problems = Self.table.problems(of: text, file: "--set", into: &self)
        guard let problem = problems.first else { return }
        let advice = problem.advice.isEmpty ? "" : "; \(problem.advice)"
        throw refusal("found \(problem.found), allowed: \(problem.allowed)\(advice)")
    }
}

extension TrainingRecipe {
    /// The keys of a recipe.
    package static let table = SettingsTable<TrainingRecipe>([
        .value("name", \.name, .name, "The model's name; default: its folder's name."),
        .value("version", \.version, .text("a text"), "The model's version."),
        .value("description", \.summary, .lines("a text"), "What the model is for."),
        .list(
            "recordings",
            \.recordings,
            of: RecordingSource.table,
            startingFrom: RecordingSource()
        ),
        .named("kinds", \.settings.kinds, of: KindShare.table, startingFrom: KindShare()),
        .list("classes", \.classes, of: SoundClass.settings, startingFrom: SoundClass()),
        .section("rule", \.rule, ClassRuleOverlay.settings),
        .optional(
            "hop_s",
            \.hopSeconds,
            .number(in: 0.01...10),
            unsaid: "0.24",
            "The step between two windows for which the rules are, in seconds."
        ),
        .value("hold_out_folds", \.heldOutFolds, .foldNumbers, "The folds held out for testing."),
        .value(
            "calibrate_folds",
            \.calibrationFolds,
            .foldNumbers,
            "The folds held out for calibration."
        ),
        .namedValues("groups", \.settings.groups, .labels),
        .section("training", \.settings, TrainingSettings.table),
        .section("waveform", \.settings.waveform, WaveformSettings.table),
        .section("augmentation", \.settings.augmentation, AugmentationSettings.table),
        .value("licence", \.licence, .lines("a text"), "The model's licence."),
        .value("limits", \.limits, .lines("a text"), "More limitations for the model card."),
    ])
}

extension SettingsTable {
    /// Reads a YAML text.
    ///
    /// - Returns: What of it is not allowed.
    func problems(of text: String, file: String, into root: inout Root) -> [DocumentProblem] {
        var reading = DocumentReading()
        do {
            let document = try YAMLReader.read(text, file: file, reading: &reading)
            read(document, path: "", into: &root, reading: &reading)
        } catch {
            reading.report(error)
        }
        return reading.problems
    }
}

extension ValueForm where Value == [String] {
    /// A list of paths.
    static var paths: ValueForm { texts("a list of paths") }

    /// A list of classes of a network.
    static var labels: ValueForm { texts("a list of labels") }

    private static func texts(_ allowed: String) -> ValueForm {
        ValueForm(
            allowed: allowed,
            read: { node in
                guard case .sequence(let nodes) = node.content else { return nil }
                let paths = nodes.compactMap(\.text)
                return paths.count == nodes.count ? paths : nil
            },
            write: { "[\($0.joined(separator: ", "))]" }
        )
    }
}

extension ValueForm where Value == [Int] {
    /// A list of folds.
    static var foldNumbers: ValueForm {
        ValueForm(
            allowed: "a list of folds such as [5]",
            read: { node in
                guard case .sequence(let nodes) = node.content else { return nil }
                let form = ValueForm<Int>.wholeNumber(in: 0...999)
                let folds = nodes.compactMap { form.read($0) }
                return folds.count == nodes.count ? folds : nil
            },
            write: { "[\($0.map(String.init).joined(separator: ", "))]" }
        )
    }
}
