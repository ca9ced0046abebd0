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
