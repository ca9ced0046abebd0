internal import CALSA
internal import CLinuxSupport
internal import Glibc
internal import Realtime

/// Reads periods from a program that writes PCM; belongs to the thread that started it.
///
/// A pipe has no clock, so samples are dated by their arrival: the newest byte in the pipe is of
/// now. What a network has gathered before the first period is waited for, so that it is dated into
/// the past instead of shifting all that follows. A program that fills the whole pipe at once is
/// not live, such as one that decodes a file: it is read at real-time pace, and waits meanwhile.
@safe final class ProgramReader: PeriodReader {
    /// Where the reading has come to.
    private enum Progress {
        /// Nothing has come yet.
        case awaited
        /// The first bytes have come, so many by a time; others may follow at once.
        case beginning(until: Int64, bytes: Int, at: Int64)
        /// Everything is read as soon as it comes; what is in the pipe had come by a time, if that
        /// is said.
        case live(arrived: Int64?)
        /// The next frame is of this time, at real-time pace.
        case paced(next: Int64)
    }

    let stream: StreamDescription
    let habits = DeliveryHabits.program
    private let process: ProgramProcess
    private let bytes: UnsafeMutableRawBufferPointer
    private let bytesPerFrame: Int
    private let periodBytes: Int
    private var progress = Progress.awaited
    private var filled = 0
    private var isWhole = false
    private var oddBytes = 0
    private var deliveredFrames: Int64 = 0

    private static let periodsPerSecond = 10
    private static let shortestWaitMicroseconds: UInt32 = 5_000
    private static let beginningNanoseconds: Int64 = 500_000_000
    private static let lookNanoseconds: Int64 = 20_000_000

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: What is started, and how it writes samples.
    ///   - settings: Rate and number of channels that it writes: 16 kHz and 1 unless said.
    /// - Throws: Why it can't be started.
    init(_ program: ProgramCommand, _ settings: CaptureSettings) throws(CaptureError) {
        let channels = settings.channels ?? 1
        if case .only(let number) = settings.channel, number > channels {
            throw .noSuchChannel(device: program.name, channel: number, available: channels)
        }
        process = try ProgramProcess(program)
        bytesPerFrame = channels * program.format.bytesPerSample
        let rateHz = settings.requestedRateHz ?? 16_000
        stream = StreamDescription(
            device: program.name,
            rateHz: rateHz,
            channels: channels,
            format: program.format,
            periodFrames: rateHz / Self.periodsPerSecond,
            bufferFrames: process.mostBytes / bytesPerFrame,
            firstFrames: rateHz / Self.periodsPerSecond
        )
        periodBytes = stream.readFrames * bytesPerFrame
        unsafe bytes = .allocate(byteCount: periodBytes, alignment: 64)
        _ = unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        unsafe bytes.deallocate()
    }

    /// What is not read waits in the pipe, and then the program waits.
    var hasRoom: Bool { true }

    var missingFrames: Int { stream.readFrames - filled / bytesPerFrame }

    var lastMessage: String { process.lastLine }

    /// It runs already.
    func start() -> Int32 { 0 }

    func drop() {}

    func resume() -> Int32 { 0 }

    func readPeriod(timeoutMilliseconds: Int) -> ReadOutcome {
        let deadline = MonotonicClock.now() + Int64(timeoutMilliseconds) * 1_000_000
        if isWhole { (filled, isWhole) = (0, false) }
        while true {
            process.readMessages()
            let now = MonotonicClock.now()
            switch progress {
            case .awaited:
                if process.waitingBytes > 0 || isClosed {
                    let end = now + Self.beginningNanoseconds
                    progress = .beginning(until: end, bytes: process.waitingBytes, at: now)
                    continue
                }
                wait(forSound: true, until: deadline, now)
            case .beginning(let end, let bytes, let arrived):
                let waiting = process.waitingBytes
                let newest = waiting > bytes ? now : arrived
                guard isFull || isClosed || now >= end else {
                    progress = .beginning(until: end, bytes: waiting, at: newest)
                    wait(
                        forSound: false,
                        until: min(end, deadline, now + Self.lookNanoseconds),
                        now
                    )
                    break
                }
                progress = isFull || isClosed ? .paced(next: now) : .live(arrived: newest)
                continue
            case .live(let arrived):
                if let outcome = readLive(arrived: arrived) { return outcome }
                wait(forSound: true, until: deadline, now)
                // A program that writes byte by byte must not wake this thread for each.
                usleep(Self.shortestWaitMicroseconds)
            case .paced(let next):
                if let outcome = readPaced(from: next, now, until: deadline) { return outcome }
            }
            if MonotonicClock.now() >= deadline { return .nothing }
        }
    }

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

    // MARK: - Reading

