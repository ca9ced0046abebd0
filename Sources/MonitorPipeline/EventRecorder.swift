import Detection
package import EventStore
import Foundation
import Logging
import ModelLibrary
package import MonitorMessages

/// Writes down what the sources report, and tells those who listen what is written.
///
/// An event is shown only once the disk has it. Everything happens on a queue of its own, so that
/// a slow disk holds up neither the analysis nor the API.
package actor EventRecorder {
    /// A source that is recorded.
    package struct Source: Sendable {
        /// Its name in the configuration.
        package let name: String
        /// What it listens to.
        package let device: String
        /// The sound pressure level of 0 dBFS in dB; nil: it is not known.
        package let calibrationDB: Double?
        /// The places of its models among the recorder's.
        package let models: [Int]

        /// Names a source.
        package init(
            name: String,
            device: String,
            calibrationDB: Double? = nil,
            models: [Int] = [0]
        ) {
            self.name = name
            self.device = device
            self.calibrationDB = calibrationDB
            self.models = models
        }
    }

    struct Track {
        let sourceID: Int64
        var condition: SourceCondition
        /// The places of the source's models among the recorder's.
        let models: [Int]
        var coverage: CoverageTracker
        /// The scores of each of the source's models; empty before it was open.
        var scores: [ScoreBlockBuilder] = []
        /// Why the source does not hear, as last told; nil if it does.
        var fault: String?
        /// What is known of the events whose end is not yet written.
        var events: [EventPlace: OpenEvent] = [:]
    }

    struct OpenEvent {
        var event: DetectedEvent
        var start: Date
        /// The row; nil until the beginning is written.
        var id: Int64?
        var end: Date?
    }

    private let executor = SerialQueueExecutor(label: "earwitness.recorder")
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    let store: EventStore
    let models: [SoundModel]
    let registered: [RegisteredModel]
    let feed: LiveFeed
    let log: Logger
    /// Told of the number that an event has in the history, as soon as it has one.
    let identified: @Sendable (_ place: EventPlace, _ id: Int64) -> Void
    var backlog = StoreBacklog()
    var reportedFault: StoreError?
    var tracks: [Track]

    /// Enters the models and the sources into the history.
    ///
    /// - Throws: What the store throws.
    init(
        store: EventStore,
        models: [SoundModel],
        sources: [Source],
        feed: LiveFeed,
        log: Logger,
        identified: @escaping @Sendable (_ place: EventPlace, _ id: Int64) -> Void = { _, _ in },
        now: Date = Date()
    ) throws(StoreError) {
        self.store = store
        self.models = models
        self.feed = feed
        self.log = log
        self.identified = identified
        var registered: [RegisteredModel] = []
        for model in models { registered.append(try store.register(model.identity, now: now)) }
        self.registered = registered
        tracks = []
        for source in sources {
            let id = try store.sourceID(named: source.name, device: source.device, now: now)
            tracks.append(
                Track(
                    sourceID: id,
                    condition: SourceCondition(
                        name: source.name,
                        device: source.device,
                        calibrationDB: source.calibrationDB,
                        since: now,
                        scores: Array(repeating: [], count: source.models.count)
                    ),
                    models: source.models,
                    coverage: CoverageTracker(sourceID: id)
                )
            )
        }
    }

    /// What every source is doing, in the order of the configuration.
    package var conditions: [SourceCondition] { tracks.map(\.condition) }

    /// Why nothing can be written at the moment; nil when all is well.
    package var storeFault: StoreError? { backlog.fault }

    /// How many things wait to be written.
    package var waitingOperations: Int { backlog.count }

    /// The events that go on at the moment.
    package var ongoingEvents: [EventMessage] {
        tracks.indices.flatMap { source in
            tracks[source].events.compactMap { place, open in
                open.id.map { message($0, open, end: nil, at: place) }
            }
        }.sorted { $0.id < $1.id }
    }

    /// Takes in what a source reports.
    package func take(_ report: SourceReport, from source: Int) {
        switch report {
        case .listening(let format, let hopSeconds, let date):
            began(source, format: format, hopSeconds: hopSeconds, at: date)
        case .hop(let hop, let model, let time, let drift):
            note(hop, model: model, time: time, driftPPM: drift, of: source)
        case .level(let reading):
            tracks[source].condition.soundLevel = reading
        case .minute(let minute):
            note(minute, of: source)
        case .began(let event, let model, let start):
            let place = EventPlace(source: source, model: model, number: event.number)
            begin(event, start: start, at: place)
        case .ended(let event, let model, let end):
            let place = EventPlace(source: source, model: model, number: event.number)
            finish(event, end: end, at: place)
        case .lost(let samples, let time):
            tracks[source].condition.lostSamples += samples
            tracks[source].condition.losses += 1
            cover(source, .lost, time: time, lostSamples: samples)
        case .absent(let reason, let time):
            enter(.absent(reason: reason), source, at: time.lowerBound)
            cover(source, .absent, time: time, reason: reason)
        case .clockStepped(let seconds, let date):
            log.warning(
                "The wall clock was set by \(seconds) s at \(date).",
                metadata: ["source": "\(tracks[source].condition.name)"]
            )
        case .finished(let reason, let date):
            enter(.finished(reason: reason), source, at: date)
            flush(source)
        }
        write()
    }

    /// Removes what the history need not keep.
    ///
    /// - Returns: The clips of events that went, relative to the folder of clips.
    package func applyRetention(_ policy: RetentionPolicy) -> [String] {
        do throws(StoreError) {
            let report = try store.applyRetention(policy)
            if report.removedEvents > 0 || report.removedScoreBlocks > 0 {
                log.info(
                    "Removed \(report.removedEvents) event(s) and \(report.removedScoreBlocks) block(s) of scores that are past their time."
                )
            }
            return report.orphanedClips
        } catch {
            log.warning("Old history was not removed. \(error)")
            return []
        }
    }

    /// Says in the log when a source begins or ceases to hear.
    ///
    /// - Parameter faults: Why each source does not hear, in their order; nil for those that do.
    package func note(faults: [String?]) {
        for (source, fault) in faults.enumerated() where fault != tracks[source].fault {
            let name = "\(tracks[source].condition.name)"
            if let fault {
                log.warning("\(fault)", metadata: ["source": "\(name)"])
            } else {
                log.notice("The microphone hears again.", metadata: ["source": "\(name)"])
            }
            tracks[source].fault = fault
        }
    }

    /// Tries again to write what waits.
    package func retry() {
        write()
    }

    /// Writes everything that is left.
    package func close() {
        for source in tracks.indices {
            flush(source)
        }
        write()
    }
}
