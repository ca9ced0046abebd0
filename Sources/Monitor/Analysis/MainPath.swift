import Detection
import Foundation
@preconcurrency import Glibc
import ModelLibrary
import Realtime
import Settings
import Synchronization

/// Takes one source's samples out of the ring, analyses them and dates what is found.
///
/// Sendable unchecked: made on one thread and then used by the analysis thread alone, but for
/// `isStopped`, `newSettings` and `newClipSettings`, which are an atomic and locks.
final class AnalysisWorker: @unchecked Sendable {
    /// Set to make ``run()`` end.
    let isStopped = Atomic(false)
    /// Settings that are to be in force from the next period on.
    let newSettings = Mutex<[AnalysisSettings]?>(nil)
    /// What is to be kept of the sound from the next period on.
    let newClipSettings = Mutex<ClipSettings?>(nil)

    let feed: any SampleFeed
    let time: WorldTime
    let report: @Sendable (SourceReport) -> Void
    var models: [ModelUse]
    private let measuresLevels: Bool
    var clips: ClipDelivery
    private var consumer: SampleConsumer
    private var period: [Float]

    var analysis: SourceAnalysis?
    var levels: SourceLevels?
    var cutter: ClipCutter?
    var clock = StreamClock(nominalRateHz: 1)
    /// One past the last sample that was analysed.
    var position = SampleTime.zero
    /// The end of the last hop of each model.
    var lastHopEnds: [Date?]
    /// Up to when the device's present absence is reported.
    var absentUntil: Date?
    /// Why the device was absent last.
    var absenceReason = ""
    var beginnings = EventBeginnings()
    /// How long the machine has been suspended in all, when that was last asked.
    var suspendedSeconds: Double
    /// The silence of a device that may still deliver what it captured meanwhile.
    var silence: Silence?
    private var pressure = BackPressure(hopSeconds: 0)
    /// When the analysis of the last period was done; nil while nothing waits to be analysed.
    private var lastWork: WorldTime.ThreadTime?
    private(set) var playback: PlaybackTime

    /// The model whose hops say what each moment of the source was.
    static let leadingModel = 0
    /// A suspension that is shorter is none, in seconds.
    static let shortestSuspension = 0.5
    /// For so long a device that is silent may catch up; it is opened anew before that is over.
    static let catchUpSeconds = 10.0
    private static let waitMilliseconds = 200
    private static let formatPollMicroseconds: UInt32 = 1_000

    /// Takes over the reading end of a ring.
    ///
    /// - Parameters:
    ///   - models: The models that listen and how their scores are judged, at least one.
    ///   - measuresLevels: Whether sound levels are measured.
    ///   - consumer: The reading end.
    ///   - feed: What writes into the ring.
    ///   - clips: Whether sound is kept and who takes it.
    ///   - time: The clocks of the world.
    ///   - report: Called on the analysis thread with everything that is found.
    init(
        models: [ModelUse],
        measuresLevels: Bool,
        consumer: consuming SampleConsumer,
        feed: any SampleFeed,
        clips: ClipDelivery,
        time: WorldTime = .system,
        report: @escaping @Sendable (SourceReport) -> Void
    ) {
        self.models = models
        lastHopEnds = Array(repeating: nil, count: models.count)
        self.measuresLevels = measuresLevels
        self.consumer = consumer
        self.feed = feed
        playback = PlaybackTime(pace: feed.pace)
        self.clips = clips
        self.time = time
        suspendedSeconds = time.suspendedSeconds()
        self.report = report
        period = [Float](repeating: 0, count: SampleRing.longestPeriod)
    }

