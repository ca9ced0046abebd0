internal import Detection

/// Says of a source at any moment what is wrong with what its device delivers.
///
/// Neither allocates nor locks after a device was opened.
struct SignalJudge: Sendable {
    private var signalWatch: SignalWatch
    private var rateWatch: RateWatch
    private var mixWatch: MixCancellationWatch?
    private var isMixCancelled = false
    private var surplusWatch: SurplusWatch?

    /// Begins to judge a source.
    ///
    /// - Parameters:
    ///   - rateHz: The rate of the samples.
    ///   - knownFloor: The noise floor learnt before; nil if there is none.
    init(rateHz: Int, knownFloor: LearntFloor?) {
        signalWatch = SignalWatch(rateHz: rateHz, known: knownFloor)
        rateWatch = RateWatch(rateHz: rateHz)
    }

    /// Begins anew to judge whether the channels cancel out, after a device was opened.
    mutating func deviceOpened(
        _ stream: StreamDescription,
        channel: ChannelChoice,
        isProgram: Bool = false
    ) {
        isMixCancelled = false
        surplusWatch = isProgram ? SurplusWatch(rateHz: stream.rateHz) : nil
        mixWatch =
            channel == .mix && stream.channels > 1
            ? MixCancellationWatch(channelCount: stream.channels, sampleRateHz: stream.rateHz) : nil
    }

    /// Adds the time of a period; see `RateWatch`.
    mutating func add(frames: Int, at time: Int64, isAfterGap: Bool) {
        rateWatch.add(frames, at: time, isAfterGap: isAfterGap)
        surplusWatch?.add(frames, at: time)
    }

    /// Adds the samples of a period.
    ///
    /// - Parameters:
    ///   - mono: Shape `[frames]`, ±1.
    ///   - interleaved: Shape `[frames, channels]`, ±1.
    ///   - clipped: How many samples were at full scale at the device.
    mutating func add(mono: Span<Float>, interleaved: Span<Float>, clipped: Int) {
        signalWatch.add(mono, clipped: clipped)
        guard !isMixCancelled else { return }
        isMixCancelled = mixWatch?.update(interleaved) != nil
    }

    /// What is wrong now; nil when nothing is.
    var fault: SignalFault? {
        // First, because channels that cancel out may leave nothing but zeros.
        if isMixCancelled { return .cancelledMix }
        let isRateWrong = rateWatch.isWrong || surplusWatch?.isWrong == true
        return signalWatch.fault ?? (isRateWrong ? .wrongRate : nil)
    }

    /// The noise floor that is believed; nil while it is still being learnt.
    var floor: LearntFloor? { signalWatch.floor }
}

/// Finds out that a program writes more sound than time passes, in whatever bursts it comes.
///
/// No live sound does; a program with other channels, another rate or another format than was said
/// does.
struct SurplusWatch: Sendable {
    /// More than any stream has gathered that is only late, in seconds.
    private static let toleratedSeconds = 10.0
    private static let toleratedShare = 0.02

    private let rateHz: Int
    private var begin: Int64?
    private var frames = 0

    /// Whether it has written too much since it was started.
    private(set) var isWrong = false

    init(rateHz: Int) {
        self.rateHz = rateHz
    }

    /// Adds a period.
    ///
    /// - Parameters:
    ///   - periodFrames: Its length.
    ///   - time: When its first frame was captured, in ns.
    mutating func add(_ periodFrames: Int, at time: Int64) {
        let begin = begin ?? time
        self.begin = begin
        let seconds = Double(time - begin) * 1e-9
        let surplus = Double(frames) / Double(rateHz) - seconds
        if surplus > Self.toleratedSeconds + Self.toleratedShare * seconds { isWrong = true }
        frames += periodFrames
    }
}

/// Finds out that a device does not deliver samples at its nominal rate.
///
/// Cards differ from their rate by some 0.01 %; more than 1 % is a fault, such as a device that
/// drops samples or a driver that names the wrong rate. A stall and the burst in which a sound
/// server catches up are not a rate: measurements around them are skipped.
struct RateWatch: Sendable {
    private static let windowSeconds = 5.0
    private static let largestDeviation = 0.01
    private static let windowsForFault = 2
    /// A period that is further from where the one before ends is a stall or the end of one, in ns.
    private static let stallNanoseconds: Int64 = 100_000_000
    /// After this time without catching up, the missing samples are lost, in ns.
    private static let patienceNanoseconds: Int64 = 2_000_000_000
    private static let progressNanoseconds: Int64 = 40_000_000

    private let rateHz: Int
    private var begin: Int64?
    private var expected: Int64?
    /// By how much what comes is still late after a stall, in ns; 0: it is not.
    private var backlog: Int64 = 0
    private var leastBacklog: Int64 = 0
    private var progressed: Int64 = 0
    private var frames = 0
    private var wrongWindows = 0

    init(rateHz: Int) {
        self.rateHz = rateHz
    }

    /// Whether the rate has been wrong for some time.
    var isWrong: Bool {
        wrongWindows >= Self.windowsForFault
    }

    /// Adds a period.
    ///
    /// - Parameters:
    ///   - periodFrames: Its length.
    ///   - time: When its first frame was captured, in ns.
    ///   - isAfterGap: Whether the device was restarted before it.
    mutating func add(_ periodFrames: Int, at time: Int64, isAfterGap: Bool) {
        let lateness = expected.map { time - $0 } ?? 0
        expected = time + Int64(periodFrames) * 1_000_000_000 / Int64(rateHz)
        if isAfterGap {
            begin = nil
            backlog = 0
        } else if isCatchingUp(lateness, at: time) {
            begin = nil
            return
        }
        guard let begin else {
            self.begin = time
            frames = periodFrames
            return
        }
        let seconds = Double(time - begin) * 1e-9
        if seconds >= Self.windowSeconds {
            let deviation = Double(frames) / seconds / Double(rateHz) - 1
            wrongWindows = abs(deviation) > Self.largestDeviation ? wrongWindows + 1 : 0
            self.begin = time
            frames = 0
        }
        frames += periodFrames
    }

    /// Whether a period belongs to a stall or to what is delivered late because of one.
    private mutating func isCatchingUp(_ lateness: Int64, at time: Int64) -> Bool {
        if abs(lateness) > Self.stallNanoseconds {
            if !isWrong { wrongWindows = 0 }
            backlog = max(0, backlog + lateness)
            (leastBacklog, progressed) = (backlog, time)
        } else if backlog > 0 {
            backlog = max(0, backlog + lateness)
            if backlog < leastBacklog - Self.progressNanoseconds {
                (leastBacklog, progressed) = (backlog, time)
            }
            if time - progressed > Self.patienceNanoseconds { backlog = 0 }
        } else {
            return false
        }
        if backlog < Self.stallNanoseconds / 2 { backlog = 0 }
        return true
    }
}
