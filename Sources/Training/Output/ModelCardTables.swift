import Detection
import Foundation
import SoundDatasets

/// What the card tells of clips that were left out of the training.
extension ModelCard {
    /// How many recordings of each class were trained on and left out.
    static func classes(of model: TrainedModel) -> [String] {
        let leavesOut = !(model.heldOutPlaces + model.calibrationPlaces).isEmpty
        let more = leavesOut ? " tested on | calibrated on |" : ""
        var lines = ["## Classes", "", "| class | recordings | sources |\(more)"]
        lines.append(leavesOut ? "|---|---|---|---|---|" : "|---|---|---|")
        let trained = model.trainedClips
        for (index, name) in model.dataset.classNames.enumerated() {
            let clips = trained.filter { $0.classes.contains(index) }
            let rest = [model.heldOutPlaces, model.calibrationPlaces].map { places in
                " \(places.count { model.dataset.clips[$0].classes.contains(index) }) |"
            }
            lines.append(
                "| \(name) | \(clips.count) | \(Set(clips.map(\.group)).count) |"
                    + (leavesOut ? rest.joined() : "")
            )
        }
        return lines
    }

    /// What the rules make of the clips that were held out.
    static func rows(of report: HeldOutReport) -> [String] {
        var lines = [
            "As the rules decide: a recording is taken for a class if its smoothed score reaches the "
                + "class's threshold in some window. 95 % intervals in brackets (Wilson over recordings; "
                + "of the average precision, a bootstrap over sources).",
            "",
            "| class | recordings | recall % | precision % | average precision % "
                + "| false among other sounds |",
            "|---|---|---|---|---|---|",
        ]
        for row in report.classes {
            let average = row.averagePrecision.map { value in
                let interval = row.averagePrecisionInterval.map {
                    " (\(percent($0.lowerBound))–\(percent($0.upperBound)))"
                }
                return percent(value) + (interval ?? "")
            }
            lines.append(
                "| \(row.name)\(row.isEnabled ? "" : " (off)") | \(row.clipCount) "
                    + "| \(share(row.foundCount, of: row.clipCount)) "
                    + "| \(share(row.foundCount, of: row.takenCount)) | \(average ?? "–") "
                    + "| \(row.falseCount) |"
            )
        }
        if let mean = report.meanAveragePrecision {
            lines += ["", "Mean average precision: \(percent(mean)) %."]
        }
        guard !report.negatives.isEmpty else { return lines }
        lines += [
            "", "Sounds of no reported class, and how many were taken for a class that is on:", "",
            "| kind | recordings | minutes | taken for a class | of them % |",
            "|---|---|---|---|---|",
        ]
        for row in report.negatives {
            lines.append(
                "| \(row.kind) | \(row.clipCount) | \(String(format: "%.1f", row.seconds / 60)) "
                    + "| \(row.takenCount) | \(share(row.takenCount, of: row.clipCount)) |"
            )
        }
        return lines
    }

    /// How scores were made probabilities; nothing if they were not.
    static func calibration(of model: TrainedModel) -> [String] {
        guard let calibration = model.calibration else { return [] }
        var lines = [
            "",
            "Scores are calibrated (Platt's scaling) on \(calibration.clipCount) other recordings that "
                + "were not trained on; the thresholds of the recipe are carried over.",
        ]
        if let error = model.report?.calibrationError {
            lines.append(
                "The expected calibration error on the recordings held out is "
                    + "\(String(format: "%.4f", error.after)), without calibration "
                    + "\(String(format: "%.4f", error.before)) (mean of the classes)."
            )
        }
        lines += [
            "", "| class | windows | others | slope | offset |", "|---|---|---|---|---|",
        ]
        for (index, name) in model.dataset.classNames.enumerated() {
            let numbers =
                calibration.scaling[index].map {
                    String(format: "%.3f | %.3f", $0.slope, $0.offset)
                } ?? "– | –"
            lines.append(
                "| \(name) | \(calibration.heardCounts[index]) | \(calibration.otherCounts[index]) "
                    + "| \(numbers) |"
            )
        }
        return lines
    }

    /// A share in percent with its interval.
    private static func share(_ count: Int, of total: Int) -> String {
        guard total > 0 else { return "–" }
        let interval = WilsonInterval(share: Double(count) / Double(total), count: total)
        return "\(percent(Double(count) / Double(total))) "
            + "(\(percent(interval.low))–\(percent(interval.high)))"
    }
}

/// The 95 % confidence interval of a share of `count` independent trials (Wilson, 1927).
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

/// The table that a cross-validation prints.
package enum ValidationReport {
    /// The folds, their mean, the confidence interval, as Markdown.
    package static func text(of validation: CrossValidation) -> String {
        ModelCard.table(of: validation).joined(separator: "\n") + "\n"
    }
}
