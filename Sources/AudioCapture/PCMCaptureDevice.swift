internal import CALSA
internal import CLinuxSupport
internal import Glibc
internal import Realtime

/// An opened ALSA capture device; belongs to the thread that opened it.
///
/// Opened non-blocking: every wait has a limit, so that a device that delivers nothing is noticed
/// and a stop is obeyed.
@safe final class PCMCaptureDevice: PeriodReader {
    /// What the device delivers.
    let stream: StreamDescription
    let habits = DeliveryHabits.card
    let lastMessage = ""

    private let handle: OpaquePointer
    private let status: OpaquePointer
    private let readsByMapping: Bool
    private let bytes: UnsafeMutableRawBufferPointer
    private let polled: UnsafeMutableBufferPointer<pollfd>
    /// Frames that were unread when the device was last asked, less those read since.
    private var unread = 0
    /// Whether the next period is the first one after a start.
    private var isFirst = true

    /// Opens a device and sets it up; `start` starts it.
    ///
    /// - Parameters:
    ///   - device: An ALSA PCM name.
    ///   - configuration: In place of the system's, or nil.
    ///   - request: What is wanted; see `stream` for what was got.
    /// - Throws: Why it cannot be opened or set up.
    init(
        device: String,
        configuration: ALSAConfiguration? = nil,
        request: StreamRequest
    ) throws(CaptureError) {
        let handle = unsafe try Self.open(device, configuration)
        do throws(CaptureError) {
            let setup = unsafe try HardwareSetup(
                handle: handle,
                device: device,
                request: request
            )
            stream = setup.stream
            readsByMapping = setup.readsByMapping
            var status: OpaquePointer?
            guard unsafe snd_pcm_status_malloc(&status) >= 0, let status = unsafe status else {
                throw CaptureError.cannotOpen(device: device, errno: ENOMEM)
            }
            unsafe self.status = status
        } catch {
            unsafe snd_pcm_close(handle)
            throw error
        }
        unsafe self.handle = handle
        let bytesPerFrame = stream.channels * stream.format.bytesPerSample
        unsafe bytes = .allocate(byteCount: stream.readFrames * bytesPerFrame, alignment: 64)
        _ = unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
        let descriptors = unsafe max(0, snd_pcm_poll_descriptors_count(handle))
        unsafe polled = .allocate(capacity: Int(descriptors))
        unsafe polled.initialize(repeating: pollfd())
    }

    deinit {
        // Dropping first: closing a running capture may wait for its buffer.
        unsafe snd_pcm_drop(handle)
        unsafe snd_pcm_close(handle)
        unsafe snd_pcm_status_free(status)
        unsafe bytes.deallocate()
        unsafe polled.deallocate()
    }

    static func open(
        _ device: String,
        _ configuration: ALSAConfiguration?
    ) throws(CaptureError) -> OpaquePointer {
        alsa_silence_messages()
        var opened: OpaquePointer?
        let code =
            if let configuration {
                unsafe snd_pcm_open_lconf(
                    &opened,
                    device,
                    SND_PCM_STREAM_CAPTURE,
                    Int32(SND_PCM_NONBLOCK),
                    configuration.tree
                )
            } else {
                unsafe snd_pcm_open(
                    &opened,
                    device,
                    SND_PCM_STREAM_CAPTURE,
                    Int32(SND_PCM_NONBLOCK)
                )
            }
        guard code >= 0, let handle = unsafe opened else {
            throw .opening(device, errno: -code)
        }
        return unsafe handle
    }

    /// Starts, or after an overrun starts again, from an empty buffer.
    ///
    /// - Returns: 0, or the errno with which the device refused.
    func start() -> Int32 {
        unread = 0
        isFirst = true
        if unsafe snd_pcm_state(handle) != SND_PCM_STATE_PREPARED {
            let code = unsafe snd_pcm_prepare(handle)
            if code < 0 { return -code }
        }
        let code = unsafe snd_pcm_start(handle)
        if code < 0 { return -code }
        // Only now: some plugins have other descriptors after each preparation.
        let filled = unsafe snd_pcm_poll_descriptors(
            handle,
            polled.baseAddress,
            UInt32(polled.count)
        )
        return filled < 0 ? -filled : 0
    }

    /// Stops the device and drops its buffer; `start` starts it again.
    func drop() {
        unsafe snd_pcm_drop(handle)
    }

    /// Resumes a suspended device, or prepares it again if it cannot resume.
    ///
    /// - Returns: 0; `EAGAIN` while the hardware is not ready yet; or another errno.
    func resume() -> Int32 {
        let code = unsafe snd_pcm_resume(handle)
        if code == -EAGAIN { return EAGAIN }
        let state = unsafe snd_pcm_state(handle)
        return code >= 0 && state == SND_PCM_STATE_RUNNING ? 0 : start()
    }

    /// Waits for a period and reads it.
    ///
    /// Never allocates. What was read stays available to `convertPeriod` and `copyOfPeriod` until
    /// the next call.
    ///
    /// - Parameter timeoutMilliseconds: How long to wait at most.
    /// - Returns: A period, or the reason for its absence.
    func readPeriod(timeoutMilliseconds: Int) -> ReadOutcome {
        if unread < stream.readFrames { wait(milliseconds: timeoutMilliseconds) }
        // Converting plugins fetch from their slave only when asked this.
        let update = unsafe snd_pcm_avail_update(handle)
        if update < 0 { return outcome(ofError: Int32(update)) }
        // Asked even after a timeout: a device may stop without waking the waiting thread.
        let code = unsafe snd_pcm_status(handle, status)
        if code < 0 { return outcome(ofError: code) }
        switch unsafe snd_pcm_status_get_state(status) {
        case SND_PCM_STATE_RUNNING: break
        case SND_PCM_STATE_SUSPENDED: return .suspended
        case SND_PCM_STATE_DISCONNECTED: return .gone(errno: ENODEV)
        default: return .overrun
        }
        let available = unsafe Int(snd_pcm_status_get_avail(status))
        unread = available
        guard available >= stream.readFrames else { return .nothing }
        let now = MonotonicClock.now()
        let firstFrame = firstFrameMonotonic(available: available, now: now)
        let frames = read(stream.readFrames)
        if frames == -Int(EAGAIN) || frames == 0 { return .nothing }
        if frames < 0 { return outcome(ofError: Int32(frames)) }
        unread -= frames
        let dropped = dropBeforeGrid(of: frames)
        return .period(
            PeriodReport(
                frames: frames - dropped,
                firstFrameMonotonic: firstFrame + nanoseconds(dropped),
                readMonotonic: now
            )
        )
    }

