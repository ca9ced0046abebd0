/// Decides how far apart windows are while the machine lacks processor time: a pure value.
///
/// Sound that waits is not by itself a sign of a slow machine: after the process stood still, a
/// disk blocked or a sound server delivered late, seconds of it wait and are soon worked off. So
/// what decides is how fast they are worked off. While sound waits the analysis never rests; if it
/// analyses less sound than the time it works, the machine is too slow, and the hop grows by as
/// much as was measured. Once nothing waits, the hop shrinks as far as the cost that was measured
/// allows. Where that measurement can't promise it, a smaller hop is tried now and then: each trial
/// that had to be taken back doubles the time to the next, so that a machine which is a little too
/// slow does not swing to and fro.
package struct BackPressure: Equatable, Sendable {
    /// What the analysis of a period took.
    package struct Work: Equatable, Sendable {
        /// The sound that was analysed, in seconds.
        package var soundSeconds: Double
        /// The time that passed meanwhile, in seconds.
        package var wallSeconds: Double
        /// The processor time that the analysis had meanwhile, in seconds.
        package var processorSeconds: Double

        /// Joins the measurements of one period.
        package init(soundSeconds: Double, wallSeconds: Double, processorSeconds: Double) {
            self.soundSeconds = soundSeconds
            self.wallSeconds = wallSeconds
            self.processorSeconds = processorSeconds
        }
    }

    /// How many hops lie between two windows; 1 while the machine keeps up.
    package private(set) var stride = 1

    /// Sound that waits, in seconds, above which it matters how fast it is worked off.
    package static let growAboveSeconds = 1.0
    /// Sound that waits, in seconds, below which nothing waits that matters.
    package static let easeBelowSeconds = 0.25
    /// The most hops between two windows.
    package static let greatestStride = 16
    /// How long the analysis must have worked without rest before its speed is judged, in steps
    /// of the longest length that counts.
    private static let judgedSteps = 3.0

    /// The longest time without processor time that one period can make the analysis wait on a
    /// machine that is only busy, in seconds; what exceeds it is a stall.
    private static let longestBusyWaitSeconds = 1.0
    /// Work that leaves this share of the time free is sure to be managed.
    private static let sureShare = 0.8
    /// How much more than measured the hop grows, so that what waits is worked off.
    private static let growMargin = 1.1
    /// Sound over which the cost is measured before a hop shrinks, in seconds.
    private static let settleSeconds = 1.0
    private static let shortestHoldSeconds = 10.0
    private static let longestHoldSeconds = 640.0

    /// Sound that was analysed, and the work for it, since both were last judged.
    private struct Span: Equatable {
        var soundSeconds = 0.0
        private var countedSeconds = 0.0
        private var longestWaitSeconds = 0.0

        /// The time that counts as work: on a busy machine also that spent waiting for the
        /// processor, but not the longest such wait, during which the process may have stood still.
        var workSeconds: Double { countedSeconds - longestWaitSeconds }

        mutating func add(_ work: Work, longestStepSeconds: Double) {
            let counted = max(work.processorSeconds, min(work.wallSeconds, longestStepSeconds))
            soundSeconds += work.soundSeconds
            countedSeconds += counted
            longestWaitSeconds = max(longestWaitSeconds, counted - work.processorSeconds)
        }
    }

    private let hopSeconds: Double
    private var span = Span()
    private var wasWaiting = false
    /// How long the machine must keep up before a smaller hop is tried.
    private var holdSeconds = shortestHoldSeconds
    private var secondsOfEase = 0.0
    private var secondsSinceChange = 0.0
    private var isTrial = false

    /// Creates a value for a machine that keeps up.
    ///
    /// - Parameter hopSeconds: The longest step between two windows of a model while all are
    ///   looked at, in seconds.
    package init(hopSeconds: Double) {
        self.hopSeconds = hopSeconds
    }

    /// Takes in what the analysis of one period took.
    ///
    /// - Parameters:
    ///   - work: Its measurements.
    ///   - waitingSeconds: Sound in the ring that is not analysed yet, in seconds.
    /// - Returns: Whether ``stride`` has changed.
    package mutating func observe(_ work: Work, waitingSeconds: Double) -> Bool {
        secondsSinceChange += work.soundSeconds
        if isTrial, secondsSinceChange > holdSeconds {
            // The smaller hop has lasted.
            isTrial = false
            holdSeconds = max(Self.shortestHoldSeconds, holdSeconds / 2)
        }
        let isWaiting = waitingSeconds > Self.growAboveSeconds
        guard isWaiting || stride > 1 else {
            (span, wasWaiting) = (Span(), false)
            return false
        }
        if isWaiting, !wasWaiting { span = Span() }
        wasWaiting = isWaiting
        span.add(work, longestStepSeconds: longestStepSeconds)
        return isWaiting
            ? judgeSpeed() : ease(waitingSeconds: waitingSeconds, by: work.soundSeconds)
    }

    /// The longest time that one period may count for more than its processor time, in seconds.
    private var longestStepSeconds: Double {
        max(Self.longestBusyWaitSeconds, hopSeconds * Double(stride))
    }

    /// Lets the hop grow if what waits is not being worked off.
    private mutating func judgeSpeed() -> Bool {
        secondsOfEase = 0
        guard span.workSeconds >= Self.judgedSteps * longestStepSeconds else { return false }
        defer { span = Span() }
        guard span.soundSeconds < span.workSeconds, stride < Self.greatestStride else {
            return false
        }
        let needed = Self.growMargin * span.workSeconds / span.soundSeconds
        var next = stride * 2
        while next < Self.greatestStride, Double(next) < Double(stride) * needed { next *= 2 }
        if isTrial { holdSeconds = min(Self.longestHoldSeconds, holdSeconds * 2) }
        isTrial = false
        change(to: next)
        return true
    }

    /// Lets the hop shrink once nothing waits.
    private mutating func ease(waitingSeconds: Double, by soundSeconds: Double) -> Bool {
        guard waitingSeconds < Self.easeBelowSeconds else {
            secondsOfEase = 0
            return false
        }
        secondsOfEase += soundSeconds
        // Less sound than this may be without a window that is scored, and cost nothing.
        let settleSeconds = max(Self.settleSeconds, hopSeconds * Double(stride))
        guard stride > 1, span.soundSeconds >= settleSeconds else { return false }
        // With every window the work is at most as many times as much.
        let greatestShare = span.workSeconds / span.soundSeconds * Double(stride)
        var sure = stride
        while sure > 1, greatestShare / Double(sure / 2) <= Self.sureShare { sure /= 2 }
        if sure < stride {
            change(to: sure)
            return true
        }
        // Only what was measured last counts: it is to be noticed soon that there is time again.
        span = Span()
        guard secondsOfEase >= holdSeconds else { return false }
        isTrial = true
        change(to: stride / 2)
        return true
    }

    private mutating func change(to stride: Int) {
        self.stride = stride
        span = Span()
        secondsSinceChange = 0
        secondsOfEase = 0
    }
}
