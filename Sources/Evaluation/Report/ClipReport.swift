package import Messages
package import SoundDatasets

/// A model's clip classification.
package struct ClipReport: Sendable {
    /// One class.
    struct ClassRow: Sendable {
        /// The class.
        let name: String
        /// Clips of the class, named so, and both.
        let tally: DetectionTally
        /// Precision and recall by the mean score.
        let curve: PrecisionRecallCurve
    }

    /// The clips of one fold.
    struct Fold: Sendable {
        /// Its number.
        let number: Int
        /// The number of its clips that are of a class of the model.
        let clipCount: Int
        /// The share that was named rightly.
        let accuracy: Double
    }

    /// The model's name.
    let modelName: String
    /// The data set's path.
    let dataSetPath: String
    /// Rows are the clips' classes; the last column is for clips that never opened the gate.
    let matrix: ConfusionMatrix
    /// The classes that are reported, in the model's order.
    let classes: [ClassRow]
    /// The folds, if names tell them.
    let folds: [Fold]
    /// The number of clips of no class of the model.
    let unknownClipCount: Int
    /// How many of them became an event of some class.
    let unknownClipsWithEvents: Int

    /// What the answer is called for a clip that never opened the gate.
    static let noAnswer = "(none)"

    /// Evaluates scored clips.
    ///
    /// A clip is named after the class with the highest mean score over the windows in which the
    /// gate was open.
    ///
    /// - Parameters:
    ///   - modelName: The model's name.
    ///   - dataSetPath: The data set's path.
    ///   - clips: The clips with the labels in the model's words.
    ///   - scored: Their scores, in the same order.
    ///   - replay: The rules in force.
    package init(
        modelName: String,
        dataSetPath: String,
        clips: [EvaluationClip],
        scored: [ScoredRecording],
        replay: EventReplay
    ) {
        let names = replay.reportedClassNames
        let columns = names.map { replay.classNames.firstIndex(of: $0) ?? 0 }
        var matrix = ConfusionMatrix(classNames: names + [Self.noAnswer])
        var scores: [[Double]] = []
        var labels: [Int] = []
        var correctOfFold: [Int: (correct: Int, total: Int)] = [:]
        var unknown = (count: 0, withEvents: 0)
        for (clip, recording) in zip(clips, scored) {
            guard let actual = names.firstIndex(of: clip.label) else {
                unknown.count += 1
                unknown.withEvents += replay.events(in: recording).isEmpty ? 0 : 1
                continue
            }
            let means = recording.meanScores
            let reported = columns.map { means?[$0] ?? 0 }
            let best = reported.indices.max { reported[$0] < reported[$1] }
            let answer = means == nil ? names.count : best ?? names.count
            matrix.add(actual: actual, predicted: answer)
            scores.append(reported)
            labels.append(actual)
            if let fold = clip.fold {
                correctOfFold[fold, default: (0, 0)].total += 1
                correctOfFold[fold, default: (0, 0)].correct += answer == actual ? 1 : 0
            }
        }
        self.modelName = modelName
        self.dataSetPath = dataSetPath
        self.matrix = matrix
        classes = names.indices.map { index in
            ClassRow(
                name: names[index],
                tally: matrix.tally(ofClass: index),
                curve: PrecisionRecallCurve(
                    scores: scores.map { $0[index] },
                    isPositive: labels.map { $0 == index }
                )
            )
        }
        folds = correctOfFold.sorted { $0.key < $1.key }.map { number, counts in
            Fold(
                number: number,
                clipCount: counts.total,
                accuracy: Double(counts.correct) / Double(counts.total)
            )
        }
        unknownClipCount = unknown.count
        unknownClipsWithEvents = unknown.withEvents
    }

    /// The mean of the classes' average precisions; nil if no class has clips.
    var meanAveragePrecision: Double? {
        classes.compactMap(\.curve.averagePrecision).mean
    }

    /// The mean and the standard deviation of the folds' accuracies; nil without two folds.
    var accuracyOverFolds: (mean: Double, deviation: Double)? {
        guard folds.count > 1 else { return nil }
        let mean = folds.reduce(0) { $0 + $1.accuracy } / Double(folds.count)
        let squares = folds.reduce(0) { $0 + ($1.accuracy - mean) * ($1.accuracy - mean) }
        return (mean, (squares / Double(folds.count)).squareRoot())
    }
}

extension ClipReport {
    /// The report as tables for a terminal.
    package var text: String {
        [summaryTable, classTable, matrixTable].map(\.text).joined(separator: "\n")
    }

    /// The totals, a line each.
    var summaryTable: TextTable {
        var rows: [[String]] = [
            ["model", modelName],
            ["clips", "\(matrix.total) of its classes, \(unknownClipCount) of others"],
            ["accuracy", shown(matrix.accuracy)],
            ["balanced accuracy", shown(matrix.balancedAccuracy)],
            ["mean average precision", shown(meanAveragePrecision)],
        ]
        rows += folds.map { fold in
            [
                "fold \(fold.number)",
                "\(shown(fold.accuracy)) of \(counted(fold.clipCount, "clip"))",
            ]
        }
        if let folds = accuracyOverFolds {
            rows.append(["mean of folds", "\(shown(folds.mean)) ± \(shown(folds.deviation))"])
        }
        if unknownClipCount > 0 {
            let share = "\(unknownClipsWithEvents) of \(unknownClipCount) became an event"
            rows.append(["unknown sounds", share])
        }
        return TextTable(header: ["", ""], rows: rows, showsHeader: false)
    }

