package import Messages
package import SoundDatasets

/// A model's clip classification.
package struct ClipReport: Sendable {
    /// One class.
    package struct ClassRow: Sendable {
        /// The class.
        package let name: String
        /// Clips of the class, named so, and both.
        package let tally: DetectionTally
        /// Precision and recall by the mean score.
        package let curve: PrecisionRecallCurve
    }

    /// The clips of one fold.
    package struct Fold: Sendable {
        /// Its number.
        package let number: Int
        /// The number of its clips that are of a class of the model.
        package let clipCount: Int
        /// The share that was named rightly.
        package let accuracy: Double
    }

    /// The model's name.
    package let modelName: String
    /// The data set's path.
    package let dataSetPath: String
    /// Rows are the clips' classes; the last column is for clips that never opened the gate.
    package let matrix: ConfusionMatrix
    /// The classes that are reported, in the model's order.
    package let classes: [ClassRow]
    /// The folds, if names tell them.
    package let folds: [Fold]
    /// The number of clips of no class of the model.
    package let unknownClipCount: Int
    /// How many of them became an event of some class.
    package let unknownClipsWithEvents: Int

    /// What the answer is called for a clip that never opened the gate.
    package static let noAnswer = "(none)"

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
    package var meanAveragePrecision: Double? {
        let values = classes.compactMap(\.curve.averagePrecision)
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// The mean and the standard deviation of the folds' accuracies; nil without two folds.
    package var accuracyOverFolds: (mean: Double, deviation: Double)? {
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

    /// What the report comes to, a line each.
    var summaryTable: TextTable {
        var rows: [[String]] = [
            ["model", modelName],
            ["clips", "\(matrix.total) of its classes, \(unknownClipCount) of others"],
            ["accuracy", ReportNumber.share(matrix.accuracy)],
            ["balanced accuracy", ReportNumber.share(matrix.balancedAccuracy)],
            ["mean average precision", ReportNumber.share(meanAveragePrecision)],
        ]
        rows += folds.map { fold in
            [
                "fold \(fold.number)",
                "\(ReportNumber.share(fold.accuracy)) of \(fold.clipCount) clips",
            ]
        }
        if let folds = accuracyOverFolds {
            rows.append([
                "mean of folds",
                "\(ReportNumber.share(folds.mean)) ± \(ReportNumber.share(folds.deviation))",
            ])
        }
        if unknownClipCount > 0 {
            rows.append([
                "unknown sounds",
                "\(unknownClipsWithEvents) of \(unknownClipCount) became an event",
            ])
        }
        return TextTable(header: ["", ""], rows: rows, showsHeader: false)
    }

    /// A row for each class.
    var classTable: TextTable {
        TextTable(
            header: ["class", "clips", "precision", "recall", "F1", "average precision"],
            rows: classes.map { row in
                [
                    row.name, "\(row.tally.referenceCount)",
                    ReportNumber.share(row.tally.precision),
                    ReportNumber.share(row.tally.recall), ReportNumber.share(row.tally.f1),
                    ReportNumber.share(row.curve.averagePrecision),
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
            .init("clips", .integer(Int64(matrix.total))),
            .init("accuracy", .optional(matrix.accuracy)),
            .init("balanced_accuracy", .optional(matrix.balancedAccuracy)),
            .init("mean_average_precision", .optional(meanAveragePrecision)),
            .init("unknown_clips", .integer(Int64(unknownClipCount))),
            .init("unknown_clips_with_events", .integer(Int64(unknownClipsWithEvents))),
            .init(
                "folds",
                .array(
                    folds.map { fold in
                        .object([
                            .init("fold", .integer(Int64(fold.number))),
                            .init("clips", .integer(Int64(fold.clipCount))),
                            .init("accuracy", .number(fold.accuracy)),
                        ])
                    }
                )
            ),
            .init("accuracy_over_folds", .optional(accuracyOverFolds?.mean)),
            .init("deviation_over_folds", .optional(accuracyOverFolds?.deviation)),
            .init(
                "classes",
                .array(
                    classes.map { row in
                        .object([
                            .init("class", .string(row.name)),
                            .init("clips", .integer(Int64(row.tally.referenceCount))),
                            .init("precision", .optional(row.tally.precision)),
                            .init("recall", .optional(row.tally.recall)),
                            .init("f1", .optional(row.tally.f1)),
                            .init("average_precision", .optional(row.curve.averagePrecision)),
                            .init("curve", .array(row.curve.points.map(\.json))),
                        ])
                    }
                )
            ),
            .init(
                "confusion",
                .object([
                    .init("classes", .array(matrix.classNames.map(JSONValue.string))),
                    .init(
                        "counts",
                        .array(
                            matrix.counts.map { row in
                                .array(row.map { .integer(Int64($0)) })
                            }
                        )
                    ),
                ])
            ),
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
            heading: "How well \(modelName) names clips",
            subject: dataSetPath
        )
        page.add("Summary", HTMLPage.pairs(summaryTable))
        page.add(
            "Classes",
            HTMLPage.table(
                classTable,
                caption: "A clip is named after the class with the highest mean score while the "
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
                caption: "The number of clips: rows say what they are, columns what they were "
                    + "named. \(Self.noAnswer) never opened the gate."
            )
        )
        page.add("Precision and recall", curves)
        return page.text
    }

    private var curves: String {
        let drawn = classes.filter { !$0.curve.points.isEmpty }
        guard !drawn.isEmpty else { return HTMLPage.note("No clip is of a class.") }
        let note = HTMLPage.note(
            "Of the clips with at least some mean score for a class: the share that is of it "
                + "(precision), and the share of its clips that they are (recall). The number "
                + "beside a class is its average precision."
        )
        let drawing = CurveDrawing(
            identifier: "precision",
            title: "Precision over recall, a curve for each of \(drawn.count) classes",
            curves: drawn.map { row in
                CurveDrawing.Curve(
                    name: row.name,
                    note: ReportNumber.share(row.curve.averagePrecision),
                    points: row.curve.points.map { point in
                        CurveDrawing.Point(
                            x: point.recall,
                            y: point.precision,
                            label: "\(row.name) from \(ReportNumber.share(point.threshold)): "
                                + "recall \(ReportNumber.share(point.recall)), "
                                + "precision \(ReportNumber.share(point.precision))"
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
