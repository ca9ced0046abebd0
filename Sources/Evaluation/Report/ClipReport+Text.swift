import SoundDatasets

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
