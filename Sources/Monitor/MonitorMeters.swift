import EventStore
package import Messages
import ModelLibrary
import Platform

/// What the monitor counts about its own work and `status` does not show: numbers for Prometheus.
package struct MonitorMeters: Sendable {
    /// What a source has counted.
    package struct Source: Sendable {
        /// The source's name.
        var name: String
        /// Samples that were analysed since the start.
        var capturedSamples: Int64 = 0
        /// How many of them were silence, so that the network rested.
        var gatedSamples: Int64 = 0
        /// Reports that wait for the recorder.
        var waitingReports = 0
        /// Reports that were lost because the recorder was held up.
        var droppedReports = 0
        /// How long a window took in the network, by the name of the model.
        var inference: [(model: String, seconds: DurationHistogram)] = []
    }

    /// Events of a class of a model and a source.
    struct EventKey: Hashable, Comparable {
        let source: String
        let className: String
        let model: String

        static func < (left: EventKey, right: EventKey) -> Bool {
            (left.source, left.className, left.model)
                < (right.source, right.className, right.model)
        }
    }

    /// Each source.
    var sources: [Source] = []
    /// How many events were over since the start.
    var events: [EventKey: Int] = [:]
    /// Blocks of scores and levels that wait in memory to be written.
    var waitingMeasurements = 0
    /// Measurements and stretches of coverage that were dropped because nothing could be written.
    var droppedItems = 0
    /// Entries that the database refused as invalid.
    var refusedEntries = 0
    /// How long it took to make something durable.
    var writes = DurationHistogram()
    /// How many follow the live messages.
    var followers = 0
    /// The space that is left for the history, in bytes; nil if it is not known.
    var freeBytes: Int64?

    /// The numbers as metrics.
    package var metrics: [MetricFamily] {
        [
            .init(
                name: "earwitness_build_info",
                help: "How the program was built, always 1.",
                kind: .gauge,
                samples: [.init(labels: BuildFacts.labels, value: 1)]
            ),
            perSource(
                "earwitness_captured_samples_total",
                "Samples captured and analysed.",
                .counter
            ) { Double($0.capturedSamples) },
            perSource(
                "earwitness_gated_samples_total",
                "Captured samples that were silence, so that the network rested.",
                .counter
            ) { Double($0.gatedSamples) },
            perSource(
                "earwitness_waiting_reports",
                "Analysis reports waiting for the recorder.",
                .gauge
            ) { Double($0.waitingReports) },
            perSource(
                "earwitness_dropped_reports_total",
                "Analysis reports lost because storing them took too long.",
                .counter
            ) { Double($0.droppedReports) },
            .init(
                name: "earwitness_inference_seconds",
                help: "Time that the network took for a window.",
                kind: .histogram,
                samples: sources.flatMap { source in
                    source.inference.flatMap { model, seconds in
                        seconds.samples([.init("source", source.name), .init("model", model)])
                    }
                }
            ),
            .init(
                name: "earwitness_events_total",
                help: "Events that are over and stored, since the start.",
                kind: .counter,
                samples: events.sorted { $0.key < $1.key }.map { key, count in
                    .init(
                        labels: [
                            .init("source", key.source), .init("class", key.className),
                            .init("model", key.model),
                        ],
                        value: Double(count)
                    )
                }
            ),
            .init(
                name: "earwitness_write_seconds",
                help: "Time that it took to store entries.",
                kind: .histogram,
                samples: writes.samples()
            ),
            single(
                "earwitness_waiting_measurements",
                "Blocks of scores and levels waiting in memory to be written.",
                .gauge,
                waitingMeasurements
            ),
            single(
                "earwitness_dropped_items_total",
                "Scores, levels and coverage dropped because they could not be written.",
                .counter,
                droppedItems
            ),
            single(
                "earwitness_refused_entries_total",
                "Entries that the event history refused as invalid.",
                .counter,
                refusedEntries
            ),
            single("earwitness_stream_followers", "Open live streams.", .gauge, followers),
            .init(
                name: "earwitness_disk_free_bytes",
                help: "Space that is left where the event history is.",
                kind: .gauge,
                samples: freeBytes.map { [.init(value: Double($0))] } ?? []
            ),
        ].filter { !$0.samples.isEmpty }
    }

    private func single(
        _ name: String,
        _ help: String,
        _ kind: MetricFamily.Kind,
        _ value: Int
    ) -> MetricFamily {
        MetricFamily(name: name, help: help, kind: kind, samples: [.init(value: Double(value))])
    }

    private func perSource(
        _ name: String,
        _ help: String,
        _ kind: MetricFamily.Kind,
        _ value: (Source) -> Double
    ) -> MetricFamily {
        MetricFamily(
            name: name,
            help: help,
            kind: kind,
            samples: sources.map {
                .init(labels: [.init("source", $0.name)], value: value($0))
            }
        )
    }
}

/// How the program was built.
private enum BuildFacts {
    static var labels: [MetricFamily.Label] {
        [
            .init("architecture", architecture), .init("configuration", configuration),
            .init("swift", swift),
        ]
    }

    private static var architecture: String {
        #if arch(x86_64)
        "x86_64"
        #elseif arch(arm64)
        "aarch64"
        #else
        "other"
        #endif
    }

    private static var configuration: String {
        #if DEBUG
        "debug"
        #else
        "release"
        #endif
    }

    private static var swift: String {
        #if compiler(>=6.4)
        "6.4 or later"
        #else
        "6.3"
        #endif
    }
}

extension MonitorMeters.EventKey {
    /// What an event is counted as.
    init(_ event: EventRecord, _ model: SoundModel?) {
        self.init(
            source: event.source,
            className: event.className,
            model: model?.name ?? event.model
        )
    }
}

extension EventRecorder {
    /// What was counted since the start.
    package var meters: MonitorMeters {
        var meters = MonitorMeters()
        meters.sources = conditions.map { condition in
            var source = MonitorMeters.Source(name: condition.name)
            source.capturedSamples = condition.capturedSamples
            source.gatedSamples = condition.gatedSamples
            return source
        }
        meters.events = eventCounts
        meters.waitingMeasurements = backlog.waitingMeasurements
        meters.droppedItems = backlog.droppedItems
        meters.refusedEntries = backlog.refusedEntries
        meters.writes = writes
        return meters
    }
}

extension SoundMonitor {
    /// What the monitor has counted about its own work.
    package func meters() async -> MonitorMeters {
        var meters = await recorder.meters
        for index in meters.sources.indices {
            meters.sources[index].waitingReports = listeners[index].waitingReports
            meters.sources[index].droppedReports = listeners[index].droppedReports
            meters.sources[index].inference = listeners[index].inference
        }
        meters.followers = feed.followerCount
        meters.freeBytes = FreeRoom.read(store.path)?.freeBytes
        return meters
    }
}
