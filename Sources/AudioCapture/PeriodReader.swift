/// What the capture loop reads periods from: an opened sound card, or a program that runs.
///
/// Belongs to the thread that opened it, and is closed with its last reference.
protocol PeriodReader: AnyObject {
    /// What it delivers.
    var stream: StreamDescription { get }

    /// What may be concluded from its silence and its time stamps.
    var habits: DeliveryHabits { get }

    /// Whether what is not read now waits in it, without a loss.
    var hasRoom: Bool { get }

    /// Frames that are missing until a period is whole, as far as is known.
    var missingFrames: Int { get }

    /// What it said last, for people; empty if nothing.
    var lastMessage: String { get }

    /// Starts it, or starts it again from an empty buffer; 0, or the errno of a refusal.
    func start() -> Int32

    /// Stops it and drops its buffer.
    func drop()

    /// Resumes it after the machine slept; 0, `EAGAIN` while it is not ready, or another errno.
    func resume() -> Int32

    /// Waits for a period and reads it, without allocating.
    func readPeriod(timeoutMilliseconds: Int) -> ReadOutcome

    /// Converts the period that was read last; see `SampleConverter.convert`.
    func convertPeriod(
        frames: Int,
        with converter: SampleConverter,
        interleaved: inout MutableSpan<Float>,
        mono: inout MutableSpan<Float>
    ) -> Int
}

/// How an input delivers.
struct DeliveryHabits: Sendable, Equatable {
    /// After so long without samples, in seconds, one that claims to run counts as absent.
    var reportedSilenceSeconds: Int
    /// After so long without samples, in seconds, it is closed and opened again.
    var longestSilenceSeconds: Int
    /// For so long it must have delivered, in seconds, before it is opened at once when it goes.
    var provenSeconds: Int
    /// Whether it loses count when its buffer ran over, and must be started again then.
    var losesCount: Bool
    /// How long late samples are given to turn out to be only late.
    var patience: CaptureTimeline.Patience

    /// A sound card, or the sound server behind it.
    static let card = DeliveryHabits(
        reportedSilenceSeconds: 2,
        longestSilenceSeconds: 10,
        provenSeconds: 0,
        losesCount: true,
        patience: .card
    )

    /// A program, behind which there may be a network: it takes its time to connect, and delivers
    /// in bursts.
    static let program = DeliveryHabits(
        reportedSilenceSeconds: 10,
        longestSilenceSeconds: 20,
        provenSeconds: 10,
        losesCount: false,
        patience: .network
    )
}
