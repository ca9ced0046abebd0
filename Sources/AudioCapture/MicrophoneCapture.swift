package import Realtime
internal import Synchronization

/// Captures from one device on its own thread and never gives up.
///
/// The samples go into a ring, dated on a timeline on which lost and absent time counts. The
/// first successful opening decides the rate for the life of the capture. A device that goes
/// away is tried again at least every 30 s, for ever.
package final class MicrophoneCapture: Sendable {
    /// How long `stop` waits for a device whose driver does not return.
    private static let stopMilliseconds = 2_000

    /// What has been captured and lost so far.
    package let counters: CaptureCounters
    /// The capture's changes, oldest first; for one reader.
    ///
    /// Ends when the capture ends.
    package let reports: AsyncStream<CaptureReport>

    private let loop: CaptureLoop
    private let thread: DedicatedThread
    private let isStarted = Atomic<Bool>(false)

    /// Prepares a capture; `start` starts it.
    ///
    /// - Parameters:
    ///   - settings: What is asked of the device.
    ///   - producer: Where the samples go. Periods have at most `SampleRing.longestPeriod` samples.
    ///   - counters: Where everything is counted.
    ///   - configuration: Where ALSA finds the device; nil: the system's configuration.
    ///   - clock: Runs as fast as the device: the system's, unless a test speeds both up.
    ///   - knownFloor: The noise floor learnt before from this device; nil: it is learnt now.
    /// - Throws: `.invalidSetting`.
    package init(
        settings: CaptureSettings,
        producer: consuming SampleProducer,
        counters: CaptureCounters = CaptureCounters(),
        configuration: ALSAConfiguration? = nil,
        clock: CaptureClock = CaptureClock(),
        knownFloor: LearntFloor? = nil
    ) throws(CaptureError) {
        try settings.validate()
        self.counters = counters
        let (stream, continuation) = AsyncStream.makeStream(
            of: CaptureReport.self,
            bufferingPolicy: .bufferingNewest(64)
        )
        reports = stream
        let loop = CaptureLoop(
            settings: settings,
            producer: producer,
            counters: counters,
            configuration: configuration,
            clock: clock,
            knownFloor: knownFloor,
            reports: continuation
        )
        self.loop = loop
        thread = DedicatedThread(name: "ew-capture", priority: .realtime) { [loop] in loop.run() }
        loop.threadGrants = { [weak thread] in thread?.grants }
    }

    deinit {
        loop.requestStop()
    }

    /// The kernel's number for the capture thread; nil until it runs.
    package var threadID: Int32? {
        thread.threadID
    }

    /// Starts capturing; call once.
    package func start() {
        isStarted.store(true, ordering: .releasing)
        thread.start()
    }

    /// Ends the capture and waits until its thread has closed the device, at most 2 s.
    ///
    /// This finishes the ring: its consumer gets what is left.
    package func stop() {
        loop.requestStop()
        _ = thread.join(timeoutMilliseconds: Self.stopMilliseconds)
    }

    /// A text that identifies the card behind a device, whatever its number is.
    ///
    /// - Parameter device: The name of an ALSA PCM.
    /// - Returns: Make, serial number and socket, or the card's id; nil if the name is not that of a
    ///   card that the kernel knows.
    package static func card(of device: String) -> String? {
        let card = CardDeviceName(device).flatMap { CardDirectory().card(named: $0) }
        guard let card else { return nil }
        guard let product = card.usbProduct else { return card.id }
        return [product, card.usbSerial, card.usbPath].compactMap(\.self).joined(separator: " ")
    }

    /// Opens a device, finds out what it delivers, and closes it again.
    ///
    /// - Parameters:
    ///   - settings: What is asked of the device.
    ///   - configuration: Where ALSA finds the device; nil: the system's configuration.
    /// - Returns: What the device delivers.
    /// - Throws: Why it cannot be used now.
    package static func probe(
        _ settings: CaptureSettings,
        configuration: ALSAConfiguration? = nil
    ) throws(CaptureError) -> StreamDescription {
        try settings.validate()
        if let program = settings.program { return try probe(program, settings) }
        var opener = DeviceOpener(settings: settings, configuration: configuration)
        return try opener.open(runningHz: nil).stream
    }

    /// Starts a program, waits for sound, and ends it again.
    private static func probe(
        _ program: ProgramCommand,
        _ settings: CaptureSettings
    ) throws(CaptureError) -> StreamDescription {
        let reader = try ProgramReader(program, settings)
        let seconds = reader.habits.longestSilenceSeconds
        let deadline = MonotonicClock.now() + Int64(seconds) * 1_000_000_000
        while MonotonicClock.now() < deadline {
            switch reader.readPeriod(timeoutMilliseconds: 500) {
            case .period: return reader.stream
            case .ended(let reason): throw reason
            default: break
            }
        }
        throw .programStalls(program: program.name, seconds: seconds, lastLine: reader.lastMessage)
    }
}

/// A change in a capture's life, for the log and for coverage.
package enum CaptureReport: Sendable, Equatable {
    /// Samples arrive for the first time.
    case opened(StreamDescription, realtime: RealtimeGrants)
    /// The device is not there, is gone or delivers nothing; opening it is tried again.
    case absent(CaptureError)
    /// Samples arrive again; `missedFrames` of time passed without any.
    case returned(StreamDescription, missedFrames: Int64)
}
