internal import Glibc
internal import Realtime
internal import Synchronization

/// The capture thread's loop: open, capture, reopen the device, until stopped.
///
/// While samples arrive it does not allocate, lock or log; it reports only when the device comes
/// or goes, because then reporting cannot lose samples.
final class CaptureLoop: @unchecked Sendable {
    // `opener`, `producer`, `timeline`, `judge`, `reopening` and `reportedAbsence` are touched by the
    // capture thread alone. `threadGrants` is set before that thread starts. All else is constant or
    // atomic.
    var threadGrants: @Sendable () -> RealtimeGrants? = { nil }

    private let settings: CaptureSettings
    private let counters: CaptureCounters
    private let clock: CaptureClock
    private let reports: AsyncStream<CaptureReport>.Continuation
    private let isStopping = Atomic<Bool>(false)
    private let stopSignal = WakeSignal()

    private var opener: DeviceOpener
    private var producer: SampleProducer?
    private var timeline: CaptureTimeline?
    private var judge: SignalJudge?
    private var reopening = ReopenBackoff()
    private let knownFloor: LearntFloor?
    private var reportedAbsence: CaptureError?

    init(
        settings: CaptureSettings,
        producer: consuming SampleProducer,
        counters: CaptureCounters,
        configuration: ALSAConfiguration?,
        clock: CaptureClock,
        knownFloor: LearntFloor?,
        reports: AsyncStream<CaptureReport>.Continuation
    ) {
        self.settings = settings
        self.producer = consume producer
        self.counters = counters
        self.clock = clock
        self.knownFloor = knownFloor
        self.reports = reports
        opener = DeviceOpener(settings: settings, configuration: configuration)
    }

    /// Makes `run` return soon; may be called from any thread, and more than once.
    func requestStop() {
        isStopping.store(true, ordering: .releasing)
        stopSignal.ring()
    }

    /// Captures until `requestStop`.
    func run() {
        counters.state = .opening
        while !isStopRequested {
            do throws(CaptureError) {
                let device = try open()
                if timeline == nil {
                    prepare(for: device)
                } else {
                    counters.reopenCount.count()
                }
                reportAbsence(listen(to: device))
            } catch {
                reportAbsence(error)
            }
            pause(milliseconds: reopening.nextMilliseconds())
        }
        counters.state = .stopped
        // The ring is finished: its consumer need not wait for more.
        producer = nil
        reports.finish()
    }

    /// Opens the device, or starts the program.
    private func open() throws(CaptureError) -> any PeriodReader {
        guard let program = settings.program else {
            return try opener.open(runningHz: timeline?.rateHz)
        }
        return try ProgramReader(program, settings)
    }

    /// Prepares what depends on the rate, which stays that of the first opening.
    private func prepare(for device: any PeriodReader) {
        let stream = device.stream
        timeline = CaptureTimeline(rateHz: stream.rateHz, patience: device.habits.patience)
        judge = SignalJudge(rateHz: stream.rateHz, knownFloor: knownFloor)
        producer?.allocate(sampleRateHz: stream.rateHz, periodFrames: stream.readFrames)
        counters.streamRateHz.store(stream.rateHz, ordering: .releasing)
    }

    /// Reads until the device has gone or the capture is stopped.
    ///
    /// - Returns: Why it ended; nil when it was stopped.
    private func listen(to device: any PeriodReader) -> CaptureError? {
        let converter = SampleConverter(
            format: device.stream.format,
            channels: device.stream.channels,
            choice: settings.channel,
            gainDB: settings.gainDB
        )
        let stream = device.stream
        var interleaved = [Float](repeating: 0, count: stream.readFrames * stream.channels)
        var mono = [Float](repeating: 0, count: stream.readFrames)
        judge?.deviceOpened(
            stream,
            channel: settings.channel,
            isProgram: settings.program != nil
        )
        var attempt = ListeningAttempt(device: device)
        if let failure = restart(&attempt) { return failure }
        while !isStopRequested {
            if leavesPeriodInDevice(device) {
                pause(milliseconds: attempt.pauseMilliseconds)
                continue
            }
            let before = MonotonicClock.now()
            switch device.readPeriod(timeoutMilliseconds: attempt.waitMilliseconds) {
            case .period(let report):
                deliver(report, from: &attempt, converter, &interleaved, &mono)
                if attempt.lagsBehind {
                    // Plugins lose count when more than their buffer waits, and would delay all
                    // later sound.
                    counters.overrunCount.count()
                    device.drop()
                    if let failure = restart(&attempt) { return failure }
                }
            case .nothing:
                if let failure = idle(&attempt, since: before) { return failure }
            case .overrun:
                record(errno: EPIPE)
                counters.overrunCount.count()
                if let failure = restart(&attempt) { return failure }
            case .suspended:
                record(errno: ESTRPIPE)
                if !attempt.isSuspended { counters.suspendCount.count() }
                if let failure = resume(&attempt) { return failure }
            case .gone(let code):
                record(errno: code)
                return .vanished(device: settings.device, errno: code)
            case .ended(let reason):
                return reason
            }
        }
        return nil
    }

