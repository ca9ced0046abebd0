package import Detection
package import LogMelFeatures
package import Settings

extension ModelDescription {
    /// The keys of `model.yaml`.
    package static let settings = SettingsTable<ModelDescription>([
        SettingsRow.value(
            "name",
            \.name,
            .name,
            "The name under which events refer to the model."
        ).required,
        SettingsRow.value("version", \.version, .text("a text"), "The version of the model.")
            .required,
        SettingsRow.value(
            "description",
            \.summary,
            .lines("a text"),
            "What the model is for."
        ).required,
        SettingsRow.node(
            "front_end",
            \.frontEnd,
            allowed: "a section, see docs/front-ends.md",
            "What the network's input is, from samples to features.",
            read: readFrontEnd
        ).required,
        SettingsRow.section("network", \.network, NetworkDescription.settings).required,
        .section("rule", \.rule, ClassRuleOverlay.settings),
        .section("calibration", \.calibration, TemperatureDescription.settings),
        .section("open_set", \.openSet, OpenSetDescription.settings),
        SettingsRow.list("classes", \.classes, of: SoundClass.settings, startingFrom: SoundClass())
            .required,
        .section("provenance", \.provenance, ModelProvenance.settings),
        .list("metrics", \.metrics, of: ModelMetric.settings, startingFrom: ModelMetric()),
    ])

    /// Reads a front end, whose own reader names the key at fault, and finds that key's line.
    @Sendable package static func readFrontEnd(
        _ node: YAMLNode,
        path: String,
        reading: inout DocumentReading
    ) -> FrontEnd? {
        do {
            let frontEnd = try FrontEnd(from: YAMLNodeDecoder(node))
            try frontEnd.validate()
            return frontEnd
        } catch let error as FrontEndError {
            reading.report(problem(error, in: node, path: path))
        } catch {
            reading.refuse(node, for: path, allowed: "a front end, see docs/front-ends.md")
        }
        return nil
    }

    private static func problem(
        _ error: FrontEndError,
        in node: YAMLNode,
        path: String
    ) -> DocumentProblem {
        switch error {
        case .invalidValue(let field, let value, let allowed):
            DocumentProblem(
                position: node.entry(at: field)?.value.position ?? node.position,
                key: "\(path).\(field)",
                found: value,
                allowed: allowed
            )
        case .wrongType(let field, let expected):
            DocumentProblem(
                position: node.entry(at: field)?.value.position ?? node.position,
                key: "\(path).\(field)",
                found: node.entry(at: field)?.value.summary ?? node.summary,
                allowed: expected
            )
        case .unknownKey(let key, _, let known):
            DocumentProblem(
                position: node.entry(at: key)?.keyPosition ?? node.position,
                key: "\(path).\(key)",
                found: "an unknown key",
                allowed: known.joined(separator: ", "),
                advice: NearestName.advice(
                    for: String(key.split(separator: ".").last ?? ""),
                    among: known
                )
            )
        }
    }
}

extension TemperatureDescription {
    /// The keys of the section `calibration`.
    package static let settings = SettingsTable<TemperatureDescription>([
        .value(
            "temperature",
            \.temperature,
            .number(in: 0.05...20),
            "What the logits of all classes are divided by: more than 1 makes scores more modest."
        )
    ])
}

extension LogisticCalibration {
    /// The keys of the section `calibration` of a class.
    package static let settings = SettingsTable<LogisticCalibration>([
        .value(
            "slope",
            \.slope,
            .number(in: 0.01...100),
            "What the class's logit is multiplied by after the temperature."
        ),
        .value(
            "offset",
            \.offset,
            .number(in: -100...100),
            "What is added to the class's logit then."
        ),
    ])
}

extension OpenSetDescription {
    /// The keys of the section `open_set`.
    package static let settings = SettingsTable<OpenSetDescription>([
        .value(
            "score",
            \.score,
            .choice,
            "How familiar a window is: by the energy of all logits, or the best one's margin."
        ),
        .optional(
            "threshold",
            \.threshold,
            .number(in: -1_000...1_000),
            word: "off",
            "Windows that are less familiar than this are of no known class."
        ),
    ])
}

extension NetworkDescription {
    /// The keys of the section `network`.
    package static let settings = SettingsTable<NetworkDescription>([
        SettingsRow.value(
            "input",
            \.input,
            .text("a name"),
            "The name of the network's only input."
        ).required,
        SettingsRow.value(
            "window_frames",
            \.windowFrames,
            .wholeNumber(in: 1...100_000),
            "The number of frames that the network sees at once."
        ).required,
        SettingsRow.value(
            "scores",
            \.scores,
            .text("a name"),
            "The name of the output with a number a class."
        ).required,
        SettingsRow.value(
            "activation",
            \.activation,
            .choice,
            "What turns that output into probabilities; none if it gives probabilities."
        ).required,
        .optional(
            "embedding",
            \.embedding,
            .text("a name"),
            word: "none",
            "The name of the output with the last layer's input."
        ),
        .optional(
            "sha256",
            \.sha256,
            .text("64 hexadecimal digits"),
            word: "none",
            "The SHA-256 of model.onnx; a file with another one is refused."
        ),
    ])
}

extension SoundClass {
    /// The keys of an element of `classes`.
    package static let settings = SettingsTable<SoundClass>([
        SettingsRow.value(
            "name",
            \.name,
            .name,
            "The name in files, queries and settings, such as dog_bark."
        ).required,
        SettingsRow.value(
            "label",
            \.label,
            .text("a text"),
            "The name for people, such as Dog bark."
        ).required,
        .value(
            "private",
            \.isPrivate,
            .flag,
            "Whether events say something about people; their sound is not kept."
        ),
        .value(
            "report",
            \.isReported,
            .flag,
            "Whether the class can be an event; false for one that only collects other sounds."
        ),
        .value(
            "enabled",
            \.isEnabled,
            .flag,
            "Whether the class is reported unless the configuration says otherwise."
        ),
        .section("calibration", \.calibration, LogisticCalibration.settings),
        .section("rule", \.rule, ClassRuleOverlay.settings),
    ])
}

extension ModelProvenance {
    /// The keys of the section `provenance`.
    package static let settings = SettingsTable<ModelProvenance>([
        SettingsRow.value(
            "trained_on",
            \.trainedOn,
            .lines("a text"),
            "The recordings it was trained on."
        ).required,
        SettingsRow.value(
            "licence",
            \.licence,
            .lines("a text"),
            "Under which licence the model may be used and passed on."
        ).required,
        .optional(
            "recipe",
            \.recipe,
            .lines("a text"),
            unsaid: "",
            "How the model was made."
        ),
    ])
}

extension ModelMetric {
    /// The keys of an element of `metrics`.
    package static let settings = SettingsTable<ModelMetric>([
        SettingsRow.value("name", \.name, .name, "What was measured, such as clip_accuracy.")
            .required,
        SettingsRow.value(
            "value",
            \.value,
            .number(in: -1e12...1e12),
            "The figure."
        ).required,
        .optional(
            "deviation",
            \.deviation,
            .number(in: 0...1e12),
            unsaid: "",
            "The standard deviation over repetitions."
        ),
        SettingsRow.value("protocol", \.protocolText, .lines("a text"), "How it was measured.")
            .required,
    ])
}
