import Foundation

extension EventReport {
    /// The recordings that are drawn; the rest are in the numbers only.
    private static let mostTimelines = 50

    /// The report as a page that needs no other file.
    package var html: String {
        var page = HTMLPage(title: "\(modelName) on \(dataSetPath)")
        page.add("Numbers", HTMLPage.preformatted(text))
        page.add(
            "What events were made of",
            HTMLPage.matrix(
                rows: confusion.rowNames,
                columns: confusion.classNames + ["missed"],
                counts: zip(confusion.counts, confusion.missed).map { $0 + [$1] }
            )
        )
        page.add(
            "Precision and recall over thresholds",
            CurveDrawing(
                curves: classes.filter { $0.overlap.referenceCount > 0 }.map { row in
                    CurveDrawing.Curve(
                        name: row.name,
                        points: sweep.points.compactMap { point in
                            guard let tally = point.tallies[row.name], let recall = tally.recall,
                                let precision = tally.precision
                            else { return nil }
                            return (recall, precision)
                        }
                    )
                },
                horizontal: "recall",
                vertical: "precision"
            ).svg
        )
        page.add(
            "Recall and false alarms an hour, one threshold for all",
            CurveDrawing(
                curves: [CurveDrawing.Curve(name: "all classes", points: alarmCurve)],
                horizontal: "false alarms an hour: 0.1 at 0, 1 at .25, 10 at .5, 1000 at 1",
                vertical: "recall"
            ).svg
        )
        let names = classes.map(\.name)
        for recording in recordings.prefix(Self.mostTimelines) {
            page.add(
                URL(fileURLWithPath: recording.name).lastPathComponent,
                TimelineDrawing(recording: recording, classNames: names).svg
            )
        }
        if recordings.count > Self.mostTimelines {
            page.add(
                "Further recordings",
                "<p>\(recordings.count - Self.mostTimelines) more are not drawn.</p>"
            )
        }
        return page.text
    }

    private var alarmCurve: [(x: Double, y: Double)] {
        curve.compactMap { point in
            guard let recall = point.recall else { return nil }
            let place = (log10(max(point.falseAlarmsPerHour, 0.1)) + 1) / 4
            return (min(1, max(0, place)), recall)
        }
    }
}
