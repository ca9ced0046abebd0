import Detection
import Foundation
@preconcurrency import Glibc
import ModelLibrary
import Realtime
import Settings
import Synchronization

/// The main path: what becomes of a source's samples, from the ring to dated reports.
///
/// It reads from top to bottom: ``run()`` takes periods out of the ring; `analyse(_:)` leads each
/// through clock, sound level, clips and ``SourceAnalysis`` (level, features, and for each model
/// gate, network, decision), and dates what was found. The reports go to the ``EventRecorder``,
/// all those of a period at once, and it writes the rows. Every stage returns what it found by appending to a buffer that is used
/// again for the next period.
///
/// Sendable unchecked: made on one thread and then used by the analysis thread alone, but for
/// `isStopped` and `newSettings`, which are an atomic and a lock.
final class AnalysisWorker: @unchecked Sendable {
    private let isStopped = Atomic(false)
    let newSettings = Mutex(NewSettings())

    private let feed: any SampleFeed
    private let time: WorldTime
    private let send: @Sendable ([SourceReport]) -> Void
    private var models: [ModelUse]
    private let measuresLevels: Bool
    private let live: LiveSound?
    private var clips: ClipDelivery
    private var consumer: SampleConsumer
    private var period: [Float]

    /// The stages that depend on the rate; nil until the device was open.
    private var stages: Stages?
    /// What the analysis of a period found.
    private var findings: [AnalysisFinding] = []
    /// What is to be sent of it.
    private var reports: [SourceReport] = []
    /// One past the last sample that was analysed.
    private var position = SampleTime.zero
    private var absence: AbsenceWatch
    private var pressure = BackPressure(hopSeconds: 0)
    /// When the analysis of the last period was done; nil while nothing waits to be analysed.
    private var lastWork: WorldTime.ThreadTime?
    /// The length of the last period in seconds.
    private var periodSeconds = 0.0

    private struct Stages {
        var analysis: SourceAnalysis
        var dates: StreamDates
        var levels: SourceLevels?
        var live: LiveSoundTap?
        var cutter: ClipCutter
    }

    private static let waitSeconds = 0.2
    private static let formatPollMicroseconds: UInt32 = 1_000

    /// Takes over the reading end of a ring.
    ///
    /// - Parameters:
    ///   - models: The models that listen and how their scores are judged, at least one.
    ///   - measuresLevels: Whether sound levels are measured.
    ///   - consumer: The reading end.
    ///   - feed: What writes into the ring.
    ///   - live: What of the source can be followed; nil: nothing.
    ///   - clips: Which clips are cut and where they go.
    ///   - time: The clocks of the world.
    ///   - send: Called on the analysis thread with everything that is found, in order; what one
    ///     period gave comes at once.
    init(
        models: [ModelUse],
        measuresLevels: Bool,
        consumer: consuming SampleConsumer,
        feed: any SampleFeed,
        live: LiveSound? = nil,
        clips: ClipDelivery,
        time: WorldTime = .system,
        send: @escaping @Sendable ([SourceReport]) -> Void
    ) {
        self.models = models
        self.measuresLevels = measuresLevels
        self.consumer = consumer
        self.feed = feed
        self.live = live
        self.clips = clips
        self.time = time
        self.send = send
        absence = AbsenceWatch(suspendedSeconds: time.suspendedSeconds())
        period = [Float](repeating: 0, count: SampleRing.longestPeriod)
    }

    // MARK: - From other threads

    /// Makes ``run()`` end soon.
    func requestStop() {
        isStopped.store(true, ordering: .releasing)
    }

    // MARK: - The path of a period

    /// Works until the feed has ended or a stop is requested, and closes what is open.
    func run() {
        do {
            while !isStopped.load(ordering: .acquiring) {
                // Asked before the ring is emptied: what was written before the end is analysed.
                let ending = feed.ending
                // Longer than from one period to the next, so that nothing wakes it in between.
                let wait = Self.waitSeconds + periodSeconds
                if consumer.waitForPeriod(timeoutMilliseconds: Int(wait * 1_000)) {
                    try emptyRing()
                } else if let ending {
                    return try finish(reason: ending.reason)
                }
                try applyNewSettings()
                try reportAbsence()
            }
            try emptyRing()
            try finish(reason: nil)
        } catch is CancellationError {
            // Stopped before the device was open: nothing to close.
            send([.finished(reason: nil, at: time.now())])
        } catch {
            send([.finished(reason: "The analysis stopped. \(error)", at: time.now())])
        }
    }

