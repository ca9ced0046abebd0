/// What the monitor does regularly.
enum Chore: CaseIterable, Sendable {
    /// Write what waits, and open the history if it has to be opened again.
    case retryHistory
    /// Log when a source begins or ceases to hear.
    case logSignalFaults
    /// Remove clips while the history can't be written for lack of space.
    case makeRoomForHistory
    /// Write clips that wait, and remove those that have to go.
    case tendClips
    /// Publish the status, which also keeps the connections of listeners alive while it is quiet.
    case publishStatus
    /// Remove what the history need not keep.
    case applyRetention
    /// Pack scores of some minutes ago.
    case packScores
    /// Give memory back that is free, such as what loading a network needed.
    case returnFreeMemory
    /// Save the noise floors that the sources have learnt.
    case saveNoiseFloors

    /// The time from one start to the next, at least.
    var interval: Duration {
        switch self {
        case .retryHistory, .logSignalFaults, .makeRoomForHistory: .seconds(1)
        case .tendClips, .publishStatus, .packScores: .seconds(5)
        case .returnFreeMemory, .saveNoiseFloors: .seconds(600)
        case .applyRetention: .seconds(3_600)
        }
    }

    /// How long after the start it is done first.
    var delay: Duration {
        switch self {
        case .saveNoiseFloors: interval
        // What only the start needed is free by then.
        case .returnFreeMemory: .seconds(60)
        default: .zero
        }
    }
}

/// When each chore is due: a pure value, driven by the monotonic clock.
struct ChoreSchedule: Sendable {
    /// How often the schedule is to be asked at most.
    static let step = Duration.seconds(1)

    /// How long after a look the next one is.
    ///
    /// While all is well nothing is to be done each second, and each look wakes several threads.
    static func pause(isHistoryBehind: Bool) -> Duration {
        isHistoryBehind ? step : step * 5
    }

    private var due: [Chore: ContinuousClock.Instant] = [:]

    /// Begins; what has no delay is due at once.
    init(at now: ContinuousClock.Instant) {
        for chore in Chore.allCases { due[chore] = now + chore.delay }
    }

    /// The chores that are due, in their order; each is due again after its interval.
    mutating func removeDue(at now: ContinuousClock.Instant) -> [Chore] {
        let chores = Chore.allCases.filter { chore in due[chore].map { $0 <= now } ?? true }
        // A look that comes a little late does not move the ones after it.
        for chore in chores { due[chore] = now + chore.interval - Self.step / 2 }
        return chores
    }
}

/// When the history is checked for damage: a pure value, driven by the monotonic clock.
struct IntegritySchedule: Sendable {
    /// How often the schedule is to be asked.
    static let step = Duration.seconds(10)

    private var last: ContinuousClock.Instant

    /// The part of the interval for which a check that is due waits for a quiet moment.
    private static let patience = 12

    /// Begins with a history that is undamaged.
    init(now: ContinuousClock.Instant) {
        last = now
    }

    /// Begins the interval anew: the history was checked, whatever was found.
    mutating func restart(at now: ContinuousClock.Instant) {
        last = now
    }

    /// Whether to check now.
    ///
    /// - Parameters:
    ///   - now: The present.
    ///   - interval: How often; nil: never.
    ///   - isQuiet: Whether nothing is heard, so that reading the disk disturbs least.
    /// - Returns: Whether it is time.
    func isDue(
        at now: ContinuousClock.Instant,
        every interval: Duration?,
        isQuiet: Bool
    ) -> Bool {
        guard let interval else { return false }
        return now - last >= (isQuiet ? interval : interval + interval / Self.patience)
    }
}
