import Settings

extension ModelDescription {
    /// Reads the text of a `model.yaml`.
    ///
    /// - Parameters:
    ///   - text: The YAML.
    ///   - file: The path that problems name.
    /// - Returns: The description.
    /// - Throws: ``ModelFolderError/invalidDescription(_:)`` with every problem.
    package static func read(
        _ text: String,
        file: String
    ) throws(ModelFolderError)
        -> ModelDescription
    {
        var reading = DocumentReading()
        var description = ModelDescription()
        do {
            let document = try YAMLReader.read(text, file: file, reading: &reading)
            settings.read(document, path: "", into: &description, reading: &reading)
            for problem in description.contradictions(file: file, positions: reading.positions) {
                reading.report(problem)
            }
        } catch {
            reading.report(error)
        }
        guard reading.problems.isEmpty else { throw .invalidDescription(reading.problems) }
        return description
    }

    private func contradictions(
        file: String,
        positions: [String: DocumentPosition]
    ) -> [DocumentProblem] {
        func problem(_ key: String, found: String, allowed: String) -> DocumentProblem {
            DocumentProblem(
                position: positions[key] ?? DocumentPosition(file: file, line: 1, column: 1),
                key: key,
                found: found,
                allowed: allowed
            )
        }
        var problems: [DocumentProblem] = []
        if positions["classes"] != nil, classes.isEmpty {
            problems.append(
                problem("classes", found: "an empty list", allowed: "at least one class")
            )
        }
        var names: Set<String> = []
        for (index, soundClass) in classes.enumerated() {
            let path = "classes[\(index)]"
            if !soundClass.name.isEmpty, !names.insert(soundClass.name).inserted {
                problems.append(
                    problem(
                        "\(path).name",
                        found: "'\(soundClass.name)' again",
                        allowed: "a name of its own for each class"
                    )
                )
            }
            if soundClass.name == SoundClass.unknown.name {
                problems.append(
                    problem(
                        "\(path).name",
                        found: "'\(soundClass.name)'",
                        allowed: "any other name; this one is for sounds of no known class"
                    )
                )
            }
            if let fault = soundClass.rule.contradiction() {
                problems.append(
                    problem(
                        "\(path).rule.\(fault.key)",
                        found: fault.found,
                        allowed: fault.allowed
                    )
                )
            }
        }
        if let fault = rule.contradiction() {
            problems.append(
                problem("rule.\(fault.key)", found: fault.found, allowed: fault.allowed)
            )
        }
        return problems
    }
}