    /// Works until the feed has ended or it is told to stop, and closes what is open.
    func run() {
        do {
            while !isStopped.load(ordering: .acquiring) {
                // Asked before the ring is emptied: what was written before the end is heard.
                let ending = feed.ending
                if consumer.waitForPeriod(timeoutMilliseconds: Self.waitMilliseconds) {
                    try takePeriods()
                } else if let ending {
                    return try finish(reason: ending.reason)
                }
                applyNewSettings()
                try noteAbsence()
            }
            try takePeriods()
            try finish(reason: nil)
        } catch is CancellationError {
            // Stopped before the device was open: there is nothing to end.
            report(.finished(reason: nil, at: time.now()))
        } catch {
            // What the analysis throws says in sentences what is wrong.
            report(.finished(reason: "The analysis stopped. \(error)", at: time.now()))
        }
    }

    /// Analyses what waits in the ring, and what comes meanwhile until the worker is to stop.
    private func takePeriods() throws {
        lastWork = time.threadTime()
        // Without a limit a device that delivers faster than it is analysed, such as ALSA's `null`,
        // would hold up the end for ever.
        var left: Int?
        while left != 0, let mark = nextPeriod() {
            try take(mark)
            relieve(after: mark)
            applyNewSettings()
            if let waiting = left {
                left = waiting - 1
            } else if isStopped.load(ordering: .acquiring) {
                left = consumer.waitingPeriods
            }
        }
    }

    private func nextPeriod() -> PeriodMark? {
        var span = period.mutableSpan
        return consumer.nextPeriod(into: &span)
    }

    private func take(_ mark: PeriodMark) throws {
        let start = SampleTime(mark.firstSample)
        let analysis = try analysis ?? beginAnalysis(at: start)
        // By the clock as it was then, which may have been set since.
        if start > position { try endStretch(of: analysis, at: start) }
        let step = clock.observe(
            sample: start,
            monotonicNanoseconds: mark.monotonicNanoseconds,
            wallNanoseconds: mark.captureTimeNanoseconds
        )
        playback.begin(at: clock.bootSeconds(of: start))
        if let step {
            report(.clockStepped(bySeconds: step, at: date(of: start)))
            levels?.cut(clock: clock)
            // What was dated by the old clock can't be continued by the new one.
            for index in lastHopEnds.indices { lastHopEnds[index] = nil }
        }
        if start > position { tellGap(before: start) }
        silence = nil
        position = start + Int64(mark.sampleCount)
        // A local reference, because a property's span may not outlive its access; nothing is copied.
        let samples = period
        levels?.process(samples.span.extracting(first: mark.sampleCount), clock: clock)
        cutter?.append(samples.span.extracting(first: mark.sampleCount), at: start)
        try analysis.process(samples.span.extracting(first: mark.sampleCount), each: tell)
        deliver(cutter?.takeComplete())
    }

    /// Leaves windows out while there is less processor time than the sound that comes needs.
    private func relieve(after mark: PeriodMark) {
        // A recording waits for the analysis, so that nothing has to be left out.
        guard !feed.waitsForAnalysis, let analysis, let before = lastWork else { return }
        let now = time.threadTime()
        lastWork = now
        let periodSeconds = Double(mark.sampleCount) / Double(analysis.sampleRateHz)
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
        report(.hopChanged(stride: pressure.stride, waitingSeconds: waitingSeconds))
    }

    private func beginAnalysis(at start: SampleTime) throws -> SourceAnalysis {
        // The format is told on another thread and may come a moment after the first period.
        var known = feed.format
        while known == nil, !isStopped.load(ordering: .acquiring) {
            usleep(Self.formatPollMicroseconds)
            known = feed.format
        }
        guard let format = known else { throw CancellationError() }
        let analysis = try SourceAnalysis(
            models,
            sampleRateHz: format.rateHz,
            startingAt: start
        )
        self.analysis = analysis
        pressure = BackPressure(hopSeconds: analysis.hopSeconds.max() ?? 0)
        cutter = ClipCutter(
            sampleRateHz: format.rateHz,
            settings: clips.settings,
            lookbackSeconds: models.longestAnnouncementSeconds,
            classes: models.announcedClasses
        )
        if measuresLevels, format.rateHz >= SoundLevelMeter.leastSampleRateHz {
            levels = SourceLevels(
                sampleRateHz: format.rateHz,
                startingAt: start,
                feed: feed,
                report: report
            )
        }
        clock = StreamClock(nominalRateHz: format.rateHz)
        position = start
        report(
            .listening(format, hopSeconds: analysis.hopSeconds, at: time.now())
        )
        return analysis
    }