    /// Drops the beginning of the first period after a start: the device wakes its reader at the
    /// ends of periods, so that windows can only end with them if the source begins within one.
    ///
    /// - Returns: The number of frames dropped.
    private func dropBeforeGrid(of frames: Int) -> Int {
        defer { isFirst = false }
        guard isFirst, frames > stream.firstFrames else { return 0 }
        let dropped = frames - stream.firstFrames
        let bytesPerFrame = stream.channels * stream.format.bytesPerSample
        let kept = unsafe bytes[dropped * bytesPerFrame..<frames * bytesPerFrame]
        unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[..<kept.count])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: kept))
        return dropped
    }

    /// Whether the device runs and its buffer has room for more before it runs over.
    ///
    /// A quarter is kept free, so that what is left in it can still be read in time.
    var hasRoom: Bool {
        let frames = unsafe snd_pcm_avail_update(handle)
        return frames >= 0 && frames < stream.bufferFrames - stream.bufferFrames / 4
    }

    var missingFrames: Int { max(0, stream.readFrames - unread) }

    /// Converts the period that was read last.
    ///
    /// - Parameters:
    ///   - frames: Its length.
    ///   - converter: Made for this device's `stream`.
    ///   - interleaved: Receives shape `[frames, channels]`.
    ///   - mono: Receives shape `[frames]`.
    /// - Returns: The number of clipped samples.
    func convertPeriod(
        frames: Int,
        with converter: SampleConverter,
        interleaved: inout MutableSpan<Float>,
        mono: inout MutableSpan<Float>
    ) -> Int {
        unsafe converter.convert(
            UnsafeRawBufferPointer(bytes),
            frames: frames,
            interleaved: &interleaved,
            mono: &mono
        )
    }

    /// The bytes of the period that was read last, as the device delivered them.
    ///
    /// Allocates: not for the capture thread.
    func copyOfPeriod(frames: Int) -> [UInt8] {
        let count = frames * stream.channels * stream.format.bytesPerSample
        return unsafe Array(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    }

    /// Waits until the device wakes its reader, or the time is over; its status says why.
    ///
    /// Not `snd_pcm_wait`, which starts its time anew at each wake-up without a period and so may
    /// never return.
    private func wait(milliseconds: Int) {
        let count = unsafe UInt32(polled.count)
        guard unsafe poll(polled.baseAddress, nfds_t(count), Int32(milliseconds)) > 0 else {
            return
        }
        // Plugins take back their wake-up here.
        var events: UInt16 = 0
        _ = unsafe snd_pcm_poll_descriptors_revents(
            handle,
            polled.baseAddress,
            count,
            &events
        )
    }

    private func read(_ frames: Int) -> Int {
        let count = snd_pcm_uframes_t(frames)
        return readsByMapping
            ? unsafe snd_pcm_mmap_readi(handle, bytes.baseAddress, count)
            : unsafe snd_pcm_readi(handle, bytes.baseAddress, count)
    }

    /// When the oldest unread frame was captured: the time of the device's last report of its
    /// position, less what it had captured by then and was not read.
    private func firstFrameMonotonic(available: Int, now: Int64) -> Int64 {
        var stamp = timespec()
        unsafe snd_pcm_status_get_htstamp(status, &stamp)
        let reported = Int64(stamp.tv_sec) * 1_000_000_000 + Int64(stamp.tv_nsec)
        // Plugins leave the stamp empty, and old drivers fill in wall time.
        let isPlausible = reported <= now && now - reported < 1_000_000_000
        return (isPlausible ? reported : now) - nanoseconds(available)
    }

    private func nanoseconds(_ frames: Int) -> Int64 {
        Int64(frames) * 1_000_000_000 / Int64(stream.rateHz)
    }

    private func outcome(ofError code: Int32) -> ReadOutcome {
        switch -code {
        case EPIPE: .overrun
        case ESTRPIPE: .suspended
        case EAGAIN, EINTR: .nothing
        case let errno: .gone(errno: errno)
        }
    }
}

/// What one attempt to read a period came to.
enum ReadOutcome: Sendable, Equatable {
    /// Frames are in the device's buffer for them.
    case period(PeriodReport)
    /// Nothing to read within the timeout, although the device reports that it runs.
    case nothing
    /// The device's buffer ran over: it has stopped and must be started again.
    case overrun
    /// The device was suspended with the machine.
    case suspended
    /// The device has gone, with this errno.
    case gone(errno: Int32)
    /// The program that delivered has ended, and why.
    case ended(CaptureError)
}

/// What was read from a device.
struct PeriodReport: Sendable, Equatable {
    /// The number of frames, above 0.
    var frames: Int
    /// When the first of them was captured, by CLOCK_MONOTONIC in ns, as the device dates it.
    var firstFrameMonotonic: Int64
    /// When the period was read, by CLOCK_MONOTONIC, in ns.
    var readMonotonic: Int64
}
