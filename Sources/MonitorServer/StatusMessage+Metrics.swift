import Foundation
package import Messages

extension StatusMessage {
    /// The status as numbers for Prometheus.
    package var metrics: [MetricFamily] {
        serviceMetrics + clips.metrics + sourceMetrics + levelMetrics
    }

    private var serviceMetrics: [MetricFamily] {
        [
            MetricFamily(
                name: "earwitness_info",
                help: "Version and models, always 1.",
                kind: .gauge,
                samples: models.map { model in
                    .init(
                        labels: [
                            .init("version", version), .init("model", model.name),
                            .init("model_version", model.version),
                        ],
                        value: 1
                    )
                }
            ),
            .single("earwitness_uptime_seconds", "Time since the service started.", uptimeSeconds),
            .single(
                "earwitness_database_bytes",
                "Space that the event history takes.",
                Double(database.sizeBytes)
            ),
            .single(
                "earwitness_database_fault",
                "1 while the event history cannot be written.",
                database.fault == nil ? 0 : 1
            ),
            .single(
                "earwitness_waiting_events",
                "Events that wait in memory to be written.",
                Double(database.waitingEvents)
            ),
            .single(
                "earwitness_spooled_events",
                "Entries that are safe in the spool and wait for the event history.",
                Double(database.spooledEvents)
            ),
            .single(
                "earwitness_database_checked_seconds",
                "When the whole event history was last found undamaged, in seconds since 1970; 0: not yet.",
                database.checked?.timeIntervalSince1970 ?? 0
            ),
            .single(
                "earwitness_database_rescues",
                "How often the event history was found damaged and carried over since the start.",
                Double(database.rescues)
            ),
            .single("earwitness_warnings", "Things to look at.", Double(warnings.count)),
            .single(
                "earwitness_ongoing_events",
                "Events that are going on.",
                Double(ongoing.count)
            ),
        ]
    }

    private var sourceMetrics: [MetricFamily] {
        [
            MetricFamily(
                name: "earwitness_source_state",
                help: "1 for the state the source is in.",
                kind: .gauge,
                samples: sources.flatMap { source in
                    SourceState.allCases.map { state in
                        .init(
                            labels: [
                                .init("source", source.name), .init("state", state.rawValue),
                            ],
                            value: source.state == state ? 1 : 0
                        )
                    }
                }
            ),
            MetricFamily(
                name: "earwitness_source_fault",
                help: "1 while the source does not hear, with the reason.",
                kind: .gauge,
                samples: sources.compactMap { source in
                    source.reason.map { reason in
                        .init(
                            labels: [.init("source", source.name), .init("reason", reason)],
                            value: 1
                        )
                    }
                }
            ),
            perSource("earwitness_level_dbfs", "Present level, RMS.", .gauge) { $0.levelDBFS },
            perSource("earwitness_gate_open", "1 while the silence gate is open.", .gauge) {
                $0.isGateOpen ? 1 : 0
            },
            perSource(
                "earwitness_clock_drift_ppm",
                "How far the device's clock runs fast.",
                .gauge
            ) { $0.clockDriftPPM },
            perSource(
                "earwitness_hop_seconds",
                "Time between two windows of the slowest model; grows while the machine can't keep up.",
                .gauge
            ) { $0.hopSeconds },
            perSource("earwitness_lost_samples_total", "Samples lost.", .counter) {
                Double($0.lostSamples)
            },
            perSource("earwitness_overruns_total", "Overruns of the device.", .counter) {
                Double($0.overruns)
            },
            perSource(
                "earwitness_windows_left_out_total",
                "Windows left out for lack of processor time.",
                .counter
            ) { Double($0.windowsLeftOut) },
            perSource("earwitness_clipped_samples_total", "Clipped samples.", .counter) {
                Double($0.clippedSamples)
            },
        ].filter { !$0.samples.isEmpty }
    }

    private func perSource(
        _ name: String,
        _ help: String,
        _ kind: MetricFamily.Kind,
        value: (SourceStatusMessage) -> Double?
    ) -> MetricFamily {
        MetricFamily(
            name: name,
            help: help,
            kind: kind,
            samples: sources.compactMap { source in
                value(source).map { .init(labels: [.init("source", source.name)], value: $0) }
            }
        )
    }
}

extension MetricFamily {
    static func single(
        _ name: String,
        _ help: String,
        _ value: Double,
        _ kind: Kind = .gauge
    ) -> MetricFamily {
        MetricFamily(name: name, help: help, kind: kind, samples: [.init(value: value)])
    }
}
