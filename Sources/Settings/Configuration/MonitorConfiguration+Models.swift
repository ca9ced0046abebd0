package import Detection

extension MonitorConfiguration {
    /// The models of every source without its own.
    package var commonModels: [String] { models ?? [model] }

    /// The models that listen to a source, by name or path.
    package func models(of source: SourceSettings) -> [String] { source.models ?? commonModels }

    /// Every model that listens to a source, once, by name or path.
    package var modelsInUse: [String] {
        var seen: Set<String> = []
        return sources.flatMap(models).filter { seen.insert($0).inserted }
    }

    /// What the configuration names and no model has: classes, and models themselves.
    ///
    /// Thresholds set by command for classes of other models are not reported: they are kept until
    /// that model is used again.
    ///
    /// - Parameter models: All models in use.
    /// - Returns: The problems; none if every name is known.
    package func unknownNames(in models: [ModelRules]) -> [DocumentProblem] {
        let everywhere = models.flatMap(\.classNames)
        let owner =
            models.count == 1
            ? "the model '\(models[0].name)' does not have"
            : "none of the models \(models.map(\.name).joined(separator: ", ")) has"
        var problems = unknownClasses(
            detection.rules.classes.keys,
            under: "detection.classes",
            known: everywhere,
            owner: owner
        )
        problems += unknownClasses(
            clips.classes.keys,
            under: "clips.classes",
            known: everywhere,
            owner: owner
        )
        problems += unknownClassesOfRules(known: everywhere, owner: owner)
        for (name, section) in detection.models.sorted(by: { $0.key < $1.key }) {
            guard let model = models.first(where: { $0.name == name }) else {
                let names = models.map(\.name)
                problems.append(
                    problem(
                        "detection.models.\(name)",
                        found: "a model that is not in use",
                        allowed: names.joined(separator: ", "),
                        advice: NearestName.question(for: name, among: names)
                    )
                )
                continue
            }
            problems += unknownClasses(
                section.rules.classes.keys,
                under: "detection.models.\(name).classes",
                known: model.classNames,
                owner: "the model '\(name)' does not have"
            )
        }
        return problems
    }

    /// The rules that are in force for models, checked.
    ///
    /// - Parameters:
    ///   - models: The models.
    ///   - refusesUnknown: Whether names that none of the models has are an error, as they are
    ///     where these are the models that the configuration itself names.
    /// - Returns: For each model a complete rule for every class.
    /// - Throws: Unknown names, or rules that contradict one another.
    package func detectionSettings(
        for models: [ModelRules],
        refusesUnknown: Bool = true
    ) throws(ConfigurationError) -> [DetectionSettings] {
        if refusesUnknown {
            let unknown = unknownNames(in: models)
            guard unknown.isEmpty else { throw .invalid(unknown) }
        }
        var all: [DetectionSettings] = []
        for model in models {
            let settings = detection.settings(for: model, thresholds: thresholds)
            do {
                try settings.validate()
            } catch {
                throw .invalid([problem(error.key, found: error.found, allowed: error.allowed)])
            }
            all.append(settings)
        }
        return all
    }

    /// The problems of the settings that name models.
    func modelContradictions() -> [DocumentProblem] {
        var problems: [DocumentProblem] = []
        // Both in one file is a slip; a drop-in may well say `models` over the main file's `model`.
        if case .file(let one)? = origins["model"], case .file(let several)? = origins["models"],
            one.file == several.file
        {
            problems.append(
                problem(
                    "models",
                    found: "both 'model' and 'models'",
                    allowed: "one of the two",
                    advice: "remove 'model', and list it under 'models' if it is meant too"
                )
            )
        }
        let lists =
            [("models", models)]
            + sources.enumerated().map { ("sources[\($0)].models", $1.models) }
        for case (let key, let names?) in lists {
            if names.isEmpty {
                problems.append(
                    problem(key, found: "an empty list", allowed: "at least one model")
                )
            }
            var seen: Set<String> = []
            for name in names where !seen.insert(name).inserted {
                problems.append(
                    problem(key, found: "'\(name)' twice", allowed: "every model once")
                )
            }
        }
        return problems
    }

    private func unknownClasses(
        _ names: some Sequence<String>,
        under key: String,
        known: [String],
        owner: String
    ) -> [DocumentProblem] {
        names.sorted().filter { !known.contains($0) }.map { name in
            var seen: Set<String> = []
            return problem(
                "\(key).\(name)",
                found: "a class that \(owner)",
                allowed: known.filter { seen.insert($0).inserted }.joined(separator: ", "),
                advice: NearestName.question(for: name, among: known)
            )
        }
    }
}

/// Remarks on settings without effect, one line each.
extension MonitorConfiguration {
    /// The settings that have no effect, because no model in use has what they name.
    ///
    /// The service listens nevertheless: with another model, the classes of the last one are
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
                "Cannot read the thresholds set by command: \(damage). "
                    + "The configuration's and models' thresholds apply."
            ]
        }
        if let aside = thresholds.asidePath {
            return [
                "Part of the thresholds set by command could not be read; the file is moved to "
                    + "'\(aside)'."
            ]
        }
        return thresholds.leftOut.map { "\($0.position): \($0.key): found \($0.found); ignored." }
    }

    private func thresholdsWithoutEffect(in models: [ModelRules]) -> [String] {
        let everywhere = Set(models.flatMap(\.classNames))
        let unknown =
            thresholds.classes.keys(ofClasses: { !everywhere.contains($0) }).map {
                (key: $0, what: "a class that no model in use has")
            }
            + thresholds.models.flatMap { name, set in
                let model = models.first { $0.name == name }
                let unknown = set.keys(ofClasses: { model?.classNames.contains($0) != true })
                return unknown.map { key in
                    (
                        key: "models.\(name).\(key)",
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
