import Detection
import EventStore
import Foundation
import Logging
import Messages
import ModelLibrary

extension EventRecorder {
    func began(_ source: Int, format: FeedFormat, hopSeconds: [Double], at date: Date) {
        enter(.listening, source, at: date)
        tracks[source].condition.format = format
        tracks[source].condition.hopSeconds = hopSeconds
        tracks[source].scores = scoreBuilders(of: source)
        let name = tracks[source].condition.name
        log.notice(
            "Listening to \(tracks[source].condition.device): \(format.rateHz) Hz, \(format.channels) channel(s), \(format.detail).",
            metadata: ["source": "\(name)"]
        )
        if format.isRealtime == false {
            log.notice(
                "The capture thread runs without real-time priority, which the system refused. Samples may be lost on a busy machine; LimitRTPRIO= in the unit permits it.",
                metadata: ["source": "\(name)"]
            )
        }
        if format.isMemoryLocked == false {
            log.notice(
                "The system does not lock the ring and the capture thread's stack in memory. Samples may be lost when memory is short; LimitMEMLOCK= in the unit permits it.",
                metadata: ["source": "\(name)"]
            )
        }
    }

    func note(
        _ hop: ScoredHop,
        model: Int,
        time: Range<Date>,
        driftPPM: Double,
        of source: Int
    ) {
        tracks[source].condition.scores[model] = hop.scores
        if let block = tracks[source].scores[model].append(hop, endingAt: time.upperBound) {
            append(block, of: source, model: model)
        }
        publishScores(of: hop, model: model, at: time.upperBound, of: source)
        let isHeard = noteHealth(of: hop, model: model, time: time, of: source)
        // What the source was in this time is told once, by the first of its models.
        guard model == AnalysisWorker.leadingModel else { return }
        enter(.listening, source, at: time.lowerBound)
        tracks[source].condition.levelDBFS = hop.levelDBFS
        tracks[source].condition.gate = hop.gate
        tracks[source].condition.lastHop = time.upperBound
        tracks[source].condition.driftPPM = driftPPM
        if isHeard {
            cover(source, hop.gate == .open ? .listening : .gated, time: time)
        } else {
            cover(source, .lost, time: time, reason: "no model gave valid scores")
        }
        publishLevel(of: hop, at: time.upperBound, of: source)
    }

    /// Follows whether a model's scores are valid.
    ///
    /// - Returns: False if neither this window nor any other model has valid scores.
    private func noteHealth(
        of hop: ScoredHop,
        model: Int,
        time: Range<Date>,
        of source: Int
    ) -> Bool {
        let seconds = time.upperBound.timeIntervalSince(time.lowerBound)
        let change = tracks[source].health[model].note(hop, seconds: seconds)
        let metadata: Logger.Metadata = ["source": "\(tracks[source].condition.name)"]
        let soundModel = models[tracks[source].models[model]]
        switch change {
        case .none: break
        case .failed:
            if let score = hop.invalidScore {
                log.warning("\(soundModel.explanation(of: score))", metadata: metadata)
            }
        case .recovered:
            log.notice("The model '\(soundModel.name)' gives valid scores.", metadata: metadata)
        }
        return hop.invalidScore == nil || tracks[source].health.contains { $0.fault == nil }
    }

    /// What is wrong with the scores of a source's models, a line each.
    func scoreFaults(of source: Int) -> [String] {
        zip(tracks[source].models, tracks[source].health).compactMap { model, health in
            health.fault.map { models[model].explanation(of: $0) }
        }
    }

    func begin(
        _ event: DetectedEvent,
        start: Date,
        arrival: EventArrival,
        at place: EventPlace
    ) {
        let source = place.source
        tracks[source].condition.events += 1
        let model = models[tracks[source].models[place.model]]
        let record = EventRecord(
            id: backlog.numbers.take(now: start),
            source: tracks[source].condition.name,
            model: model.identity.key,
            className: model.about.eventClasses[event.classIndex].name,
            start: start,
            peakScore: event.peakScore,
            meanScore: event.meanScore,
            levelDBFS: event.levelDBFS
        )
        tracks[source].events[place] = OngoingEvent(record: record, arrival: arrival)
        backlog.append(.began(record))
    }