    /// A row for each class.
    var classTable: TextTable {
        TextTable(
            header: ["class", "clips", "precision", "recall", "F1", "average precision"],
            rows: classes.map { row in
                [
                    row.name, "\(row.tally.referenceCount)", shown(row.tally.precision),
                    shown(row.tally.recall), shown(row.tally.f1), shown(row.curve.averagePrecision),
                ]
            },
            rightAligned: Set(1...5)
        )
    }

    private var matrixTable: TextTable {
        TextTable(
            header: ["really / named"] + matrix.classNames,
            rows: classes.indices.map { index in
                [matrix.classNames[index]] + matrix.counts[index].map { $0 == 0 ? "·" : "\($0)" }
            },
            rightAligned: Set(1...matrix.classNames.count)
        )
    }
}

extension ClipReport {
    /// The report as one object.
    package var json: JSONValue {
        .object([
            .init("model", .string(modelName)),
            .init("dataset", .string(dataSetPath)),
            .init("clips", .count(matrix.total)),
            .init("accuracy", .optional(matrix.accuracy)),
            .init("balanced_accuracy", .optional(matrix.balancedAccuracy)),
            .init("mean_average_precision", .optional(meanAveragePrecision)),
            .init("unknown_clips", .count(unknownClipCount)),
            .init("unknown_clips_with_events", .count(unknownClipsWithEvents)),
            .init("folds", .array(folds.map(\.json))),
            .init("accuracy_over_folds", .optional(accuracyOverFolds?.mean)),
            .init("deviation_over_folds", .optional(accuracyOverFolds?.deviation)),
            .init("classes", .array(classes.map(\.json))),
            .init(
                "confusion",
                .object([
                    .init("classes", .array(matrix.classNames.map(JSONValue.string))),
                    .init("counts", .array(matrix.counts.map { .array($0.map(JSONValue.count)) })),
                ])
            ),
        ])
    }
}

extension ClipReport.Fold {
    fileprivate var json: JSONValue {
        .object([
            .init("fold", .count(number)), .init("clips", .count(clipCount)),
            .init("accuracy", .number(accuracy)),
        ])
    }
}

extension ClipReport.ClassRow {
    fileprivate var json: JSONValue {
        .object([
            .init("class", .string(name)),
            .init("clips", .count(tally.referenceCount)),
            .init("precision", .optional(tally.precision)),
            .init("recall", .optional(tally.recall)),
            .init("f1", .optional(tally.f1)),
            .init("average_precision", .optional(curve.averagePrecision)),
            .init("curve", .array(curve.points.map(\.json))),
        ])
    }
}

extension PrecisionRecallCurve.Point {
    fileprivate var json: JSONValue {
        .object([
            .init("threshold", .number(threshold)),
            .init("precision", .number(precision)),
            .init("recall", .number(recall)),
        ])
    }
}

extension ClipReport {
    /// The report as a page that needs no other file.
    package var html: String {
        var page = HTMLPage(
            title: "\(modelName) on \(dataSetPath)",
            heading: "Clip classification of \(modelName)",
            subject: dataSetPath
        )
        page.add("Summary", HTMLPage.pairs(summaryTable))
        page.add(
            "Classes",
            HTMLPage.table(
                classTable,
                caption: "A clip is assigned to the class with the highest mean score while the "
                    + "gate was open."
            )
        )
        page.add(
            "Confusion",
            HTMLPage.matrix(
                rows: classes.map(\.name),
                columns: matrix.classNames,
                counts: Array(matrix.counts.dropLast()),
                corner: "really / named",
                caption: "Number of clips: rows are the true classes, columns the predicted ones. "
                    + "\(Self.noAnswer): the gate never opened."
            )
        )
        page.add("Precision and recall", curves)
        return page.text
    }

    private var curves: String {
        let drawn = classes.filter { !$0.curve.points.isEmpty }
        guard !drawn.isEmpty else {
            return HTMLPage.note("No clip belongs to a class of the model.")
        }
        let note = HTMLPage.note(
            "Precision over recall as the threshold on the mean score changes. The number next to "
                + "a class is its average precision."
        )
        let drawing = CurveDrawing(
            identifier: "precision",
            title: "Precision over recall, a curve for each of \(drawn.count) classes",
            curves: drawn.map { row in
                CurveDrawing.Curve(
                    name: row.name,
                    note: shown(row.curve.averagePrecision),
                    points: row.curve.points.map { point in
                        CurveDrawing.Point(
                            x: point.recall,
                            y: point.precision,
                            label: "\(row.name) from \(shown(point.threshold)): "
                                + "recall \(shown(point.recall)), precision "
                                + shown(point.precision)
                        )
                    },
                    isStepped: true
                )
            },
            horizontal: .shares("recall"),
            vertical: .shares("precision")
        )
        return note + drawing.html
    }
}