    /// Analyses what waits in the ring, and what comes meanwhile until the worker is to stop.
    private func emptyRing() throws {
        lastWork = time.threadTime()
        // Without a limit a device that delivers faster than it is analysed, such as ALSA's `null`,
        // would hold up the end for ever.
        var left: Int?
        while left != 0, let mark = nextPeriod() {
            try analyse(mark)
            relieve()
            try applyNewSettings()
            if let waiting = left {
                left = waiting - 1
            } else if isStopped.load(ordering: .acquiring) {
                left = consumer.waitingPeriods
            }
        }
    }

    /// Copies the oldest period out of the ring.
    private func nextPeriod() -> PeriodMark? {
        var span = period.mutableSpan
        return consumer.nextPeriod(into: &span)
    }

    /// Leads the period that was copied through all stages.
    private func analyse(_ mark: PeriodMark) throws {
        let start = SampleTime(mark.firstSample)
        if stages == nil { try openStages(at: start) }
        let isAfterGap = start > position
        // By the clock as it was before the gap, in which it may have been set.
        if isAfterGap { try endStretch(resumingAt: start) }
        // Taken out and put back, so that the stages are changed in place.
        guard var stages = self.stages.take() else { return }
        defer { self.stages = stages }

        if let step = stages.dates.observe(mark) {
            reports.append(.clockStepped(bySeconds: step, at: stages.dates.date(of: start)))
            stages.levels?.cut(clock: stages.dates.clock, appendingTo: &reports)
        }
        if isAfterGap {
            let from = stages.dates.lastHopEnd ?? stages.dates.date(of: position)
            reports.append(
                absence.reportGap(
                    time: min(from, stages.dates.date(of: start))..<stages.dates.date(of: start),
                    lostSamples: start - position,
                    suspendedSeconds: time.suspendedSeconds()
                )
            )
            stages.dates.forgetHops()
        }
        absence.endSilence()
        position = start + Int64(mark.sampleCount)
        periodSeconds = Double(mark.sampleCount) / Double(stages.analysis.sampleRateHz)

        // A local reference, because a property's span may not outlive its access; nothing is copied.
        let period = period
        let samples = period.span.extracting(first: mark.sampleCount)
        stages.levels?.process(samples, clock: stages.dates.clock, appendingTo: &reports)
        stages.live?.process(samples, at: start, dates: stages.dates)
        stages.cutter.append(samples, at: start)
        stages.analysis.givesSmoothedScores = live?.areScoresFollowed ?? false
        try stages.analysis.process(samples, appendingTo: &findings)
        dateFindings(&stages)
        stages.cutter.complete().forEach(clips.deliver)
        sendReports()
    }

    /// Dates what was found, and begins and ends the clips of events.
    private func dateFindings(_ stages: inout Stages) {
        for finding in findings {
            // The level leaves with the hop of the first model, so that one wake-up serves both.
            if case .hop(_, .leading) = finding, let level = stages.levels?.takeReading() {
                reports.append(.level(level))
            }
            stages.dates.date(finding, appendingTo: &reports)
            switch finding {
            case .hop, .near: break
            case .began(let event, let model, _, _):
                stages.cutter.begin(
                    event,
                    as: clips.key(of: event, model: model),
                    of: models[model].model.soundClass(of: event),
                    at: stages.dates.date(of: event.start)
                )
            case .ended(let event, let model):
                stages.cutter.end(event, as: clips.key(of: event, model: model))
            }
        }
        findings.removeAll(keepingCapacity: true)
    }

    private func sendReports() {
        guard !reports.isEmpty else { return }
        send(reports)
        reports = []
    }

    // MARK: - Before, between and after periods

    private func openStages(at start: SampleTime) throws {
        // The format is set on another thread and may come a moment after the first period.
        var known = feed.format
        while known == nil, !isStopped.load(ordering: .acquiring) {
            usleep(Self.formatPollMicroseconds)
            known = feed.format
        }
        guard let format = known else { throw CancellationError() }
        let analysis = try SourceAnalysis(models, sampleRateHz: format.rateHz, startingAt: start)
        analysis.givesPrints = true
        pressure = BackPressure(hopSeconds: analysis.hopSeconds.max() ?? 0)
        let isMeasurable = format.rateHz >= SoundLevelMeter.leastSampleRateHz
        stages = Stages(
            analysis: analysis,
            dates: StreamDates(
                rateHz: format.rateHz,
                hopSeconds: analysis.hopSeconds,
                pace: feed.pace
            ),
            levels: measuresLevels && isMeasurable
                ? SourceLevels(
                    sampleRateHz: format.rateHz,
                    startingAt: start,
                    feed: feed
                ) : nil,
            live: live.map { LiveSoundTap($0, sampleRateHz: format.rateHz) },
            cutter: ClipCutter(
                sampleRateHz: format.rateHz,
                settings: clips.settings,
                lookbackSeconds: models.longestAnnouncementSeconds,
                classes: models.announcedClasses
            )
        )
        position = start
        send([
            .listening(format, hopSeconds: analysis.hopSeconds, at: time.now()),
            .judging(models.map(\.settings)),
        ])
    }

