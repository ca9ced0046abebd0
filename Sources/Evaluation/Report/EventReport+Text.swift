package import Messages
import SoundDatasets

extension EventReport {
    /// The report as tables for a terminal.
    package var text: String {
        ([summaryTable, classTable, curveTable].map(\.text) + [suggestion?.text].compactMap { $0 })
            .joined(separator: "\n")
    }

    /// What the report comes to, a line each.
    var summaryTable: TextTable {
        let interval = falseAlarmsPerHourInterval
        let sounds = classes.reduce(0) { $0 + $1.overlap.referenceCount }
        let found = classes.reduce(0) { $0 + $1.overlap.foundCount }
        let rows: [[String]] = [
            ["model", modelName],
            [
                "recordings",
                "\(recordings.count), \(ReportNumber.text(hours, decimals: 2)) h, \(sounds) sounds "
                    + "of its classes, \(unknownSoundCount) of others",
            ],
            ["sounds found", "\(found) of \(sounds)"],
            [
                "false alarms",
                "\(falseAlarmCount), "
                    + "\(ReportNumber.text(Double(falseAlarmCount) / hours, decimals: 1)) an hour "
                    + "(95 %: \(ReportNumber.text(interval.lowerBound, decimals: 1)) to "
                    + "\(ReportNumber.text(interval.upperBound, decimals: 1)))",
            ],
            [
                "event-based",
                "F1 \(ReportNumber.share(eventScores.overall.f1)), error rate "
                    + "\(ReportNumber.share(eventScores.overall.errorRate)), macro F1 "
                    + "\(ReportNumber.share(eventScores.macroF1)) (collar "
                    + "\(ReportNumber.text(eventRule.collarSeconds, decimals: 2)) s)",
            ],
            [
                "segment-based",
                "F1 \(ReportNumber.share(segmentScores.overall.f1)), error rate "
                    + "\(ReportNumber.share(segmentScores.overall.errorRate)), macro F1 "
                    + "\(ReportNumber.share(segmentScores.macroF1)) (segments of "
                    + "\(ReportNumber.text(segmentSeconds, decimals: 2)) s)",
            ],
            ["PSDS 1", ReportNumber.share(psds1?.value)],
            ["PSDS 2", ReportNumber.share(psds2?.value)],
            ["latency", Self.quantiles(latenciesSeconds)],
            ["onset error", Self.quantiles(onsetErrorsSeconds)],
        ]
        return TextTable(header: ["", ""], rows: rows, showsHeader: false)
    }

    private static func quantiles(_ values: [Double]) -> String {
        "\(ReportNumber.text(OverlapTally.quantile(0.5, of: values), decimals: 2)) s median, "
            + "\(ReportNumber.text(OverlapTally.quantile(0.9, of: values), decimals: 2)) s at 90 %"
    }

    /// A row for each class.
    var classTable: TextTable {
        TextTable(
            header: [
                "class", "on", "sounds", "found", "recall", "events", "false", "per hour",
                "event F1", "event ER", "segment F1",
            ],
            rows: classes.map { row in
                [
                    row.name, ReportNumber.threshold(row.on), "\(row.overlap.referenceCount)",
                    "\(row.overlap.foundCount)", ReportNumber.share(row.overlap.recall),
                    "\(row.overlap.eventCount)", "\(row.overlap.falseAlarmCount)",
                    ReportNumber.text(Double(row.overlap.falseAlarmCount) / hours, decimals: 2),
                    ReportNumber.share(row.events.f1), ReportNumber.share(row.events.errorRate),
                    ReportNumber.share(row.segments.f1),
                ]
            },
            rightAligned: Set(1...10)
        )
    }

    /// A row for each threshold.
    var curveTable: TextTable {
        TextTable(
            header: ["threshold for all", "recall", "false alarms per hour"],
            rows: curve.map { point in
                [
                    ReportNumber.threshold(point.threshold), ReportNumber.share(point.recall),
                    ReportNumber.text(point.falseAlarmsPerHour, decimals: 2),
                ]
            },
            rightAligned: [0, 1, 2]
        )
    }

    /// Recall and false alarms of all classes together, with one threshold for all.
    var curve: [(threshold: Float, recall: Double?, falseAlarmsPerHour: Double)] {
        sweep.points.map { point in
            let found = point.tallies.values.reduce(0) { $0 + $1.foundCount }
            let count = point.tallies.values.reduce(0) { $0 + $1.referenceCount }
            let alarms = point.tallies.values.reduce(0) { $0 + $1.falseAlarmCount }
            return (
                point.threshold, count > 0 ? Double(found) / Double(count) : nil,
                Double(alarms) / sweep.hours
            )
        }
    }
}

extension ThresholdSuggestion {
    /// The suggestion as a table for a terminal.
    var text: String { table.text + summary + "\n" }

    /// A row for each class.
    var table: TextTable {
        TextTable(
            header: ["class", "on", "recall", "false alarms per day", "95 % interval"],
            rows: classes.map { choice in
                let own = Self.perDay(choice.tally.falseAlarmCount, hours: hours)
                return [
                    choice.name, ReportNumber.threshold(choice.on),
                    ReportNumber.share(choice.tally.recall),
                    ReportNumber.text(
                        Double(choice.tally.falseAlarmCount) * 24 / hours,
                        decimals: 1
                    ),
                    "\(ReportNumber.text(own.lowerBound, decimals: 1)) to "
                        + ReportNumber.text(own.upperBound, decimals: 1),
                ]
            },
            rightAligned: [1, 2, 3, 4]
        )
    }

    /// What to expect of all classes together.
    var summary: String {
        let interval = falseAlarmsPerDayInterval
        return
            "All classes: \(ReportNumber.text(falseAlarmsPerDay, decimals: 1)) false alarms a day "
            + "(95 %: \(ReportNumber.text(interval.lowerBound, decimals: 1)) to "
            + "\(ReportNumber.text(interval.upperBound, decimals: 1))), "
            + "\(ReportNumber.text(budgetPerDay, decimals: 1)) allowed"
            + (isWithinBudget ? "." : ": no thresholds keep within it.")
    }
}

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
