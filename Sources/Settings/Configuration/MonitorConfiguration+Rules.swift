extension MonitorConfiguration {
    /// The problems of rules that no single value of them has.
    func ruleContradictions() -> [DocumentProblem] {
        rules.sorted { $0.key < $1.key }.flatMap { name, rule in
            contradictions(of: rule.when, at: "rules.\(name).when")
                + contradictions(of: rule.then, at: "rules.\(name)")
                + nameProblems(of: rule, named: name)
        }
    }

    /// The names of classes that rules wait for and no model has.
    func unknownClassesOfRules(known: [String], owner: String) -> [DocumentProblem] {
        rules.sorted { $0.key < $1.key }.flatMap { name, rule in
            [
                ("class", rule.when.classes), ("all", rule.when.all.flatMap(\.self)),
                ("not", rule.when.not), ("then_class", rule.when.thenClasses),
            ]
            .flatMap { key, classes in
                classes.filter { !known.contains($0) && $0 != "unknown" }.map {
                    problem(
                        "rules.\(name).when.\(key)",
                        found: "'\($0)', a class that \(owner)",
                        allowed: Set(known).sorted().joined(separator: ", "),
                        advice: NearestName.question(for: $0, among: known)
                    )
                }
            }
        }
    }

    private func nameProblems(of rule: RuleSettings, named name: String) -> [DocumentProblem] {
        var problems: [DocumentProblem] = []
        if !ValueForm<String>.isName(name) {
            problems.append(
                problem(
                    "rules.\(name)",
                    found: "'\(name)'",
                    allowed: ValueForm<String>.name.allowed
                )
            )
        }
        let known = sources.map(\.name)
        for source in rule.when.sources where !known.contains(source) {
            problems.append(
                problem(
                    "rules.\(name).when.source",
                    found: "'\(source)', which is no source",
                    allowed: known.joined(separator: ", "),
                    advice: NearestName.question(for: source, among: known)
                )
            )
        }
        return problems
    }

    private func contradictions(
        of when: RuleCondition,
        at path: String
    ) -> [DocumentProblem] {
        let kinds = [
            when.isExpression ? when.all.isEmpty ? "not" : "all" : nil,
            when.count == nil ? nil : "count", when.thenClasses.isEmpty ? nil : "then_class",
            when.absentForSeconds == nil ? nil : "absent_for",
            when.absentBy == nil ? nil : "absent_by", when.faults.isEmpty ? nil : "fault",
        ].compactMap(\.self)
        var problems: [DocumentProblem] = []
        if kinds.count > 1 {
            problems.append(
                problem(
                    "\(path).\(kinds[1])",
                    found: "both '\(kinds[0])' and '\(kinds[1])'",
                    allowed: "one of them",
                    advice: "write two rules"
                )
            )
        }
        let needsTime = when.count != nil || !when.thenClasses.isEmpty || when.isExpression
        if needsTime, when.withinSeconds == nil {
            problems.append(
                problem(
                    "\(path).\(kinds[0])",
                    found: "'\(kinds[0])' without 'within'",
                    allowed: "both",
                    advice: "add the time, such as 'within: 10m'"
                )
            )
        }
        if !needsTime, when.withinSeconds != nil {
            problems.append(
                problem(
                    "\(path).within",
                    found: "'within' alone",
                    allowed: "with 'count', 'then_class', 'all' or 'not'"
                )
            )
        }
        if !when.faults.isEmpty, !when.classes.isEmpty {
            problems.append(
                problem(
                    "\(path).fault",
                    found: "both 'class' and 'fault'",
                    allowed: "one of them",
                    advice: "write two rules"
                )
            )
        }
        if when.over != .none, when.faults.isEmpty {
            problems.append(
                problem("\(path).over", found: "'over' without 'fault'", allowed: "both")
            )
        }
        if when.isAbsence, when.longerThanSeconds != nil {
            problems.append(
                problem(
                    "\(path).longer_than",
                    found: "'longer_than' of what is not heard",
                    allowed: "one of 'longer_than' and '\(kinds[0])'"
                )
            )
        }
        return problems
    }

    private func contradictions(
        of actions: [RuleAction],
        at path: String
    ) -> [DocumentProblem] {
        guard !actions.isEmpty else {
            return [
                problem(
                    path,
                    found: "nothing to do",
                    allowed: "a list of command, webhook, publish or mail",
                    advice: "add what is to be done"
                )
            ]
        }
        return actions.enumerated().compactMap { index, action in
            let kinds = action.kinds
            if kinds.count == 1 { return nil }
            let words = kinds.map(\.rawValue).joined(separator: " and ")
            return problem(
                "\(path).then",
                found: kinds.isEmpty
                    ? "element \(index + 1) without a receiver" : "\(words) in one element",
                allowed: "one of command, webhook (with url), publish (with topic), mail (with to)",
                advice: kinds.isEmpty ? "" : "write two elements, each beginning with '- '"
            )
        }
    }
}