    /// Analyses the last samples before some that do not come.
    private func endStretch(resumingAt next: SampleTime) throws {
        guard var stages = self.stages.take() else { return }
        defer { self.stages = stages }
        stages.levels?.skip(to: next, clock: stages.dates.clock, appendingTo: &reports)
        try stages.analysis.resume(at: next, appendingTo: &findings)
        dateFindings(&stages)
        sendReports()
    }

    /// Reports a device that is away, as long as it is.
    private func reportAbsence() throws {
        guard let reason = feed.absence else { return }
        let now = time.now()
        if let silence = absence.reportSilence(
            reason: reason,
            at: now,
            mayCatchUp: feed.mayCatchUp
        ) {
            return send([silence])
        }
        if !absence.isReported { try endStretch(resumingAt: position) }
        if var stages = self.stages.take() {
            defer { self.stages = stages }
            stages.levels?.expire(at: now, clock: stages.dates.clock, appendingTo: &reports)
            stages.cutter.completeEnded().forEach(clips.deliver)
        }
        reports.append(absence.reportAbsence(at: now, lastHopEnd: stages?.dates.lastHopEnd))
        sendReports()
    }

    /// Skips windows while the machine lacks processor time.
    private func relieve() {
        // A recording waits for the analysis, so that nothing has to be left out.
        guard !feed.waitsForAnalysis, let analysis = stages?.analysis, let before = lastWork else {
            return
        }
        let now = time.threadTime()
        lastWork = now
        let waitingSeconds = Double(consumer.waitingPeriods) * periodSeconds
        let hasChanged = pressure.observe(
            BackPressure.Work(
                soundSeconds: periodSeconds,
                wallSeconds: now.wallSeconds - before.wallSeconds,
                processorSeconds: now.processorSeconds - before.processorSeconds
            ),
            waitingSeconds: waitingSeconds
        )
        guard hasChanged else { return }
        analysis.leaveOut(allButOneOf: pressure.stride)
        send([.hopChanged(stride: pressure.stride, waitingSeconds: waitingSeconds)])
    }

    private func applyNewSettings() throws {
        let new = newSettings.withLock { settings in
            defer { settings = NewSettings() }
            return settings
        }
        guard new.models != nil || new.analysis != nil || new.clips != nil else { return }
        if let newer = new.models {
            try go(onWith: newer, new.analysis ?? models.map(\.settings))
        } else if let settings = new.analysis {
            for (index, own) in settings.enumerated() { models[index].settings = own }
            stages?.analysis.apply(settings)
            if stages != nil { send([.judging(settings)]) }
        }
        if let settings = new.clips { clips.settings = settings }
        stages?.cutter.apply(
            clips.settings,
            lookbackSeconds: models.longestAnnouncementSeconds,
            classes: models.announcedClasses
        )
    }

    /// Replaces the analysis by one of the same models with other learnt sounds, at the next sample.
    ///
    /// What is open is closed as before a gap, but no sample is left out.
    private func go(onWith newer: [SoundModel], _ settings: [AnalysisSettings]) throws {
        guard var stages = self.stages.take() else {
            use(newer, settings)
            return send([.using(newer, hopSeconds: nil)])
        }
        defer { self.stages = stages }
        try stages.analysis.finish(appendingTo: &findings)
        // Classes of the old models are meant.
        dateFindings(&stages)
        sendReports()
        use(newer, settings)
        let analysis = try SourceAnalysis(
            models,
            sampleRateHz: stages.analysis.sampleRateHz,
            startingAt: position,
            after: stages.analysis
        )
        analysis.givesPrints = true
        analysis.leaveOut(allButOneOf: pressure.stride)
        stages.analysis = analysis
        stages.dates.begin(rateHz: analysis.sampleRateHz, hopSeconds: analysis.hopSeconds)
        send([.using(newer, hopSeconds: analysis.hopSeconds), .judging(settings)])
        // Making ready was no work on sound.
        lastWork = time.threadTime()
    }

    private func use(_ newer: [SoundModel], _ settings: [AnalysisSettings]) {
        for index in models.indices {
            models[index].model = newer[index]
            models[index].settings = settings[index]
        }
    }

    private func finish(reason: String?) throws {
        if var stages = self.stages.take() {
            defer { self.stages = stages }
            try stages.analysis.finish(appendingTo: &findings)
            dateFindings(&stages)
            stages.cutter.finish().forEach(clips.deliver)
            stages.levels?.cut(clock: stages.dates.clock, appendingTo: &reports)
        }
        reports.append(.finished(reason: reason, at: time.now()))
        sendReports()
    }
}
