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