    /// Whether the next period is left in the device, because the ring is full and the device has room.
    private func leavesPeriodInDevice(_ device: any PeriodReader) -> Bool {
        guard producer?.hasRoom(forSamples: device.stream.readFrames) == false else {
            return false
        }
        return device.hasRoom
    }

    /// Dates one period, converts it, judges it and writes it into the ring.
    private func deliver(
        _ report: PeriodReport,
        from attempt: inout ListeningAttempt,
        _ converter: SampleConverter,
        _ interleaved: inout [Float],
        _ mono: inout [Float]
    ) {
        let time = clock.time(ofMonotonic: report.firstFrameMonotonic)
        judge?.add(frames: report.frames, at: time, isAfterGap: attempt.isAfterGap)
        let read = clock.time(ofMonotonic: report.readMonotonic)
        guard
            let position = place(
                report.frames,
                at: time,
                readAt: read,
                afterGap: attempt.isAfterGap
            )
        else { return }
        if position.missedBefore > 0 {
            counters.countMissed(position.missedBefore)
        }
        attempt.lagsBehind =
            !attempt.isAfterGap && attempt.device.habits.losesCount
            && position.missedBefore >= Int64(attempt.device.stream.bufferFrames)
        if attempt.lagsBehind { return }
        if counters.state != .running {
            reportArrival(attempt.device.stream, missedFrames: position.missedBefore)
        }
        attempt.periodArrived(report.frames)
        if attempt.isProven { reopening.reset() }
        convert(report.frames, of: attempt.device, converter, &interleaved, &mono)

        let stamps = clock.systemTimes(of: position.time)
        let mark = PeriodMark(
            firstSample: position.firstSample,
            sampleCount: report.frames,
            captureTimeNanoseconds: stamps.wall,
            monotonicNanoseconds: stamps.boot
        )
        if producer?.write(mono.span, mark: mark) != true {
            counters.ringOverflowFrameCount.count(report.frames)
        }
    }

    /// Converts the period that was read last, and judges and counts its samples.
    private func convert(
        _ frames: Int,
        of device: any PeriodReader,
        _ converter: SampleConverter,
        _ interleaved: inout [Float],
        _ mono: inout [Float]
    ) {
        var channels = interleaved.mutableSpan
        var samples = mono.mutableSpan
        let clipped = device.convertPeriod(
            frames: frames,
            with: converter,
            interleaved: &channels,
            mono: &samples
        )
        if clipped > 0 { counters.clippedSampleCount.count(clipped) }
        judge?.add(
            mono: mono.span.extracting(first: frames),
            interleaved: interleaved.span.extracting(first: frames * device.stream.channels),
            clipped: clipped
        )
        counters.learntFloor = judge?.floor
        counters.signalFault = judge?.fault
        counters.periodCount.count()
        counters.frameCount.count(frames)
    }

    private func place(
        _ frames: Int,
        at time: Int64,
        readAt: Int64,
        afterGap: Bool
    ) -> CaptureTimeline.Position? {
        let position =
            afterGap
            ? timeline?.resume(frames: frames, at: time)
            : timeline?.append(frames: frames, at: time, readAt: readAt)
        let drift = Int64((timeline?.driftPPM ?? 0) * 1_000)
        counters.driftPartsPerBillion.store(drift, ordering: .relaxed)
        return position
    }

