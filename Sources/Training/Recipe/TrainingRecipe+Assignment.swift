import Settings

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
                "no section '\(keys[0])', there are "
                    + Self.assignableSections.joined(separator: ", ")
            )
        }
        let lines = keys.enumerated().map { depth, key in
            String(repeating: "  ", count: depth) + "\(key):"
        }
        var reading = DocumentReading()
        do {
            let text = lines.joined(separator: "\n") + " \(sides[1])\n"
            let document = try YAMLReader.read(text, file: "--set", reading: &reading)
            Self.table.read(document, path: "", into: &self, reading: &reading)
        } catch {
            reading.report(error)
        }
        guard let problem = reading.problems.first else { return }
        let advice = problem.advice.isEmpty ? "" : "; \(problem.advice)"
        throw refusal("found \(problem.found), allowed: \(problem.allowed)\(advice)")
    }
}
