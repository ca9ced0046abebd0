import Messages

extension StatusMessage {
    /// The sound levels as numbers for Prometheus; their unit is a label, since only a calibrated
    /// source has sound pressure levels.
    var levelMetrics: [MetricFamily] {
        [
            MetricFamily(
                name: "earwitness_sound_level_db",
                help: "Weighted level now, in the unit of its label.",
                kind: .gauge,
                samples: sources.flatMap { source in
                    source.soundLevel.map { sound in
                        [("LAF", sound.laf), ("LAS", sound.las)].compactMap { measure, level in
                            Self.sample(source.name, measure, sound.unit, level)
                        }
                    } ?? []
                }
            ),
            MetricFamily(
                name: "earwitness_minute_level_db",
                help: "Levels of the last minute that is over, in the unit of its label.",
                kind: .gauge,
                samples: sources.compactMap { $0.soundLevel?.lastMinute }.flatMap { minute in
                    [
                        ("LAeq", minute.laeq), ("LAF10", minute.laf10), ("LAF50", minute.laf50),
                        ("LAF90", minute.laf90), ("LAFmax", minute.lafMax),
                        ("LCeq", minute.lceq), ("LZeq", minute.lzeq),
                    ].compactMap { measure, level in
                        Self.sample(minute.source, measure, minute.unit, level)
                    }
                }
            ),
            MetricFamily(
                name: "earwitness_peak_dbfs",
                help: "Largest magnitude of the last fifth of a second.",
                kind: .gauge,
                samples: sources.compactMap { source in
                    source.soundLevel?.peakDBFS.map {
                        .init(labels: [.init("source", source.name)], value: $0)
                    }
                }
            ),
        ].filter { !$0.samples.isEmpty }
    }

    private static func sample(
        _ source: String,
        _ measure: String,
        _ unit: LevelUnit,
        _ level: Double?
    ) -> MetricFamily.Sample? {
        level.map {
            MetricFamily.Sample(
                labels: [
                    .init("source", source), .init("measure", measure),
                    .init("unit", unit.rawValue),
                ],
                value: $0
            )
        }
    }
}