    /// Starts the device, again if it ran before, without spinning on one that always fails.
    private func restart(_ attempt: inout ListeningAttempt) -> CaptureError? {
        guard let milliseconds = attempt.restarts.nextMilliseconds() else {
            return .keepsOverrunning(device: settings.device)
        }
        pause(milliseconds: milliseconds)
        attempt.isAfterGap = true
        attempt.isSuspended = false
        let code = attempt.device.start()
        guard code != 0, code != EPIPE else { return nil }
        record(errno: code)
        return .vanished(device: settings.device, errno: code)
    }

    private func resume(_ attempt: inout ListeningAttempt) -> CaptureError? {
        attempt.isAfterGap = true
        attempt.isSuspended = true
        let code = attempt.device.resume()
        switch code {
        case 0:
            // Avoids spinning if it is suspended again at once.
            pause(milliseconds: 20)
            return nil
        case EAGAIN, ESTRPIPE:
            pause(milliseconds: 100)
            return nil
        case EPIPE:
            return restart(&attempt)
        default:
            record(errno: code)
            return .vanished(device: settings.device, errno: code)
        }
    }

    /// Finds out that a device runs and delivers nothing.
    private func idle(_ attempt: inout ListeningAttempt, since before: Int64) -> CaptureError? {
        if MonotonicClock.now() - before < Int64(attempt.waitMilliseconds) * 1_000_000 / 2 {
            // Woken without a period: pauses, so that the loop does not spin.
            counters.spuriousWakeUpCount.count()
            pause(milliseconds: attempt.earlyPauseMilliseconds)
        }
        attempt.waitedInVain(nanoseconds: MonotonicClock.now() - before)
        let silence = attempt.silentSeconds
        if silence >= attempt.reportedSilenceSeconds, counters.state == .running {
            reportAbsence(silenceError(of: attempt.device, seconds: silence))
        }
        return silence >= attempt.longestSilenceSeconds
            ? silenceError(of: attempt.device, seconds: silence) : nil
    }

    private func silenceError(of device: any PeriodReader, seconds: Int) -> CaptureError {
        settings.program == nil
            ? .deliversNothing(device: settings.device, seconds: seconds)
            : .programStalls(
                program: settings.device,
                seconds: seconds,
                lastLine: device.lastMessage
            )
    }

    private func reportArrival(_ stream: StreamDescription, missedFrames: Int64) {
        if counters.state == .opening, reportedAbsence == nil {
            reports.yield(.opened(stream, realtime: grants()))
        } else if reportedAbsence != nil, counters.periods == 0 {
            reports.yield(.opened(stream, realtime: grants()))
        } else {
            reports.yield(.returned(stream, missedFrames: missedFrames))
        }
        reportedAbsence = nil
        counters.state = .running
    }

    /// What was granted to the thread and to its ring.
    private func grants() -> RealtimeGrants {
        var grants = threadGrants() ?? RealtimeGrants(priority: .granted, lockedMemory: .granted)
        if let lock = producer?.memoryLock { grants.lockedMemory = grants.lockedMemory.and(lock) }
        return grants
    }

    private func reportAbsence(_ reason: CaptureError?) {
        guard let reason, !isStopRequested else { return }
        counters.state = .absent
        counters.signalFault = nil
        // Once per reason: an absence of a year is not ten thousand lines in the log.
        guard reportedAbsence.map({ !$0.isSameKind(as: reason) }) ?? true else { return }
        reportedAbsence = reason
        reports.yield(.absent(reason))
    }

    private func record(errno code: Int32) {
        counters.errnoCode.store(code, ordering: .relaxed)
    }

    private var isStopRequested: Bool {
        isStopping.load(ordering: .acquiring)
    }

    /// Sleeps, unless the capture is stopped meanwhile.
    private func pause(milliseconds: Int) {
        let deadline = MonotonicClock.now() + Int64(milliseconds) * 1_000_000
        while true {
            let ticket = stopSignal.ticket()
            let remaining = deadline - MonotonicClock.now()
            if isStopRequested || remaining <= 0 { return }
            stopSignal.wait(ticket: ticket, timeoutNanoseconds: remaining)
        }
    }
}
