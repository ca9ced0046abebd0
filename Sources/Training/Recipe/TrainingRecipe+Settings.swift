import ModelLibrary
package import Settings

extension TrainingRecipe {
    /// The keys of a recipe.
    package static let table = SettingsTable<TrainingRecipe>([
        .value("name", \.name, .name, "The model's name; else that of its folder."),
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
        .value(
            "hold_out_folds",
            \.heldOutFolds,
            .foldNumbers,
            "The folds that are not trained on but tested."
        ),
        .value(
            "calibrate_folds",
            \.calibrationFolds,
            .foldNumbers,
            "The folds that are not trained on but make the scores probabilities."
        ),
        .section("training", \.settings, TrainingSettings.table),
        .section("waveform", \.settings.waveform, WaveformSettings.table),
        .section("augmentation", \.settings.augmentation, AugmentationSettings.table),
        .value("licence", \.licence, .lines("a text"), "Under which licence the model is."),
        .value(
            "limits",
            \.limits,
            .lines("a text"),
            "What the card says beside the usual that the model cannot do."
        ),
    ])
}

extension RecordingSource {
    /// The keys of an element of `recordings`.
    package static let table = SettingsTable<RecordingSource>([
        .value(
            "path",
            \.path,
            .text("a path"),
            "A folder or a CSV file, from the folder of the data."
        ),
        .value(
            "label",
            \.label,
            .text("a class, several joined by ';', or none"),
            "What all recordings below the folder are; else folders or the CSV file tell."
        ),
        .value(
            "kind",
            \.kind,
            .name,
            "The kind of material, of which batches hold a set share."
        ),
        .value(
            "only",
            \.only,
            .paths,
            "The folders and files below the path that are taken."
        ),
        .value(
            "except",
            \.except,
            .paths,
            "The folders and files below the path that are left out."
        ),
        .optional(
            "synthetic",
            \.synthetic,
            .choice,
            unsaid: "",
            "What is computed instead of read."
        ),
        .value(
            "count",
            \.count,
            .wholeNumber(in: 1...100_000),
            "How many synthetic sounds there are."
        ),
    ])
}

extension KindShare {
    /// The keys of an element of `kinds`.
    package static let table = SettingsTable<KindShare>([
        .value(
            "share",
            \.share,
            .number(in: 0...1_000),
            "The share of every batch, against the sum of all shares."
        ),
        .optional(
            "background",
            \.isBackground,
            .flag,
            unsaid: "true for recordings of no reported class",
            "Whether it is laid under sounds of classes."
        ),
    ])
}

extension ValueForm where Value == [String] {
    /// A list of paths.
    static var paths: ValueForm {
        ValueForm(
            allowed: "a list of paths",
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
