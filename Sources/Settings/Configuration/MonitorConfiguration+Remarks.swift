/// What a person should know of settings that hold nothing up: a line each.
extension MonitorConfiguration {
    /// The settings that have no effect, because no model in use has what they name.
    ///
    /// They are no reason not to listen: with another model, the classes of the last one are
    /// unknown.
    /// - Parameter models: All models in use.
    /// - Returns: The lines; none if every name is known.
    package func settingsWithoutEffect(in models: [ModelRules]) -> [String] {
        unknownNames(in: models).map { problem in
            let advice = problem.advice.isEmpty ? "" : " (\(problem.advice))"
            return "\(problem.position): \(problem.key): found \(problem.found)\(advice); "
                + "the setting has no effect."
        } + thresholdsWithoutEffect(in: models)
    }

    /// What of the file of thresholds set by command is not in force.
    package var overridesRemarks: [String] {
        if let damage = thresholds.damage {
            return [
                "The thresholds set by command cannot be read: \(damage). "
                    + "Those of the configuration and the models hold."
            ]
        }
        if let aside = thresholds.asidePath {
            return [
                "Part of the thresholds set by command could not be read; the file is set aside as "
                    + "'\(aside)'."
            ]
        }
        return thresholds.leftOut.map { "\($0.position): \($0.key): found \($0.found); left out." }
    }

    private func thresholdsWithoutEffect(in models: [ModelRules]) -> [String] {
        let everywhere = Set(models.flatMap(\.classNames))
        let unknown =
            thresholds.thresholds.keys.filter { !everywhere.contains($0) }.map {
                (key: "thresholds.\($0)", what: "a class that no model in use has")
            }
            + thresholds.models.flatMap { name, section in
                let model = models.first { $0.name == name }
                return section.thresholds.keys.filter { model?.classNames.contains($0) != true }
                    .map { className in
                        (
                            key: "models.\(name).thresholds.\(className)",
                            what: model == nil
                                ? "a model that is not in use"
                                : "a class that the model '\(name)' does not have"
                        )
                    }
            }
        return unknown.sorted { $0.key < $1.key }.map { key, what in
            let place = thresholds.positions[key].map { "\($0): " } ?? ""
            return "\(place)\(key): \(what); it is kept until that model is back, or until "
                + "'earwitness thresholds reset'."
        }
    }
}
