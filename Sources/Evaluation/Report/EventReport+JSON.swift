package import Messages

extension EventReport {
    /// The report as one object.
    package var json: JSONValue {
        .object([
            .init("model", .string(modelName)),
            .init("dataset", .string(dataSetPath)),
            .init("hours", .number(hours)),
            .init("recordings", .integer(Int64(recordings.count))),
            .init("unknown_sounds", .integer(Int64(unknownSoundCount))),
            .init("false_alarms", .integer(Int64(falseAlarmCount))),
            .init("false_alarms_per_hour", .number(Double(falseAlarmCount) / hours)),
            .init("false_alarms_per_hour_95", .range(falseAlarmsPerHourInterval)),
            .init("event_based", eventScores.json(collarSeconds: eventRule.collarSeconds)),
            .init("segment_based", segmentScores.json(segmentSeconds: segmentSeconds)),
            .init("psds1", .optional(psds1?.value)),
            .init("psds2", .optional(psds2?.value)),
            .init("latency_s", .quantiles(latenciesSeconds)),
            .init("onset_error_s", .quantiles(onsetErrorsSeconds)),
            .init("classes", .array(classes.map { $0.json(hours: hours) })),
            .init("curve", .array(sweep.points.map { $0.json(hours: hours) })),
            .init("suggestion", suggestion?.json ?? .null),
        ])
    }
}

extension EventReport.ClassRow {
    fileprivate func json(hours: Double) -> JSONValue {
        .object([
            .init("class", .string(name)),
            .init("on", .number(Double("\(on)") ?? Double(on))),
            .init("sounds", .integer(Int64(overlap.referenceCount))),
            .init("found", .integer(Int64(overlap.foundCount))),
            .init("recall", .optional(overlap.recall)),
            .init("events", .integer(Int64(overlap.eventCount))),
            .init("false_alarms", .integer(Int64(overlap.falseAlarmCount))),
            .init("false_alarms_per_hour", .number(Double(overlap.falseAlarmCount) / hours)),
            .init("latency_s", .quantiles(overlap.latenciesSeconds)),
            .init("event_based", .object(events.members)),
            .init("segment_based", .object(segments.members)),
        ])
    }
}

extension ThresholdSweep.Point {
    fileprivate func json(hours: Double) -> JSONValue {
        let classes = tallies.sorted { $0.key < $1.key }.map { name, tally in
            JSONValue.Member(
                name,
                .object([
                    .init("recall", .optional(tally.recall)),
                    .init("precision", .optional(tally.precision)),
                    .init(
                        "false_alarms_per_hour",
                        .number(Double(tally.falseAlarmCount) / hours)
                    ),
                ])
            )
        }
        // A Float's own digits: 0.9, not 0.8999999761581421.
        return .object([
            .init("threshold", .number(Double("\(threshold)") ?? Double(threshold))),
            .init("classes", .object(classes)),
        ])
    }
}

extension ThresholdSuggestion {
    fileprivate var json: JSONValue {
        .object([
            .init("allowed_per_day", .number(budgetPerDay)),
            .init("is_within", .bool(isWithinBudget)),
            .init("false_alarms_per_day", .number(falseAlarmsPerDay)),
            .init("false_alarms_per_day_95", .range(falseAlarmsPerDayInterval)),
            .init(
                "classes",
                .array(
                    classes.map { choice in
                        .object([
                            .init("class", .string(choice.name)),
                            .init("on", .number(Double("\(choice.on)") ?? Double(choice.on))),
                            .init("recall", .optional(choice.tally.recall)),
                            .init(
                                "false_alarms_per_day",
                                .number(Double(choice.tally.falseAlarmCount) * 24 / hours)
                            ),
                            .init(
                                "false_alarms_per_day_95",
                                .range(Self.perDay(choice.tally.falseAlarmCount, hours: hours))
                            ),
                        ])
                    }
                )
            ),
        ])
    }
}

extension DetectionScores {
    fileprivate func json(collarSeconds: Double) -> JSONValue {
        json(first: .init("collar_s", .number(collarSeconds)))
    }

    fileprivate func json(segmentSeconds: Double) -> JSONValue {
        json(first: .init("segment_s", .number(segmentSeconds)))
    }

    private func json(first: JSONValue.Member) -> JSONValue {
        .object(
            [first] + overall.members + [
                .init("macro_f1", .optional(macroF1)),
                .init("macro_error_rate", .optional(macroErrorRate)),
            ]
        )
    }
}
