import Detection
package import Messages
import SoundDatasets

extension CalibrationReport {
    /// The report as tables for a terminal.
    package var text: String {
        let rows: [[String]] =
            [
                ["model", modelName],
                ["calibration", method.rawValue],
                ["temperature", ReportNumber.text(Double(calibration.temperature), decimals: 3)],
                [
                    "expected calibration error",
                    "\(ReportNumber.text(errorBefore, decimals: 4)) before, "
                        + "\(ReportNumber.text(errorAfter, decimals: 4)) after "
                        + "(fitted to one half, judged on the other; mean of the classes)",
                ],
            ]
            + openSet.map { fit in
                [
                    "rejection by \(fit.score.rawValue)",
                    "under \(ReportNumber.text(Double(fit.threshold), decimals: 3)): keeps "
                        + "\(ReportNumber.share(fit.keptShare)) of known windows, rejects "
                        + "\(ReportNumber.share(fit.rejectedShare)) of others, ranks "
                        + "\(ReportNumber.share(fit.rankingAccuracy)) of pairs right",
                ]
            }
        return TextTable(header: ["", ""], rows: rows, showsHeader: false).text + "\n" + classTable
    }

    private var classTable: String {
        TextTable(
            header: ["class", "windows", "others", "slope", "offset", "error before", "after"],
            rows: classes.map { row in
                [
                    row.name, "\(row.heardCount)", "\(row.otherCount)",
                    ReportNumber.text(row.scaling.map { Double($0.slope) }, decimals: 3),
                    ReportNumber.text(row.scaling.map { Double($0.offset) }, decimals: 3),
                    ReportNumber.text(row.errorBefore, decimals: 4),
                    ReportNumber.text(row.errorAfter, decimals: 4),
                ]
            },
            rightAligned: Set(1...6)
        ).text
    }

    /// The report as one object.
    package var json: JSONValue {
        .object([
            .init("model", .string(modelName)),
            .init("dataset", .string(dataSetPath)),
            .init("method", .string(method.rawValue)),
            .init("temperature", .number(Double("\(calibration.temperature)") ?? 1)),
            .init("expected_calibration_error_before", .optional(errorBefore)),
            .init("expected_calibration_error_after", .optional(errorAfter)),
            .init("classes", .array(classes.map(\.json))),
            .init("rejection", .array(openSet.map(\.json))),
        ])
    }
}

extension CalibrationReport.ClassRow {
    fileprivate var json: JSONValue {
        .object([
            .init("class", .string(name)),
            .init("windows", .integer(Int64(heardCount))),
            .init("other_windows", .integer(Int64(otherCount))),
            .init("slope", .optional(scaling.map { Double($0.slope) })),
            .init("offset", .optional(scaling.map { Double($0.offset) })),
            .init("expected_calibration_error_before", .optional(errorBefore)),
            .init("expected_calibration_error_after", .optional(errorAfter)),
        ])
    }
}

extension OpenSetFit {
    fileprivate var json: JSONValue {
        .object([
            .init("score", .string(score.rawValue)),
            .init("threshold", .number(Double(threshold))),
            .init("kept", .number(keptShare)),
            .init("rejected", .number(rejectedShare)),
            .init("ranked_right", .number(rankingAccuracy)),
        ])
    }
}
