package import Detection
import LogMelFeatures
package import Settings

extension ModelDescription {
    /// The keys of `model.yaml`.
    package static let settings = SettingsTable<ModelDescription>([
        .value("name", \.name, .name).required
            .help("The model's name in events."),
        .value("version", \.version, .text("a text")).required
            .help("The version of the model."),
        .value("description", \.summary, .lines("a text")).required
            .help("What the model is for."),
        .node(
            "front_end",
            \.frontEnd,
            allowed: "a section, see docs/front-ends.md",
            read: readFrontEnd
        ).required
            .help("What the network's input is, from samples to features."),
        .section("network", \.network, NetworkDescription.settings).required,
        .section("location", \.location, LocationDescription.settings),
        .section("rule", \.rule, ClassRuleOverlay.settings),
        .section("calibration", \.calibration, TemperatureDescription.settings),
        .section("open_set", \.openSet, OpenSetDescription.settings),
        .list("classes", \.classes, of: SoundClass.settings, startingFrom: SoundClass())
            .required,
        .list("groups", \.groups, of: ClassGroup.settings, startingFrom: ClassGroup()),
        .section("provenance", \.provenance, ModelProvenance.settings),
        .list("metrics", \.metrics, of: ModelMetric.settings, startingFrom: ModelMetric()),
    ])
}

extension TemperatureDescription {
    /// The keys of the section `calibration`.
    package static let settings = SettingsTable<TemperatureDescription>([
        .value("temperature", \.temperature, .number(in: 0.05...20))
            .help("The divisor of all logits; above 1 scores become less confident.")
    ])
}

extension LogisticCalibration {
    /// The keys of the section `calibration` of a class.
    package static let settings = SettingsTable<LogisticCalibration>([
        .value("slope", \.slope, .number(in: 0.01...100))
            .help("The factor on the class's logit, after the temperature."),
        .value("offset", \.offset, .number(in: -100...100))
            .help("The offset added to the class's logit after that."),
    ])
}

extension OpenSetDescription {
    /// The keys of the section `open_set`.
    package static let settings = SettingsTable<OpenSetDescription>([
        .value("score", \.score, .choice)
            .help("The familiarity score: the energy of all logits, or the margin of the best."),
        .optional("threshold", \.threshold, .number(in: -1_000...1_000), word: "off")
            .help("Windows below this familiarity count as no known class."),
    ])
}

extension NetworkDescription {
    /// The keys of the section `network`.
    package static let settings = SettingsTable<NetworkDescription>([
        .value("input", \.input, .text("a name")).required
            .help(
                "The name of the network's only input, or of an output from which it computes the others, such as its own spectrogram."
            ),
        .value("window_frames", \.windowFrames, .wholeNumber(in: 1...100_000)).required
            .help("The number of frames in a window."),
        .value("scores", \.scores, .text("a name")).required
            .help("The name of the output with one value per class."),
        .value("activation", \.activation, .choice).required
            .help(
                "The activation that turns that output into probabilities; none if it already gives them."
            ),
        .optional("embedding", \.embedding, .text("a name"), word: "none")
            .help("The name of the output with the last layer's input."),
        .optional("sha256", \.sha256, .text("64 hexadecimal digits"), word: "none")
            .help("The SHA-256 of the network's file; one with another is refused."),
        .optional("hop_s", \.hopSeconds, .number(in: 0.01...10), word: "none")
            .help("The step between windows in seconds, unless the configuration sets one."),
        .optional("overlap", \.overlapSeconds, .number(in: 0...60), word: "none")
            .help("The same as the seconds that neighbouring windows share, as BirdNET has it."),
        .optional("sensitivity", \.sensitivity, .number(in: 0.5...1.5), word: "none")
            .help("BirdNET's sensitivity; higher than 1 names more species, lower fewer."),
    ])
}

extension SoundClass {
    /// The keys of an element of `classes`.
    package static let settings = SettingsTable<SoundClass>([
        .value("name", \.name, .name).required
            .help("The name in files, queries and settings, such as dog_bark."),
        .value("label", \.label, .text("a text")).required
            .help("The displayed name, such as Dog bark."),
        .value("private", \.isPrivate, .flag)
            .help("Whether the class is private: no clips are kept."),
        .value("report", \.isReported, .flag)
            .help(
                "Whether the class can become an event; false for one that only collects other sounds."
            ),
        .value("enabled", \.isEnabled, .flag)
            .help("Whether the class is reported unless the configuration says otherwise."),
        .section("calibration", \.calibration, LogisticCalibration.settings),
        .section("rule", \.rule, ClassRuleOverlay.settings),
    ])
}

extension ModelProvenance {
    /// The keys of the section `provenance`.
    package static let settings = SettingsTable<ModelProvenance>([
        .value("trained_on", \.trainedOn, .lines("a text")).required
            .help("The recordings it was trained on."),
        .value("licence", \.licence, .lines("a text")).required
            .help("The licence for using and distributing the model."),
        .optional("recipe", \.recipe, .lines("a text"), unsaid: "")
            .help("How the model was made."),
    ])
}

extension ModelMetric {
    /// The keys of an element of `metrics`.
    package static let settings = SettingsTable<ModelMetric>([
        .value("name", \.name, .name).required
            .help("What was measured, such as clip_accuracy."),
        .value("value", \.value, .number(in: -1e12...1e12)).required
            .help("The figure."),
        .optional("deviation", \.deviation, .number(in: 0...1e12), unsaid: "")
            .help("The standard deviation over repetitions."),
        .value("protocol", \.protocolText, .lines("a text")).required
            .help("How it was measured."),
    ])
}