    func finish(_ event: DetectedEvent, end: Date, at place: EventPlace) {
        guard let ongoing = tracks[place.source].events[place] else { return }
        let record = EventRecord(
            id: ongoing.record.id,
            source: ongoing.record.source,
            model: ongoing.record.model,
            className: ongoing.record.className,
            start: ongoing.record.start,
            end: max(ongoing.record.start, end),
            peakScore: event.peakScore,
            meanScore: event.meanScore,
            levelDBFS: event.levelDBFS
        )
        tracks[place.source].events[place]?.record = record
        backlog.append(.ended(record))
    }

    func cover(
        _ source: Int,
        _ state: CoverageState,
        time: Range<Date>,
        lostSamples: Int64 = 0,
        reason: String? = nil
    ) {
        let stretches = tracks[source].coverage.note(
            state,
            from: time.lowerBound,
            to: time.upperBound,
            lostSamples: lostSamples,
            reason: reason
        )
        append(stretches, of: source)
    }

    func enter(_ state: SourceCondition.State, _ source: Int, at date: Date) {
        let before = tracks[source].condition.state
        guard before != state else { return }
        tell(state, after: before, of: source)
        tracks[source].condition.state = state
        tracks[source].condition.since = date
        if state != .listening {
            tracks[source].condition.levelDBFS = nil
            tracks[source].condition.soundLevel = nil
            tracks[source].condition.scores = tracks[source].models.map { _ in [] }
            tracks[source].condition.gate = .closed
        }
    }

    private func scoreBuilders(of source: Int) -> [ScoreBlockBuilder] {
        let track = tracks[source]
        return zip(track.models, track.condition.presentHopSeconds).map { model, hopSeconds in
            ScoreBlockBuilder(
                hopSeconds: hopSeconds,
                classCount: models[model].classes.count
            )
        }
    }

    func change(_ source: Int, stride: Int, waitingSeconds: Double) {
        let isSlower = stride > tracks[source].condition.stride
        flush(source)
        tracks[source].condition.stride = stride
        tracks[source].scores = scoreBuilders(of: source)
        let condition = tracks[source].condition
        let hops = condition.presentHopSeconds.map { String(format: "%.2f s", $0) }
        let hop = hops.joined(separator: ", ")
        log.log(
            level: isSlower ? .warning : .notice,
            isSlower
                ? "The machine can't keep up: \(String(format: "%.1f", waitingSeconds)) s of sound waited. The hop grows to \(hop). Give it fewer models, a longer detection.hop_s or more processor time."
                : "The machine keeps up again. The hop shrinks to \(hop).",
            metadata: ["source": "\(condition.name)"]
        )
    }

    private func tell(
        _ state: SourceCondition.State,
        after before: SourceCondition.State,
        of source: Int
    ) {
        let condition = tracks[source].condition
        switch (before, state) {
        case (_, .absent(let reason)):
            log.warning(
                "Not listening. \(reason) It is looked for until it is there.",
                metadata: ["source": "\(condition.name)"]
            )
        case (.absent, .listening) where condition.format != nil:
            log.notice(
                "Listening to \(condition.device) again.",
                metadata: ["source": "\(condition.name)"]
            )
        default:
            break
        }
    }

    func flush(_ source: Int) {
        flushCoverage(source)
        for model in tracks[source].scores.indices {
            if let block = tracks[source].scores[model].flush() {
                append(block, of: source, model: model)
            }
        }
    }

    private func append(_ block: ScoreBlock, of source: Int, model: Int) {
        backlog.append(
            .scores(
                source: tracks[source].condition.name,
                model: models[tracks[source].models[model]].identity.key,
                block
            )
        )
    }

    func flushCoverage(_ source: Int) {
        append(tracks[source].coverage.flush(), of: source)
    }

    private func append(_ stretches: [CoverageStretch], of source: Int) {
        for stretch in stretches {
            backlog.append(.covered(source: tracks[source].condition.name, stretch))
        }
    }

    /// Writes what waits, shows what is durable, and tells what changed about the history.
    func write() {
        let durable = backlog.write(to: store, now: now())
        for change in backlog.takeRenumbered() { obey(change) }
        for entry in durable {
            switch entry {
            case .began(let event), .ended(let event): show(event)
            case .started, .covered, .clockStepped: break
            }
        }
        identifyWritten()
        tellTroubles()
    }

