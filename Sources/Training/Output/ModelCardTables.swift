import Detection
import Foundation
import SoundDatasets

/// The tables of the card.
extension ModelCard {
    /// How many recordings of each class were trained on and left out.
    static func classes(of model: TrainedModel) -> [String] {
        let leftOut = [model.heldOutPlaces, model.calibrationPlaces]
        let isWhole = leftOut.allSatisfy(\.isEmpty)
        let trained = model.trainedClips
        let rows = model.dataset.classNames.enumerated().map { index, name in
            let clips = trained.filter { $0.classes.contains(index) }
            let counts = leftOut.map { places in
                places.count { model.dataset.clips[$0].classes.contains(index) }
            }
            return [name, "\(clips.count)", "\(Set(clips.map(\.group)).count)"]
                + (isWhole ? [] : counts.map { "\($0)" })
        }
        let header = ["class", "recordings", "sources"]
        return ["## Classes", ""]
            + table(header + (isWhole ? [] : ["tested on", "calibrated on"]), rows)
    }

    /// What the rules detect in the clips that were held out.
    static func rows(of report: HeldOutReport) -> [String] {
        var lines = [
            "A recording counts as detected if the smoothed score of the class reaches its "
                + "threshold in any window. 95 % intervals in brackets (Wilson over recordings; of "
                + "the average precision, a bootstrap over sources).",
            "",
        ]
        lines += table(
            [
                "class", "recordings", "recall %", "precision %", "average precision %",
                "false among other sounds",
            ],
            report.classes.map { row in
                let interval = row.averagePrecisionInterval.map {
                    " (\(percent($0.lowerBound))–\(percent($0.upperBound)))"
                }
                return [
                    row.name + (row.isEnabled ? "" : " (off)"), "\(row.clipCount)",
                    share(row.hitCount, of: row.clipCount),
                    share(row.hitCount, of: row.detectedCount),
                    row.averagePrecision.map { percent($0) + (interval ?? "") } ?? "–",
                    "\(row.falseCount)",
                ]
            }
        )
        if let mean = report.meanAveragePrecision {
            lines += ["", "Mean average precision: \(percent(mean)) %."]
        }
        guard !report.negatives.isEmpty else { return lines }
        lines += [
            "",
            "False alarms: recordings of no reported class that were detected as an enabled class.",
            "",
        ]
        return lines
            + table(
                ["kind", "recordings", "minutes", "detected as a class", "%"],
                report.negatives.map { row in
                    [
                        row.kind, "\(row.clipCount)", String(format: "%.1f", row.seconds / 60),
                        "\(row.detectedCount)", share(row.detectedCount, of: row.clipCount),
                    ]
                }
            )
    }

    /// How scores were calibrated; empty if they were not.
    static func calibration(of model: TrainedModel) -> [String] {
        guard let calibration = model.calibration else { return [] }
        var lines = [
            "",
            "Scores are calibrated (Platt scaling) on \(calibration.clipCount) further recordings "
                + "that were not used for training. Thresholds come from the recipe.",
        ]
        if let error = model.report?.calibrationError {
            lines.append(
                "Expected calibration error on held-out recordings: "
                    + "\(String(format: "%.4f", error.after)), without calibration "
                    + "\(String(format: "%.4f", error.before)) (mean over classes)."
            )
        }
        let rows = model.dataset.classNames.enumerated().map { index, name in
            let numbers = calibration.scaling[index].map {
                [String(format: "%.3f", $0.slope), String(format: "%.3f", $0.offset)]
            }
            return [
                name, "\(calibration.heardCounts[index])", "\(calibration.otherCounts[index])",
            ] + (numbers ?? ["–", "–"])
        }
        return lines + [""] + table(["class", "windows", "others", "slope", "offset"], rows)
    }

    /// A table of the folds and their mean.
    static func folds(of validation: CrossValidation) -> [String] {
        var rows = validation.folds.map { fold in
            ["\(fold.number)", "\(fold.clipCount)"]
                + [fold.clipAccuracy, fold.clipAccuracyOfAllWindows, fold.windowAccuracy]
                .map(percent)
        }
        let count = validation.folds.reduce(0) { $0 + $1.clipCount }
        let accuracy = validation.summary(\.clipAccuracy)
        let figures = [
            accuracy, validation.summary(\.clipAccuracyOfAllWindows),
            validation.summary(\.windowAccuracy),
        ]
        rows.append(
            ["mean ± deviation", "\(count)"]
                + figures.map { "\(percent($0.mean)) ± \(percent($0.deviation))" }
        )
        let interval = WilsonInterval(share: accuracy.mean, count: count)
        return table(
            ["fold", "clips", "clip accuracy %", "with all windows %", "window accuracy %"],
            rows
        ) + [
            "",
            "Clip accuracy, 95 % confidence interval over clips (Wilson): "
                + "\(percent(interval.low)) to \(percent(interval.high)) %.",
        ]
    }

    /// How many recordings of each class were classified correctly.
    static func recalls(of validation: CrossValidation, names: [String]) -> [String] {
        let rows = zip(names, validation.confusion).enumerated().compactMap {
            index,
            pair -> [String]? in
            let (name, row) = pair
            let count = row.reduce(0, +)
            guard count > 0 else { return nil }
            let share = Double(row[index]) / Double(count)
            let interval = WilsonInterval(share: share, count: count)
            return [
                name, "\(count)", percent(share),
                "\(percent(interval.low)) to \(percent(interval.high))",
            ]
        }
        return table(["class", "recordings", "correct %", "95 % interval"], rows)
    }

    static func confusion(of validation: CrossValidation, names: [String]) -> [String] {
        table(
            [""] + names,
            zip(names, validation.confusion).map { name, row in [name] + row.map { "\($0)" } }
        )
    }

    /// A table in Markdown.
    static func table(_ header: [String], _ rows: [[String]]) -> [String] {
        func line(_ cells: [String]) -> String {
            "|" + cells.map { $0.isEmpty ? " |" : " \($0) |" }.joined()
        }
        return [line(header), "|" + header.map { _ in "---|" }.joined()] + rows.map(line)
    }

    /// A share in percent with two decimals.
    static func percent(_ share: Double) -> String {
        let hundredths = Int((share * 10_000).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// A share in percent with its interval.
    private static func share(_ count: Int, of total: Int) -> String {
        guard total > 0 else { return "–" }
        let share = Double(count) / Double(total)
        let interval = WilsonInterval(share: share, count: total)
        return "\(percent(share)) (\(percent(interval.low))–\(percent(interval.high)))"
    }
}

extension CrossValidation {
    /// The folds, their mean and the confidence interval, as Markdown.
    package var markdown: String { ModelCard.folds(of: self).joined(separator: "\n") + "\n" }
}

/// The 95 % confidence interval of a share of `count` independent trials (Wilson, 1927).
///
/// Not Detection's `ExactInterval`: the figures of the models' cards are Wilson's, and a mean of
/// folds is not a whole number of trials.
struct WilsonInterval: Equatable {
    let low: Double
    let high: Double

    init(share: Double, count: Int) {
        guard count > 0 else {
            (low, high) = (0, 1)
            return
        }
        let z = 1.959964
        let n = Double(count)
        let centre = share + z * z / (2 * n)
        let reach = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        low = (centre - reach) / (1 + z * z / n)
        high = (centre + reach) / (1 + z * z / n)
    }
}