    private func applyNewSettings() {
        let changed = newSettings.withLock { $0.take() }
        let changedClips = newClipSettings.withLock { $0.take() }
        guard changed != nil || changedClips != nil else { return }
        if let changed {
            for (index, settings) in changed.enumerated() { models[index].settings = settings }
            analysis?.apply(changed)
        }
        if let changedClips { clips.settings = changedClips }
        cutter?.apply(
            clips.settings,
            lookbackSeconds: models.longestAnnouncementSeconds,
            classes: models.announcedClasses
        )
    }

    private func finish(reason: String?) throws {
        if let analysis {
            try analysis.finish(each: tell).forEach { tell($0, at: position) }
        }
        deliver(cutter?.finish())
        levels?.cut(clock: clock)
        report(.finished(reason: reason, at: time.now()))
    }

    /// Hands clips over to who writes them.
    func deliver(_ cuts: [ClipCut]?) {
        cuts?.forEach(clips.take)
    }
}

extension AnalysisWorker {
    /// The moment at which a sample was at the device.
    func date(of time: SampleTime) -> Date {
        Date(timeIntervalSince1970: clock.wallSeconds(of: time))
    }

    /// Tells of a hop and of what was decided at it.
    func tell(_ step: SourceAnalysis.Step) {
        let end = date(of: step.hop.hop.upperBound)
        let leftOut = windowsLeftOut(before: step)
        let start = lastHopEnds[step.model] ?? date(of: step.hop.hop.lowerBound)
        lastHopEnds[step.model] = end
        let unheard = step.hop.window.lowerBound - step.hop.hop.lowerBound
        // A hop that the clock's correction made empty has nothing to date.
        var time = min(start, end)..<end
        var unseen: Range<Date>?
        if unheard > 0 {
            // Windows so far apart that they do not touch: what lies between was not looked at.
            let heard = min(max(time.lowerBound, date(of: step.hop.window.lowerBound)), end)
            if step.model == Self.leadingModel { unseen = time.lowerBound..<heard }
            time = heard..<end
        }
        if leftOut > 0 { report(.leftOut(windows: leftOut, unseen: unseen)) }
        report(.hop(step.hop, model: step.model, time: time, driftPPM: clock.driftPPM))
        for transition in step.transitions {
            tell((step.model, transition), at: step.hop.window.upperBound)
        }
    }

    /// How many windows were left out between the hop before and this one.
    private func windowsLeftOut(before step: SourceAnalysis.Step) -> Int {
        // The first hop of a stretch is as long as its window.
        guard lastHopEnds[step.model] != nil, let analysis else { return 0 }
        let samplesPerHop = analysis.hopSeconds[step.model] * Double(analysis.sampleRateHz)
        let samples = step.hop.hop.upperBound - step.hop.hop.lowerBound
        return max(0, Int((Double(samples) / samplesPerHop).rounded()) - 1)
    }

    /// Tells of an event that began or is over, as was decided at the end of a window.
    func tell(_ decision: SourceAnalysis.Decision, at windowEnd: SampleTime) {
        switch decision.transition {
        case .began(let event):
            let start = date(of: event.start)
            cutter?.begin(
                event,
                as: clips.place(of: event, model: decision.model),
                of: models[decision.model].model.about.eventClasses[event.classIndex],
                at: start
            )
            beginnings.note(event, ofModel: decision.model, at: start)
            let arrival = arrival(of: event, model: decision.model, decidedAt: windowEnd)
            report(.began(event, model: decision.model, start: start, arrival: arrival))
        case .ended(let event):
            cutter?.end(event, as: clips.place(of: event, model: decision.model))
            let end = beginnings.end(of: event, ofModel: decision.model, datedBy: clock)
            report(.ended(event, model: decision.model, end: end))
        }
    }

