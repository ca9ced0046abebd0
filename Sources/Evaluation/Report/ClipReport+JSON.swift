package import Messages

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
