import Detection
package import Messages
import SoundDatasets

extension EventReport {
    /// The report as tables for a terminal.
    package var text: String {
        ([summaryTable, classTable, curveTable].map(\.text) + [suggestion?.text].compactMap { $0 })
            .joined(separator: "\n")
    }

    /// The totals, a line each.
    var summaryTable: TextTable {
        let sounds = classes.reduce(0) { $0 + $1.overlap.referenceCount }
        let found = classes.reduce(0) { $0 + $1.overlap.foundCount }
        let rows: [[String]] = [
            ["model", modelName],
            [
                "recordings",
                "\(recordings.count), \(shown(hours, 2)) h, \(counted(sounds, "sound")) of its "
                    + "classes, \(unknownSoundCount) of others",
            ],
            ["sounds found", "\(found) of \(sounds)"],
            [
                "false alarms",
                "\(falseAlarmCount), \(shown(Double(falseAlarmCount) / hours, 1)) an hour "
                    + "(95 %: \(shown(falseAlarmsPerHourInterval, 1)))",
            ],
            [
                "event-based",
                eventScores.summary + " (collar \(shown(eventRule.collarSeconds, 2)) s)",
            ],
            [
                "segment-based",
                segmentScores.summary + " (segments of \(shown(segmentSeconds, 2)) s)",
            ],
            ["PSDS 1", shown(psds1?.value)],
            ["PSDS 2", shown(psds2?.value)],
            ["latency", Self.quantiles(latenciesSeconds)],
            ["onset error", Self.quantiles(onsetErrorsSeconds)],
        ]
        return TextTable(header: ["", ""], rows: rows, showsHeader: false)
    }

    private static func quantiles(_ values: [Double]) -> String {
        "\(shown(OverlapTally.quantile(0.5, of: values), 2)) s median, "
            + "\(shown(OverlapTally.quantile(0.9, of: values), 2)) s at 90 %"
    }

    /// A row for each class.
    var classTable: TextTable {
        TextTable(
            header: [
                "class", "on", "sounds", "found", "recall", "events", "false", "per hour",
                "event F1", "event ER", "segment F1",
            ],
            rows: classes.map { row in
                let overlap = row.overlap
                return [
                    row.name, shown(threshold: row.on), "\(overlap.referenceCount)",
                    "\(overlap.foundCount)", shown(overlap.recall), "\(overlap.eventCount)",
                    "\(overlap.falseAlarmCount)",
                    shown(Double(overlap.falseAlarmCount) / hours, 2), shown(row.events.f1),
                    shown(row.events.errorRate), shown(row.segments.f1),
                ]
            },
            rightAligned: Set(1...10)
        )
    }

    /// A row for each threshold.
    var curveTable: TextTable {
        TextTable(
            header: ["one threshold for all", "recall", "false alarms per hour"],
            rows: curve.map { point in
                [
                    shown(threshold: point.threshold), shown(point.recall),
                    shown(point.falseAlarmsPerHour, 2),
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

    /// The report as one object.
    package var json: JSONValue {
        .object([
            .init("model", .string(modelName)),
            .init("dataset", .string(dataSetPath)),
            .init("hours", .number(hours)),
            .init("recordings", .count(recordings.count)),
            .init("unknown_sounds", .count(unknownSoundCount)),
            .init("false_alarms", .count(falseAlarmCount)),
            .init("false_alarms_per_hour", .number(Double(falseAlarmCount) / hours)),
            .init("false_alarms_per_hour_95", .range(falseAlarmsPerHourInterval)),
            .init(
                "event_based",
                eventScores.json(first: .init("collar_s", .number(eventRule.collarSeconds)))
            ),
            .init(
                "segment_based",
                segmentScores.json(first: .init("segment_s", .number(segmentSeconds)))
            ),
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
            .init("on", .float(on)),
            .init("sounds", .count(overlap.referenceCount)),
            .init("found", .count(overlap.foundCount)),
            .init("recall", .optional(overlap.recall)),
            .init("events", .count(overlap.eventCount)),
            .init("false_alarms", .count(overlap.falseAlarmCount)),
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
                    .init("false_alarms_per_hour", .number(Double(tally.falseAlarmCount) / hours)),
                ])
            )
        }
        return .object([
            .init("threshold", .float(threshold)), .init("classes", .object(classes)),
        ])
    }
}

extension DetectionScores {
    fileprivate var summary: String {
        "F1 \(shown(overall.f1)), error rate \(shown(overall.errorRate)), macro F1 "
            + "\(shown(macroF1))"
    }

    fileprivate func json(first: JSONValue.Member) -> JSONValue {
        .object(
            [first] + overall.members + [
                .init("macro_f1", .optional(macroF1)),
                .init("macro_error_rate", .optional(macroErrorRate)),
            ]
        )
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
                [
                    choice.name, shown(threshold: choice.on), shown(choice.tally.recall),
                    shown(falseAlarmsPerDay(of: choice), 1), shown(interval(of: choice), 1),
                ]
            },
            rightAligned: [1, 2, 3, 4]
        )
    }

    /// The rate to expect of all classes together.
    var summary: String {
        "All classes: \(shown(falseAlarmsPerDay, 1)) false alarms a day "
            + "(95 %: \(shown(falseAlarmsPerDayInterval, 1))), \(shown(budgetPerDay, 1)) allowed"
            + (isWithinBudget ? "." : ": no thresholds meet it.")
    }

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
                            .init("on", .float(choice.on)),
                            .init("recall", .optional(choice.tally.recall)),
                            .init("false_alarms_per_day", .number(falseAlarmsPerDay(of: choice))),
                            .init("false_alarms_per_day_95", .range(interval(of: choice))),
                        ])
                    }
                )
            ),
        ])
    }

    private func falseAlarmsPerDay(of choice: ClassThreshold) -> Double {
        Double(choice.tally.falseAlarmCount) * 24 / hours
    }

    private func interval(of choice: ClassThreshold) -> ClosedRange<Double> {
        ExactInterval.rate(count: choice.tally.falseAlarmCount, in: hours / 24)
    }
}
