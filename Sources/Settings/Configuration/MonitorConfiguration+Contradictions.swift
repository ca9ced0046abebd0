import Detection

extension MonitorConfiguration {
    /// The problems that no single value has, but several have together.
    func contradictions() -> [DocumentProblem] {
        gateContradictions() + detectionContradictions() + clipContradictions()
            + sourceContradictions() + modelContradictions() + ruleContradictions()
            + mqttContradictions() + fleetContradictions()
    }

    /// Where a value came from.
    ///
    /// - Parameter key: The dotted path, such as `gate.open_dbfs` or `sources[0].device`.
    /// - Returns: The place that set the value last.
    package func origin(of key: String) -> SettingOrigin {
        if let origin = origins[key] { return origin }
        if key.hasPrefix("sources["), let origin = origins["sources"],
            case .commandLine = origin
        {
            return origin
        }
        return .builtIn
    }

    private func gateContradictions() -> [DocumentProblem] {
        guard gate.closeDBFS > gate.openDBFS else { return [] }
        let (open, close) = (gate.openDBFS.settingText, gate.closeDBFS.settingText)
        let advice = "set both, 'open_dbfs' the higher"
        guard origins["gate.close_dbfs"] == nil else {
            return [
                problem(
                    "gate.close_dbfs",
                    found: close,
                    allowed: "at most gate.open_dbfs, which is \(open)",
                    advice: advice
                )
            ]
        }
        return [
            problem(
                "gate.open_dbfs",
                found: open,
                allowed: "at least gate.close_dbfs, which is \(close)",
                advice: advice
            )
        ]
    }

    private func detectionContradictions() -> [DocumentProblem] {
        let sections =
            [("detection", detection.rules)]
            + detection.models.sorted { $0.key < $1.key }
            .map { ("detection.models.\($0.key)", $0.value.rules) }
        return sections.flatMap { path, rules -> [(String, ClassRuleOverlay)] in
            [(path, rules.all)]
                + rules.classes.sorted { $0.key < $1.key }
                .map { ("\(path).classes.\($0.key)", $0.value) }
        }.compactMap { path, rule in
            rule.contradiction().map {
                problem("\(path).\($0.key)", found: $0.found, allowed: $0.allowed)
            }
        }
    }

    private func clipContradictions() -> [DocumentProblem] {
        guard clips.preRollSeconds >= clips.maxLengthSeconds else { return [] }
        let (roll, length) = (clips.preRollSeconds.settingText, clips.maxLengthSeconds.settingText)
        return [
            origins["clips.pre_roll_s"] != nil
                ? problem(
                    "clips.pre_roll_s",
                    found: roll,
                    allowed: "less than clips.max_length_s, which is \(length)"
                )
                : problem(
                    "clips.max_length_s",
                    found: length,
                    allowed: "more than clips.pre_roll_s, which is \(roll)"
                )
        ]
    }

    private func sourceContradictions() -> [DocumentProblem] {
        guard !sources.isEmpty else {
            return [
                problem(
                    "sources",
                    found: "an empty list",
                    allowed: "at least one source",
                    advice: "leave 'sources' out to listen to the default device"
                )
            ]
        }
        var names: Set<String> = []
        var problems: [DocumentProblem] = []
        for (index, source) in sources.enumerated() {
            let path = "sources[\(index)]"
            if !source.name.isEmpty, !names.insert(source.name).inserted {
                problems.append(
                    problem(
                        "\(path).name",
                        found: "'\(source.name)' again",
                        allowed: "a different name for each source"
                    )
                )
            }
            if case .only(let number) = source.channel,
                let channels = source.channels ?? (source.input.isProgram ? 1 : nil),
                number > channels
            {
                problems.append(
                    problem(
                        "\(path).channel",
                        found: "\(number)",
                        allowed: "at most 'channels', which is \(channels)"
                    )
                )
            }
            problems += inputContradictions(of: source, at: path)
        }
        return problems
    }

    private func inputContradictions(
        of source: SourceSettings,
        at path: String
    ) -> [DocumentProblem] {
        // Whichever stands last is the input; a list in a later file replaces the whole list.
        if case .file(let device)? = origins["\(path).device"],
            case .file(let command)? = origins["\(path).command"], device.file == command.file
        {
            return [
                problem(
                    "\(path).command",
                    found: "both 'device' and 'command'",
                    allowed: "one of them",
                    advice: "write two sources"
                )
            ]
        }
        guard source.input.isProgram else {
            guard source.format != nil else { return [] }
            return [
                problem(
                    "\(path).format",
                    found: "'format' without 'command'",
                    allowed: "with 'command'",
                    advice: "leave it out: a device says its format"
                )
            ]
        }
        guard source.sampleRateHz == nil else { return [] }
        return [
            problem(
                "\(path).command",
                found: "'command' without 'sample_rate'",
                allowed: "both",
                advice: "add the rate that the program writes, such as 'sample_rate: 16000'"
            )
        ]
    }

    func problem(
        _ key: String,
        found: String,
        allowed: String,
        advice: String = ""
    ) -> DocumentProblem {
        let position: DocumentPosition =
            if case .file(let position)? = origins[key] {
                position
            } else {
                DocumentPosition(file: files.last ?? "command line", line: 1, column: 1)
            }
        return DocumentProblem(
            position: position,
            key: key,
            found: found,
            allowed: allowed,
            advice: advice
        )
    }
}
