package import Detection
package import Messages
import SoundDatasets

/// A calibration fitted to recordings, with its errors before and after.
package struct CalibrationReport: Sendable {
    /// One class.
    package struct ClassRow: Sendable {
        /// The class.
        package let name: String
        /// The windows in which it is heard, and those in which it is not.
        package let heardCount: Int
        package let otherCount: Int
        /// Its scaling; nil where it has only the temperature.
        package let scaling: LogisticCalibration?
        /// The expected calibration error of the network's own scores.
        package let errorBefore: Double?
        /// The expected calibration error after calibration by the other half of the recordings.
        package let errorAfter: Double?
    }

    /// The model's name.
    package let modelName: String
    /// The data set's path.
    package let dataSetPath: String
    /// What was fitted.
    package let method: CalibrationMethod
    /// The calibration fitted to all recordings.
    package let calibration: ScoreCalibration
    /// The classes in the model's order.
    package let classes: [ClassRow]
    /// When a window is of no known class, if that was asked for: the better of both scores first.
    package var openSet: [OpenSetFit] = []

    /// Fits a calibration.
    ///
    /// - Parameters:
    ///   - modelName: The model's name.
    ///   - dataSetPath: The data set's path.
    ///   - classNames: The classes, in the order of the scores.
    ///   - samples: For each class its samples.
    ///   - method: What is fitted.
    package init(
        modelName: String,
        dataSetPath: String,
        classNames: [String],
        samples: [[CalibrationSample]],
        method: CalibrationMethod
    ) {
        self.modelName = modelName
        self.dataSetPath = dataSetPath
        self.method = method
        calibration = CalibrationFit.calibration(of: samples, method: method)
        // What is fitted to one half is judged on the other: the error is of unseen recordings.
        let crossed = [1, 0].map { half in
            CalibrationFit.calibration(
                of: samples.map { $0.filter { $0.half == half } },
                method: method
            )
        }
        let fitted = calibration
        classes = classNames.indices.map { index in
            let own = samples[index]
            return ClassRow(
                name: classNames[index],
                heardCount: own.count(where: \.isHeard),
                otherCount: own.count { !$0.isHeard },
                scaling: fitted.classes[index],
                errorBefore: CalibrationError.expected(
                    own.map { (Double(Logit.probability(of: Float($0.logit))), $0.isHeard) }
                ),
                errorAfter: CalibrationError.expected(
                    own.map { sample in
                        let calibration = crossed[sample.half]
                        let scaling = calibration.classes[index] ?? LogisticCalibration()
                        let logit = Float(sample.logit) / calibration.temperature
                        return (Double(scaling.score(ofLogit: logit)), sample.isHeard)
                    }
                )
            )
        }
    }

    /// The mean of the classes' errors before calibration.
    package var errorBefore: Double? { classes.compactMap(\.errorBefore).mean }

    /// The mean of the classes' errors after calibration by the other half.
    package var errorAfter: Double? { classes.compactMap(\.errorAfter).mean }
}

extension CalibrationReport {
    /// The report as tables for a terminal.
    package var text: String {
        let rows: [[String]] =
            [
                ["model", modelName],
                ["calibration", method.rawValue],
                ["temperature", shown(Double(calibration.temperature), 3)],
                [
                    "expected calibration error",
                    "\(shown(errorBefore, 4)) before, "
                        + "\(shown(errorAfter, 4)) after "
                        + "(fitted on one half, tested on the other; mean over classes)",
                ],
            ]
            + openSet.map { fit in
                [
                    "rejection by \(fit.score.rawValue)",
                    "under \(shown(Double(fit.threshold), 3)): keeps "
                        + "\(shown(fit.keptShare)) of known windows, rejects "
                        + "\(shown(fit.rejectedShare)) of others, ranks "
                        + "\(shown(fit.rankingAccuracy)) of pairs correctly",
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
                    shown(row.scaling.map { Double($0.slope) }, 3),
                    shown(row.scaling.map { Double($0.offset) }, 3),
                    shown(row.errorBefore, 4),
                    shown(row.errorAfter, 4),
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
            .init("temperature", .float(calibration.temperature)),
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
            .init("windows", .count(heardCount)),
            .init("other_windows", .count(otherCount)),
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

/// How far scores are from how often they are right.
package enum CalibrationError {
    /// The number of bins, as most papers have it.
    package static let binCount = 15

    /// The expected calibration error of a class.
    ///
    /// Windows are put into ``binCount`` equal bins by their score; the error is the difference of
    /// mean score and share of windows in which the class is heard, averaged over all windows (Guo
    /// and others, "On calibration of modern neural networks", 2017, for one class against all).
    ///
    /// - Parameter scores: A score for each window, and whether the class is heard in it.
    /// - Returns: 0...1; nil without windows.
    package static func expected(_ scores: [(score: Double, isHeard: Bool)]) -> Double? {
        guard !scores.isEmpty else { return nil }
        var bins = [(score: Double, heard: Int)](repeating: (0, 0), count: binCount)
        for (score, isHeard) in scores {
            let bin = min(binCount - 1, max(0, Int(score * Double(binCount))))
            bins[bin].score += score
            bins[bin].heard += isHeard ? 1 : 0
        }
        return bins.reduce(0) { $0 + abs($1.score - Double($1.heard)) } / Double(scores.count)
    }
}
