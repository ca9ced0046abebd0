import Evaluation
import Foundation
import ModelLibrary
import SoundDatasets

/// What was measured, as tables.
extension Measurement {
    var summary: String {
        func sounds(in recordings: [ScoredRecording]) -> String {
            let count = recordings.reduce(0) { sum, recording in
                sum + recording.reference.count { replay.reportedClassNames.contains($0.label) }
            }
            return "\(count) in \(MarkdownTable.number(AccuracySet.hours(of: recordings), 2)) h"
        }
        let backgrounds = test.backgrounds.map { kind in
            "\(MarkdownTable.number(AccuracySet.hours(of: kind.recordings), 2)) h \(kind.name)"
        }.joined(separator: ", ")
        return """
            Model `\(model.name)` \(model.version), network \("\(model.digest)".prefix(12)). Sounds of its \
            classes: clear, \(sounds(in: test.clips)); in scenes, \(sounds(in: test.scenes)). Without \
            them: \(backgrounds).

            """
    }

    func stageTable() async -> String {
        let variants = variants()
        let figures = await figures(of: variants)
        var table = MarkdownTable(
            header: [
                "decision", "network asked", "recall, clear", "in scenes", "event F1", "PSDS 1",
                "PSDS 2",
            ]
                + test.backgrounds.map { "false/h, \($0.name)" }
                + ["false/h (95 %)", "onset error, s: median", "90 %"]
        )
        for (variant, figures) in zip(variants, figures) {
            let interval = figures.falseAlarmsPerHourInterval
            table.rows.append(
                [
                    variant.name, "\(MarkdownTable.number(variant.set.askedShare * 100, 0)) %",
                    MarkdownTable.number(figures.clipRecall, 3),
                    MarkdownTable.number(figures.sceneRecall, 3),
                    MarkdownTable.number(figures.eventF1, 3),
                    MarkdownTable.number(figures.psds?.first, 3),
                    MarkdownTable.number(figures.psds?.second, 3),
                ]
                    + figures.backgrounds.map {
                        MarkdownTable.number(figures.falseAlarmsPerHour(in: $0.name), 1)
                    } + [
                        "\(MarkdownTable.number(figures.falseAlarmsPerHour, 1)) "
                            + "(\(MarkdownTable.number(interval.lowerBound, 1))–"
                            + "\(MarkdownTable.number(interval.upperBound, 1)))",
                        MarkdownTable.number(
                            OverlapTally.quantile(0.5, of: figures.onsetErrorsSeconds),
                            3
                        ),
                        MarkdownTable.number(
                            OverlapTally.quantile(0.9, of: figures.onsetErrorsSeconds),
                            3
                        ),
                    ]
            )
        }
        return "#### Stage by stage\n\n\(table.text)"
    }

    func classTable() -> String {
        let figures = DecisionFigures(heard(test), replay)
        var table = MarkdownTable(
            header: ["class", "recall, clear", "in scenes", "false among other sounds"]
                + test.backgrounds.map { "false/h, \($0.name)" }
        )
        for name in replay.reportedClassNames {
            let clear = figures.clips[name] ?? OverlapTally()
            let tally = figures.scenes[name] ?? OverlapTally()
            table.rows.append(
                [
                    "`\(name)`", Self.found(clear), Self.found(tally),
                    "\(tally.falseAlarmCount)",
                ]
                    + figures.backgrounds.map { kind in
                        MarkdownTable.number(
                            Double(kind.tallies[name]?.falseAlarmCount ?? 0) / kind.hours,
                            1
                        )
                    }
            )
        }
        return "#### Class by class, as the model decides\n\n\(table.text)"
    }

    static func found(_ tally: OverlapTally) -> String {
        "\(MarkdownTable.number(tally.recall, 2)) of \(tally.referenceCount)"
    }

    func summaryTable(_ approaches: [Approach]) -> String {
        let share = 0.8
        var table = MarkdownTable(
            header: ["decision", "clear recall at < 1 false/h"]
                + test.backgrounds.map { "false/h at recall .80, \($0.name)" } + ["all"]
        )
        for approach in approaches {
            table.rows.append(
                [
                    approach.name,
                    MarkdownTable.number(approach.recall(underFalseAlarmsPerHour: 1), 3),
                ]
                    + test.backgrounds.map { kind in
                        MarkdownTable.number(
                            approach.falseAlarmsPerHour(atRecall: share, in: kind.name),
                            1
                        )
                    } + [MarkdownTable.number(approach.falseAlarmsPerHour(atRecall: share), 1)]
            )
        }
        return "#### What thresholds and lengths for each class give\n\n\(table.text)"
    }

    func curveTable(_ approaches: [Approach]) -> String {
        var table = MarkdownTable(header: [
            "decision", "chosen for", "recall, clear", "in scenes", "false/h (95 %)",
        ]
        )
        for approach in approaches {
            for point in approach.points {
                let interval = point.figures.falseAlarmsPerHourInterval
                table.rows.append([
                    approach.name, point.setting,
                    MarkdownTable.number(point.figures.clipRecall, 3),
                    MarkdownTable.number(point.figures.sceneRecall, 3),
                    "\(MarkdownTable.number(point.figures.falseAlarmsPerHour, 2)) "
                        + "(\(MarkdownTable.number(interval.lowerBound, 2))–"
                        + "\(MarkdownTable.number(interval.upperBound, 2)))",
                ])
            }
        }
        return "#### The curve\n\n\(table.text)"
    }
}

/// A table in Markdown.
struct MarkdownTable {
    let header: [String]
    var rows: [[String]] = []

    var text: String {
        ([header, header.map { _ in "---" }] + rows).map { cells in
            "| " + cells.joined(separator: " | ") + " |\n"
        }.joined()
    }

    /// A number with so many decimals, or a dash.
    static func number(_ value: Double?, _ decimals: Int) -> String {
        value.map { String(format: "%.\(decimals)f", $0) } ?? "–"
    }
}
