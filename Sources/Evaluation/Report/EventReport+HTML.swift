extension EventReport {
    /// The recordings that are drawn; the rest are in the numbers only.
    private static let mostTimelines = 50

    /// The report as a page that needs no other file.
    package var html: String {
        var page = HTMLPage(
            title: "\(modelName) on \(dataSetPath)",
            heading: "Event detection of \(modelName)",
            subject: dataSetPath
        )
        page.add("Summary", HTMLPage.pairs(summaryTable))
        page.add(
            "Classes",
            HTMLPage.table(
                classTable,
                caption: "With the thresholds in force. A sound counts as found if an event of its "
                    + "class overlaps it; an event is false if it overlaps no sound of its class. "
                    + "Tolerance: 0.5 s on either side."
            )
        )
        page.add(
            "Confusion",
            HTMLPage.matrix(
                rows: confusion.rowNames,
                columns: confusion.classNames + ["no event"],
                counts: zip(confusion.counts, confusion.missed).map { $0 + [$1] },
                corner: "sound / event",
                caption:
                    "Number of events: rows are the true sounds, columns the reported classes. "
                    + "Sounds without an event of their class are in the last column."
            )
        )
        page.add("Precision and recall", precisionCurves)
        page.add("Recall and false alarms", alarmCurve)
        if let suggestion {
            page.add(
                "Suggested thresholds",
                HTMLPage.table(suggestion.table, caption: suggestion.summary)
            )
        }
        page.add("Timelines", timelines)
        return page.text
    }

    private var precisionCurves: String {
        let drawn = classes.filter { $0.overlap.referenceCount > 0 }
        guard !drawn.isEmpty else {
            return HTMLPage.note("No sound belongs to a class of the model.")
        }
        let note = HTMLPage.note(
            "Each point is a threshold; the ring is the one in force. A threshold without an event "
                + "has no precision, and no point."
        )
        let drawing = CurveDrawing(
            identifier: "precision",
            title: "Precision over recall, a curve for each of \(drawn.count) classes",
            curves: drawn.map { row in
                CurveDrawing.Curve(
                    name: row.name,
                    points: sweep.points.compactMap { point in
                        Self.point(row.name, point.threshold, point.tallies[row.name])
                    },
                    inForce: Self.point(row.name, row.on, row.overlap)
                )
            },
            horizontal: .shares("recall"),
            vertical: .shares("precision")
        )
        return note + drawing.html
    }

    private static func point(
        _ name: String,
        _ threshold: Float,
        _ tally: OverlapTally?
    ) -> CurveDrawing.Point? {
        guard let recall = tally?.recall, let precision = tally?.precision else { return nil }
        return CurveDrawing.Point(
            x: recall,
            y: precision,
            label: "\(name) from \(shown(threshold: threshold)): recall \(shown(recall)), "
                + "precision \(shown(precision))"
        )
    }

    private var alarmCurve: String {
        let table = HTMLPage.details(
            "As a table",
            HTMLPage.table(curveTable, caption: "One threshold for all classes.")
        )
        let note = HTMLPage.note("One threshold for all classes; each point is one.")
        let drawing = CurveDrawing(
            identifier: "alarms",
            title: "Recall over false alarms an hour, all classes together",
            curves: [
                CurveDrawing.Curve(
                    name: "all classes",
                    points: curve.compactMap { point in
                        guard let recall = point.recall else { return nil }
                        let rate = shown(point.falseAlarmsPerHour, 2)
                        return CurveDrawing.Point(
                            x: point.falseAlarmsPerHour,
                            y: recall,
                            label: "from \(shown(threshold: point.threshold)): recall "
                                + "\(shown(recall)), \(rate) false alarms an hour"
                        )
                    }
                )
            ],
            horizontal: .rates("false alarms an hour", of: curve.map(\.falseAlarmsPerHour)),
            vertical: .shares("recall")
        )
        return note + drawing.html + table
    }

    private var timelines: String {
        let names = classes.map(\.name)
        let drawings = recordings.prefix(Self.mostTimelines).map { recording in
            TimelineDrawing(recording: recording, classNames: names).html
        }
        let others = recordings.count - drawings.count
        let words =
            "\(counted(others, "further recording is", "further recordings are")) not drawn."
        let rest = others > 0 ? HTMLPage.note(words) : ""
        return TimelineDrawing.key + drawings.joined() + rest
    }
}
