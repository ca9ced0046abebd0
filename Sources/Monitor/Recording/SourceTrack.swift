import Detection
import EventStore
import Foundation
import Logging
import Messages
import ModelLibrary

/// What is known of one source at present, and what of it the history does not have yet.
///
/// Only the ``EventRecorder`` uses it. What is to be written is appended to its backlog.
struct SourceTrack {
    /// One of the source's models.
    private struct ModelTrack {
        var model: SoundModel
        /// The scores of the present minute; nil before the source was open.
        var scores: ScoreBlockBuilder?
        /// The rules that judge them, as JSON.
        var rules = "{}"
        /// Whether its scores are valid.
        var health: ScoreHealth
    }

    private var condition: SourceCondition
    private var models: [ModelTrack]
    private var coverage: CoverageTracker
    /// Why the source does not hear, as last logged; nil if it does.
    private var fault: String?
    /// When the device was first opened, since when its samples are counted.
    private var listeningSince: Date
    /// The prints of what it hears.
    var prints: PrintTrack
    /// The events whose end is not yet durable.
    var events = OngoingEvents()
    private let log: Logger

    /// What coverage says of time that was captured and that no window holds.
    private static let unseenReason = "too little processor time: windows were skipped"

    /// Begins with a source that is being opened.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - models: Its models, in its order.
    ///   - start: When the service started.
    ///   - log: Gets what concerns the source.
    init(_ source: EventRecorder.Source, models: [SoundModel], start: Date, log: Logger) {
        condition = SourceCondition(
            name: source.name,
            device: source.device,
            calibrationDB: source.calibrationDB,
            since: start,
            scores: models.map { _ in [] }
        )
        self.models = models.map { ModelTrack(model: $0, health: ScoreHealth($0)) }
        coverage = CoverageTracker(start: start)
        listeningSince = start
        prints = PrintTrack(source: source.name, models: models.map(\.identity.key))
        var log = log
        log[metadataKey: "source"] = "\(source.name)"
        self.log = log
    }

    /// What the source is doing.
    var present: SourceCondition {
        var present = condition
        present.scoreFaults = models.compactMap { track in
            track.health.fault.map { track.model.explanation(of: $0) }
        }
        return present
    }

    /// The models that listen, in the source's order.
    var soundModels: [SoundModel] { models.map(\.model) }

    /// Whether nothing is heard at the moment.
    var isQuiet: Bool { events.isEmpty && condition.gate == .closed }

    /// The scores that are gathered and not handed over to be written.
    var gatheredScores: [NamedScores] {
        models.compactMap { track in
            track.scores?.block.map { block in
                NamedScores(
                    source: condition.name,
                    model: track.model.name,
                    classes: track.model.classes.map(\.name),
                    block: block
                )
            }
        }
    }

    // MARK: - The device

    /// Records that the device was opened for the first time.
    mutating func open(_ format: FeedFormat, hopSeconds: [Double], at date: Date) {
        enter(.listening, at: date)
        condition.format = format
        condition.hopSeconds = hopSeconds
        listeningSince = date
        beginScoreBlocks()
        prints.begin(sampleRateHz: format.rateHz)
        log.notice(
            "Listening to \(condition.device): \(format.rateHz) Hz, \(format.channels) channel(s), \(format.detail)."
        )
        for remark in format.remarks { log.notice("\(remark)") }
    }

    /// Records what the source does from a moment on.
    mutating func enter(_ state: SourceCondition.State, at date: Date) {
        guard condition.state != state else { return }
        switch (condition.state, state) {
        case (_, .absent(let reason)):
            log.warning("Not listening. \(reason) Earwitness keeps retrying.")
        case (.absent, .listening) where condition.format != nil:
            log.notice("Listening to \(condition.device) again.")
        default:
            break
        }
        condition.state = state
        condition.since = date
        if state != .listening {
            condition.levelDBFS = nil
            condition.soundLevel = nil
            condition.scores = models.map { _ in [] }
            condition.gate = .closed
            condition.gateLevels = nil
        }
    }

