import Foundation
package import Messages

extension StatusMessage {
    /// The status as numbers for Prometheus.
    package var metrics: [MetricFamily] {
        serviceMetrics + clips.metrics + deliveryMetrics + (mqtt?.metrics ?? []) + sourceMetrics
            + levelMetrics
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
                "Size of the event history.",
                Double(database.sizeBytes)
            ),
            .single(
                "earwitness_database_fault",
                "1 while the event history cannot be written.",
                database.fault == nil ? 0 : 1
            ),
            .single(
                "earwitness_waiting_events",
                "Entries waiting in memory to be written.",
                Double(database.waitingEvents)
            ),
            .single(
                "earwitness_spooled_events",
                "Entries in the spool, waiting for the event history.",
                Double(database.spooledEvents)
            ),
            .single(
                "earwitness_database_checked_seconds",
                "Time of the last passed integrity check, in seconds since 1970; 0: not yet.",
                database.checked?.timeIntervalSince1970 ?? 0
            ),
            .single(
                "earwitness_database_rescues",
                "Event history rescues since the start.",
                Double(database.rescues)
            ),
            .single("earwitness_warnings", "Warnings in force.", Double(warnings.count)),
            .single(
                "earwitness_ongoing_events",
                "Events in progress.",
                Double(ongoing.count)
            ),
        ]
    }

    private var deliveryMetrics: [MetricFamily] {
        let all: [(String, String, MetricFamily.Kind, (DeliveryMessage) -> Int)] = [
            ("waiting", "Messages of rules that wait for their receiver.", .gauge, \.waiting),
            ("delivered_total", "Messages of rules delivered.", .counter, \.delivered),
            ("given_up_total", "Messages of rules given up.", .counter, \.givenUp),
            (
                "failing", "1 while the last try to deliver failed.", .gauge,
                { $0.isFailing ? 1 : 0 }
            ),
        ]
        return all.map { name, help, kind, value in
            MetricFamily(
                name: "earwitness_messages_\(name)",
                help: help,
                kind: kind,
                samples: deliveries.map {
                    .init(labels: [.init("channel", $0.channel)], value: Double(value($0)))
                }
            )
        }.filter { !$0.samples.isEmpty }
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
                help: "1 while the source delivers no usable signal, with the reason.",
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
            perSource("earwitness_level_dbfs", "Current level, RMS.", .gauge) { $0.levelDBFS },
            perSource("earwitness_gate_open", "1 while the silence gate is open.", .gauge) {
                $0.isGateOpen ? 1 : 0
            },
            perSource(
                "earwitness_clock_drift_ppm",
                "Drift of the device's clock; positive: fast.",
                .gauge
            ) { $0.clockDriftPPM },
            perSource(
                "earwitness_hop_seconds",
                "Time between two windows of the slowest model; grows while the machine can't keep up.",
                .gauge
            ) { $0.hopSeconds },
            perSource(
                "earwitness_lost_samples_total",
                "Samples lost: never captured, or the buffers were full.",
                .counter
            ) { Double($0.lostSamples) },
            perSource(
                "earwitness_overruns_total",
                "Overruns of the device's own buffer, as ALSA reports them.",
                .counter
            ) { Double($0.overruns) },
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

extension StatusMessage {
    /// The sound levels as numbers for Prometheus; their unit is a label, since only a calibrated
    /// source has sound pressure levels.
    var levelMetrics: [MetricFamily] {
        [
            MetricFamily(
                name: "earwitness_sound_level_db",
                help: "Current weighted level, in the unit of its label.",
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
                help: "Levels of the last full minute, in the unit of its label.",
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
                help: "Peak of the last 0.2 s.",
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

extension MQTTStatusMessage {
    /// The connection to the MQTT broker as numbers for Prometheus.
    var metrics: [MetricFamily] {
        [
            .single(
                "earwitness_mqtt_connected",
                "1 while the MQTT broker is connected.",
                isConnected ? 1 : 0
            ),
            .single(
                "earwitness_mqtt_waiting_events",
                "Events waiting on disk for the MQTT broker.",
                Double(waiting)
            ),
        ]
    }
}

extension ClipStatusMessage {
    /// The state of the clips as numbers for Prometheus.
    var metrics: [MetricFamily] {
        [
            .single("earwitness_clips", "Clips stored.", Double(count)),
            .single("earwitness_clips_bytes", "Size of all clips.", Double(sizeBytes)),
            .single(
                "earwitness_clips_max_bytes",
                "Maximum size of all clips.",
                Double(maxSizeBytes)
            ),
            .single(
                "earwitness_clips_waiting",
                "Clips waiting in memory to be written.",
                Double(waiting)
            ),
            .single(
                "earwitness_clips_fault",
                "1 while clips cannot be written.",
                fault == nil ? 0 : 1
            ),
            .single("earwitness_clips_written_total", "Clips written.", Double(written), .counter),
            .single(
                "earwitness_clips_dropped_total",
                "Clips that could not be written.",
                Double(dropped),
                .counter
            ),
            .single(
                "earwitness_clips_expired_total",
                "Clips removed by age or for space.",
                Double(expired),
                .counter
            ),
        ]
    }
}