    /// Gives an event the number that the database has it under, so that its end and its clip
    /// follow.
    private func obey(_ change: RenumberedEvent) {
        for source in tracks.indices {
            for (place, ongoing) in tracks[source].events where change.concerns(ongoing.record) {
                tracks[source].events[place]?.record.id = change.id
            }
        }
        // What this run numbered is told apart by its number alone.
        for index in unidentified.indices where unidentified[index].id == change.event.id {
            unidentified[index].id = change.id
        }
        guard change.isNew else { return }
        let event = change.event
        log.error(
            "The event history has another event under the number \(event.id): \(event.className) of \(event.start) got the number \(change.id).",
            metadata: ["source": "\(event.source)"]
        )
    }

    /// Tells of the numbers of events once the database itself has them.
    private func identifyWritten() {
        guard backlog.fault == nil, backlog.spooledEntries == 0 else { return }
        for (place, id) in unidentified { identified(place, id) }
        unidentified = []
    }
}

extension EventRecorder {
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
        var condition: SourceCondition
        /// The places of the source's models among the recorder's.
        let models: [Int]
        var coverage: CoverageTracker
        /// The scores of each of the source's models; empty before it was open.
        var scores: [ScoreBlockBuilder] = []
        /// Whether the scores of each of the source's models are valid.
        var health: [ScoreHealth]
        /// Why the source does not hear, as last told; nil if it does.
        var fault: String?
        /// The events whose end is not yet durable.
        var events: [EventPlace: OngoingEvent] = [:]
    }
}

extension EventRecorder {
    /// Writes down a minute's sound levels.
    func note(_ minute: SoundMinute, of source: Int) {
        let levels = LevelMinute(
            sourceID: SoundMeasurement.unknownRow,
            minute: Date(timeIntervalSince1970: minute.startSeconds),
            measuredSeconds: minute.measuredSeconds,
            sampleRateHz: minute.sampleRateHz,
            calibrationDB: tracks[source].condition.calibrationDB,
            levels: MeasuredLevels(minute.statistics),
            clippedSamples: minute.statistics.clippedSamples
        )
        tracks[source].condition.lastMinute = minute
        backlog.append(.levels(source: tracks[source].condition.name, levels))
    }
}

extension MeasuredLevels {
    /// The levels of a stretch of time; silence has none.
    fileprivate init(_ statistics: SoundLevelStatistics) {
        self.init()
        laeq = statistics.equivalentA.levelOrNil
        lceq = statistics.equivalentC.levelOrNil
        lzeq = statistics.equivalentZ.levelOrNil
        lafMax = statistics.maximum.levelOrNil
        laf10 = statistics.exceededFor10Percent.levelOrNil
        laf50 = statistics.exceededFor50Percent.levelOrNil
        laf90 = statistics.exceededFor90Percent.levelOrNil
        rms = statistics.rootMeanSquare.levelOrNil
        peak = statistics.peak.levelOrNil
    }
}

extension SourceCondition {
    /// The sound level as it leaves the program; nil while none is measured.
    ///
    /// - Parameter withLastMinute: Whether the last minute's levels are in it.
    /// - Returns: The message.
    func soundLevelMessage(withLastMinute: Bool) -> SoundLevelMessage? {
        guard let soundLevel else { return nil }
        return SoundLevelMessage(
            lafDBFS: soundLevel.fastDBFS.levelOrNil,
            lasDBFS: soundLevel.slowDBFS.levelOrNil,
            peakDBFS: soundLevel.peakDBFS.levelOrNil,
            calibrationDB: calibrationDB,
            lastMinute: withLastMinute ? lastMinute.map { message($0) } : nil
        )
    }

    private func message(_ minute: SoundMinute) -> LevelMinuteMessage {
        minute.message(source: name, calibrationDB: calibrationDB)
    }
}

/// An event whose end is not yet durable.
struct OngoingEvent {
    /// What is known of it.
    var record: EventRecord
    /// When its sound was at the device.
    let arrival: EventArrival
    /// Whether its beginning is durable, so that it may be shown.
    var isDurable = false
}