    /// Logs when the source begins or ceases to hear.
    ///
    /// - Parameter fault: Why it does not hear; nil if it does.
    mutating func log(fault: String?) {
        guard fault != self.fault else { return }
        if let fault {
            log.warning("\(fault)")
        } else {
            log.notice("The microphone delivers a normal signal again.")
        }
        self.fault = fault
    }

    /// Records that windows are left out from now on, or fewer than before.
    mutating func change(stride: Int, waitingSeconds: Double, to backlog: inout StoreBacklog) {
        let isSlower = stride > condition.stride
        flush(to: &backlog)
        condition.stride = stride
        beginScoreBlocks()
        log.log(
            level: isSlower ? .warning : .notice,
            "\(condition.strideRemark(isSlower: isSlower, waitingSeconds: waitingSeconds))"
        )
    }

    private mutating func beginScoreBlocks() {
        for (index, hopSeconds) in condition.presentHopSeconds.enumerated() {
            models[index].scores = ScoreBlockBuilder(
                hopSeconds: hopSeconds,
                classCount: models[index].model.classes.count,
                listeningSince: listeningSince,
                sampleRateHz: condition.format?.rateHz ?? 1,
                rules: models[index].rules
            )
        }
    }

    /// Records that the same models are used with other learnt sounds from the next hop on.
    mutating func change(
        _ newer: [SoundModel],
        hopSeconds: [Double]?,
        to backlog: inout StoreBacklog
    ) {
        flush(to: &backlog)
        prints.change(keys: newer.map(\.identity.key), to: &backlog)
        for (index, model) in newer.enumerated() {
            models[index].model = model
            models[index].health = ScoreHealth(model)
        }
        condition.scores = newer.map { _ in [] }
        guard let hopSeconds else { return }
        condition.hopSeconds = hopSeconds
        beginScoreBlocks()
    }

    /// Records by which rules scores are judged from the next hop on.
    mutating func judge(by settings: [AnalysisSettings], to backlog: inout StoreBacklog) {
        prints.apply(zip(models, settings).map { ModelUse(model: $0.model, settings: $1) })
        for (index, own) in settings.enumerated() {
            let rules = own.detection.storedText
            guard rules != models[index].rules else { continue }
            models[index].rules = rules
            if let block = models[index].scores?.change(rules: rules) {
                append(block, of: models[index].model, to: &backlog)
            }
        }
    }

    // MARK: - Hops and levels

    /// Records a hop of one of the models.
    mutating func record(
        _ hop: ScoredHop,
        of slot: ModelSlot,
        time: Range<Date>,
        driftPPM: Double,
        to backlog: inout StoreBacklog
    ) {
        // The last windows of a stretch are judged once it is known that nothing follows.
        let isPresent = !condition.isAbsent || time.upperBound > condition.since
        if isPresent { condition.scores[slot.rawValue] = hop.scores }
        prints.append(hop, of: slot, endingAt: time.upperBound, to: &backlog)
        if let block = models[slot.rawValue].scores?.append(hop, over: time) {
            append(block, of: models[slot.rawValue].model, to: &backlog)
        }
        let isValid = followHealth(of: hop, model: slot, time: time)
        // What the source was in this time is recorded once, by the first of its models.
        guard slot == .leading else { return }
        if isPresent {
            enter(.listening, at: time.lowerBound)
            condition.levelDBFS = hop.levelDBFS
            condition.gate = hop.gate
            condition.gateLevels = hop.gateLevels
        }
        condition.count(hop)
        condition.driftPPM = driftPPM
        if isValid {
            cover(hop.gate == .open ? .listening : .gated, time: time, to: &backlog)
        } else {
            cover(.lost, time: time, reason: "no model gave valid scores", to: &backlog)
        }
    }

    /// Follows whether a model's scores are valid.
    ///
    /// - Returns: False if neither this window nor any other model has valid scores.
    private mutating func followHealth(
        of hop: ScoredHop,
        model slot: ModelSlot,
        time: Range<Date>
    ) -> Bool {
        let seconds = time.upperBound.timeIntervalSince(time.lowerBound)
        let model = models[slot.rawValue].model
        switch models[slot.rawValue].health.update(hop, seconds: seconds) {
        case .none: break
        case .failed:
            if let score = hop.invalidScore { log.warning("\(model.explanation(of: score))") }
        case .recovered:
            log.notice("The model '\(model.name)' gives valid scores.")
        }
        return hop.invalidScore == nil || models.contains { $0.health.fault == nil }
    }