    /// When the sound of an event was at the device.
    private func arrival(
        of event: DetectedEvent,
        model: Int,
        decidedAt windowEnd: SampleTime
    )
        -> EventArrival
    {
        let first = analysis?.endOfFirstWindow(holding: event.start, ofModel: model) ?? windowEnd
        let seconds = [min(first, windowEnd), windowEnd].map {
            playback.realSeconds(ofDate: clock.bootSeconds(of: $0))
        }
        return EventArrival(firstWindowEnd: seconds[0], decidingWindowEnd: seconds[1])
    }
}

extension AnalysisWorker {
    /// How long a device that is open has been silent.
    struct Silence {
        /// When that was noticed.
        let since: Date
        fileprivate var lookedAt: Date
        /// For how long it was looked at since, in seconds.
        fileprivate(set) var seconds = 0.0

        /// Longer than this from one look to the next the process itself stood still, in seconds.
        private static let longestStep = 0.5

        fileprivate init(since: Date, lookedAt: Date) {
            self.since = since
            self.lookedAt = lookedAt
        }

        fileprivate mutating func goesOn(until now: Date) {
            seconds += min(max(0, now.timeIntervalSince(lookedAt)), Self.longestStep)
            lookedAt = now
        }
    }

    /// Looks at the last samples before some that do not come.
    ///
    /// - Parameters:
    ///   - analysis: Has had them.
    ///   - next: The place of the next sample that does come.
    /// - Throws: What the network throws, if it does.
    func endStretch(of analysis: SourceAnalysis, at next: SampleTime) throws {
        levels?.skip(to: next, clock: clock)
        try analysis.resume(at: next, each: tell).forEach { tell($0, at: position) }
    }

    /// Says why samples did not come.
    func tellGap(before start: SampleTime) {
        let lastHopEnd = lastHopEnds[Self.leadingModel]
        let back = date(of: start)
        let from = min(absentUntil ?? lastHopEnd ?? date(of: position), back)
        if isSuspension(of: back.timeIntervalSince(from)) {
            report(.suspended(time: from..<back))
        } else if absentUntil != nil || silence != nil {
            report(.absent(reason: absenceReason, time: from..<back))
        } else {
            report(.lost(samples: start - position, time: from..<back))
        }
        absentUntil = nil
        for index in lastHopEnds.indices { lastHopEnds[index] = nil }
    }

    /// Whether the machine was suspended for most of the time since samples last came.
    private func isSuspension(of seconds: Double) -> Bool {
        let before = suspendedSeconds
        suspendedSeconds = time.suspendedSeconds()
        return suspendedSeconds - before > max(Self.shortestSuspension, seconds / 2)
    }

    /// Tells of a device that is away, as long as it is.
    func noteAbsence() throws {
        guard let reason = feed.absence else { return }
        absenceReason = reason
        let now = time.now()
        if absentUntil == nil, feed.mayCatchUp {
            var silence = silence ?? Silence(since: now, lookedAt: now)
            silence.goesOn(until: now)
            self.silence = silence
            if silence.seconds < Self.catchUpSeconds {
                return report(.silent(reason: reason, since: silence.since))
            }
        }
        if absentUntil == nil, let analysis { try endStretch(of: analysis, at: position) }
        levels?.expire(at: now, clock: clock)
        let from = absentUntil ?? lastHopEnds[Self.leadingModel] ?? now
        report(.absent(reason: reason, time: from..<max(from, now)))
        absentUntil = now
        deliver(cutter?.takeEnded())
    }
}
