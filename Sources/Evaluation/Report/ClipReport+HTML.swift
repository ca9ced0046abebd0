extension ClipReport {
    /// The report as a page that needs no other file.
    package var html: String {
        var page = HTMLPage(title: "\(modelName) on \(dataSetPath)")
        page.add("Numbers", HTMLPage.preformatted(text))
        page.add(
            "Confusion: rows are what clips are, columns what they were named",
            HTMLPage.matrix(
                rows: classes.map(\.name),
                columns: matrix.classNames,
                counts: Array(matrix.counts.dropLast())
            )
        )
        page.add(
            "Precision and recall",
            CurveDrawing(
                curves: classes.filter { !$0.curve.points.isEmpty }.map { row in
                    CurveDrawing.Curve(
                        name: row.name,
                        points: row.curve.points.map { ($0.recall, $0.precision) }
                    )
                },
                horizontal: "recall",
                vertical: "precision"
            ).svg
        )
        return page.text
    }
}