    /// Records the level now.
    mutating func record(_ reading: SoundLevelReading) {
        condition.soundLevel = reading
    }

    /// Records a minute's sound levels.
    mutating func record(_ minute: SoundMinute, to backlog: inout StoreBacklog) {
        condition.lastMinute = minute
        let levels = LevelMinute(minute, calibrationDB: condition.calibrationDB)
        backlog.append(.levels(source: condition.name, levels))
    }

    /// Records that samples were lost.
    mutating func recordLoss(of samples: Int64, time: Range<Date>, to backlog: inout StoreBacklog) {
        condition.lostSamples += samples
        cover(.lost, time: time, lostSamples: samples, to: &backlog)
    }

    /// Records that windows were left out, and the time that none of them holds.
    mutating func recordLeftOut(windows: Int, unseen: Range<Date>?, to backlog: inout StoreBacklog)
    {
        condition.windowsLeftOut += Int64(windows)
        guard let unseen else { return }
        cover(.lost, time: unseen, reason: Self.unseenReason, to: &backlog)
    }

    /// Records what a stretch of time was.
    mutating func cover(
        _ state: CoverageState,
        time: Range<Date>,
        lostSamples: Int64 = 0,
        reason: String? = nil,
        to backlog: inout StoreBacklog
    ) {
        let stretches = coverage.append(
            state,
            from: time.lowerBound,
            to: time.upperBound,
            lostSamples: lostSamples,
            reason: reason
        )
        append(stretches, to: &backlog)
    }

    /// Records that the wall clock was set.
    mutating func stepClock(bySeconds seconds: Double) {
        coverage.stepClock(bySeconds: seconds)
        // Else a clock that is set back would make the next hops seem older than the absence.
        if condition.isAbsent { condition.since += seconds }
    }

    /// Writes the stretch of time that goes on.
    mutating func flushCoverage(to backlog: inout StoreBacklog) {
        append(coverage.flush(), to: &backlog)
    }

    /// Writes what was gathered.
    mutating func flush(to backlog: inout StoreBacklog) {
        flushCoverage(to: &backlog)
        for index in models.indices {
            if let block = models[index].scores?.flush() {
                append(block, of: models[index].model, to: &backlog)
            }
        }
        prints.flush(hasEnded: condition.hasEnded, to: &backlog)
    }

    private func append(_ stretches: [CoverageStretch], to backlog: inout StoreBacklog) {
        for stretch in stretches {
            backlog.append(.covered(source: condition.name, stretch))
        }
    }

    private func append(_ block: ScoreBlock, of model: SoundModel, to backlog: inout StoreBacklog) {
        backlog.append(
            .scores(source: condition.name, model: model.identity.key, block)
        )
    }

    // MARK: - Events

    /// Records that an event began.
    mutating func begin(
        _ event: DetectedEvent,
        as key: EventKey,
        start: Date,
        arrival: SourceReport.Arrival,
        to backlog: inout StoreBacklog
    ) {
        let model = models[key.model.rawValue].model
        if model.soundClass(of: event).isPrivate { prints.beginPrivate(event, as: key) }
        let record = EventRecord(
            id: backlog.allocateEventID(now: start),
            source: condition.name,
            model: model.identity.key,
            className: model.soundClass(of: event).name,
            start: start,
            peakScore: event.peakScore,
            meanScore: event.meanScore,
            levelDBFS: event.levelDBFS,
            secondScore: event.secondScore
        )
        events.begin(record, as: key, arrival: arrival)
        backlog.append(.began(record))
    }

    /// Records that an event is over.
    mutating func end(
        _ event: DetectedEvent,
        as key: EventKey,
        end: Date,
        to backlog: inout StoreBacklog
    ) {
        prints.end(event, as: key)
        if let record = events.end(event, as: key, end: end) { backlog.append(.ended(record)) }
    }
}