    /// A period dated by its arrival; nil while it is not whole.
    private func readLive(arrived: Int64?) -> ReadOutcome? {
        let isOver = fill()
        guard isWhole else {
            progress = .live(arrived: nil)
            return isOver ? end() : nil
        }
        let now = arrived ?? MonotonicClock.now()
        let unread = Int64((filled + process.waitingBytes) / bytesPerFrame)
        return deliver(from: now - nanoseconds(unread))
    }

    /// A period at its time; nil before that, or while it is not whole.
    private func readPaced(from next: Int64, _ now: Int64, until deadline: Int64) -> ReadOutcome? {
        let due = next + nanoseconds(Int64(stream.readFrames))
        guard now >= due else {
            wait(forSound: false, until: min(due, deadline), now)
            return nil
        }
        let wasThere = filled + process.waitingBytes >= periodBytes || isClosed
        let isOver = fill()
        guard isWhole else {
            if isOver { return end() }
            wait(forSound: true, until: deadline, now)
            return nil
        }
        // One that is slower than real time is dated by its arrival.
        let frames = nanoseconds(Int64(filled / bytesPerFrame))
        let first = wasThere ? next : max(next, MonotonicClock.now() - frames)
        progress = .paced(next: first + frames)
        return deliver(from: first)
    }

    /// Reads until the period is whole or nothing is there.
    ///
    /// What is left at the end of the output is a period, however short it is.
    ///
    /// - Returns: Whether the output is over.
    private func fill() -> Bool {
        while filled < periodBytes {
            let count = unsafe read(
                process.output,
                bytes.baseAddress?.advanced(by: filled),
                periodBytes - filled
            )
            if count > 0 {
                filled += count
            } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
                oddBytes += filled % bytesPerFrame
                filled -= filled % bytesPerFrame
                isWhole = filled > 0
                return true
            } else if errno == EAGAIN {
                return false
            }
        }
        isWhole = true
        return false
    }

    private func deliver(from first: Int64) -> ReadOutcome {
        let frames = filled / bytesPerFrame
        deliveredFrames += Int64(frames)
        return .period(
            PeriodReport(
                frames: frames,
                firstFrameMonotonic: first,
                readMonotonic: MonotonicClock.now()
            )
        )
    }

    private func end() -> ReadOutcome {
        let end = process.end(isOver: true) ?? .closedOutput
        return .ended(
            .programEnded(
                program: stream.device,
                ProgramFate(
                    end: end,
                    hadSound: deliveredFrames > 0,
                    oddBytes: oddBytes,
                    bytesPerFrame: bytesPerFrame,
                    lastLine: process.lastLine
                )
            )
        )
    }

    // MARK: - The pipe

    /// Whether it is so full that the program, which writes in pieces, may wait.
    private var isFull: Bool { process.waitingBytes >= process.mostBytes / 4 * 3 }

    /// Whether nobody can write any more; what was written may still wait to be read.
    private var isClosed: Bool {
        var sound = pollfd(fd: process.output, events: 0, revents: 0)
        return unsafe poll(&sound, 1, 0) > 0
    }

    /// Waits for messages, for sound if wanted, or for the time; does not allocate.
    private func wait(forSound: Bool, until end: Int64, _ now: Int64) {
        let milliseconds = max(1, (end - now + 999_999) / 1_000_000)
        var polled = (
            pollfd(fd: process.messages, events: Int16(POLLIN), revents: 0),
            pollfd(fd: forSound ? process.output : -1, events: Int16(POLLIN), revents: 0)
        )
        unsafe withUnsafeMutableBytes(of: &polled) { bytes in
            let both = unsafe bytes.assumingMemoryBound(to: pollfd.self)
            _ = unsafe poll(both.baseAddress, 2, Int32(clamping: milliseconds))
        }
    }

    private func nanoseconds(_ frames: Int64) -> Int64 {
        frames * 1_000_000_000 / Int64(stream.rateHz)
    }
}

/// What became of a program whose sound was read.
package struct ProgramFate: Sendable, Equatable {
    /// How it ended.
    package var end: ProgramEnd
    /// Whether it wrote any sound before.
    package var hadSound: Bool
    /// How many bytes of its last frame it wrote; 0 where that was whole.
    package var oddBytes: Int
    /// How many bytes a frame has.
    package var bytesPerFrame: Int
    /// The last line of its standard error; empty if there was none.
    package var lastLine: String

    /// Whether both are of the same cause, whatever times and addresses their messages have.
    func isSameKind(as other: ProgramFate) -> Bool {
        end == other.end && hadSound == other.hadSound && oddBytes == other.oddBytes
            && lastLine.filter { !$0.isHexDigit } == other.lastLine.filter { !$0.isHexDigit }
    }
}
