import Detection
import Foundation
import Realtime

extension ModelSlot {
    /// The model whose hops say what each moment of the source was.
    static var leading: ModelSlot { 0 }
}

/// Dates what the analysis of one source finds: the stage between decision and report.
struct StreamDates {
    /// Ties samples to time.
    private(set) var clock: StreamClock
    /// The end of the last hop of each model; nil where the next one does not follow another.
    private var lastHopEnds: [Date?]
    private var beginnings = EventBeginnings()
    private var playback: PlaybackTime
    private var samplesPerHop: [Double]

    /// Begins with a clock that has seen nothing.
    ///
    /// - Parameters:
    ///   - rateHz: The rate of the source in Hz.
    ///   - hopSeconds: The step between two windows of each model, in seconds.
    ///   - pace: How many times as fast as real time the source's dates run.
    init(rateHz: Int, hopSeconds: [Double], pace: Double) {
        clock = StreamClock(nominalRateHz: rateHz)
        playback = PlaybackTime(pace: pace)
        samplesPerHop = hopSeconds.map { $0 * Double(rateHz) }
        lastHopEnds = hopSeconds.map { _ in nil }
    }

    /// The end of the last hop of the leading model; nil if the next one does not follow it.
    var lastHopEnd: Date? { lastHopEnds[ModelSlot.leading.rawValue] }

    /// The moment at which a sample was at the device.
    func date(of time: SampleTime) -> Date {
        Date(timeIntervalSince1970: clock.wallSeconds(of: time))
    }

    /// Takes a period's time stamp into account.
    ///
    /// - Returns: By how many seconds the wall clock was set since the last period; nil: it was not.
    mutating func observe(_ mark: PeriodMark) -> Double? {
        let start = SampleTime(mark.firstSample)
        let step = clock.observe(
            sample: start,
            monotonicNanoseconds: mark.monotonicNanoseconds,
            wallNanoseconds: mark.captureTimeNanoseconds
        )
        playback.begin(at: clock.bootSeconds(of: start))
        // What was dated by the old clock can't be continued by the new one.
        if step != nil { forgetHops() }
        return step
    }

    /// Begins anew with the hops of an analysis that replaces the one before.
    mutating func begin(rateHz: Int, hopSeconds: [Double]) {
        samplesPerHop = hopSeconds.map { $0 * Double(rateHz) }
        forgetHops()
    }

    /// Forgets where the last hops ended: the next ones do not follow them.
    mutating func forgetHops() {
        for index in lastHopEnds.indices { lastHopEnds[index] = nil }
    }

    /// Dates a finding.
    ///
    /// - Parameters:
    ///   - finding: What was found next.
    ///   - reports: Receives what is to be reported of it.
    mutating func date(_ finding: AnalysisFinding, appendingTo reports: inout [SourceReport]) {
        switch finding {
        case .hop(let hop, let model):
            date(hop, of: model, appendingTo: &reports)
        case .began(let event, let model, let firstWindowEnd, let decidingWindowEnd):
            let start = date(of: event.start)
            beginnings.insert(event, ofModel: model, at: start)
            reports.append(
                .began(
                    event,
                    model: model,
                    start: start,
                    arrival: SourceReport.Arrival(
                        firstWindowEnd: realSeconds(of: firstWindowEnd),
                        decidingWindowEnd: realSeconds(of: decidingWindowEnd)
                    )
                )
            )
        case .ended(let event, let model):
            let end = beginnings.removeEnd(of: event, ofModel: model, datedBy: clock)
            reports.append(.ended(event, model: model, end: end))
        case .near(let miss, let model):
            reports.append(.near(miss, model: model, time: date(of: miss.time)))
        }
    }

    private mutating func date(
        _ hop: ScoredHop,
        of model: ModelSlot,
        appendingTo reports: inout [SourceReport]
    ) {
        let end = date(of: hop.hop.upperBound)
        let leftOut = windowsLeftOut(before: hop, of: model)
        let start = lastHopEnds[model.rawValue] ?? date(of: hop.hop.lowerBound)
        lastHopEnds[model.rawValue] = end
        // A hop that the clock's correction made empty has nothing to date.
        var time = min(start, end)..<end
        var unseen: Range<Date>?
        if hop.window.lowerBound > hop.hop.lowerBound {
            // Windows so far apart that they do not touch: no window holds what lies between.
            let seen = min(max(time.lowerBound, date(of: hop.window.lowerBound)), end)
            if model == .leading { unseen = time.lowerBound..<seen }
            time = seen..<end
        }
        if leftOut > 0 { reports.append(.leftOut(windows: leftOut, unseen: unseen)) }
        reports.append(.hop(hop, model: model, time: time, driftPPM: clock.driftPPM))
    }

    /// How many windows were left out between the hop before and this one.
    private func windowsLeftOut(before hop: ScoredHop, of model: ModelSlot) -> Int {
        // The first hop of a stretch is as long as its window.
        guard lastHopEnds[model.rawValue] != nil else { return 0 }
        let samples = hop.hop.upperBound - hop.hop.lowerBound
        let hops = (Double(samples) / samplesPerHop[model.rawValue]).rounded()
        return max(0, Int(hops) - 1)
    }

    private func realSeconds(of time: SampleTime) -> Double {
        playback.realSeconds(ofDate: clock.bootSeconds(of: time))
    }
}

/// When each event of a source that goes on began: a pure value.
///
/// An event's end is its beginning and its length in samples, however the wall clock was set
/// meanwhile.
struct EventBeginnings: Sendable {
    private struct Key: Hashable {
        let model: ModelSlot
        let number: Int
    }

    private var beginnings: [Key: (sample: SampleTime, date: Date)] = [:]

    /// Remembers when an event began.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - model: Its model.
    ///   - date: The date of its first sample.
    mutating func insert(_ event: DetectedEvent, ofModel model: ModelSlot, at date: Date) {
        beginnings[Key(model: model, number: event.number)] = (event.start, date)
    }

    /// The date of an event's end; the event is forgotten.
    ///
    /// - Parameters:
    ///   - event: The event; one whose beginning is not known is dated by the clock alone.
    ///   - model: Its model.
    ///   - clock: Says how long samples last.
    /// - Returns: The date.
    mutating func removeEnd(
        of event: DetectedEvent,
        ofModel model: ModelSlot,
        datedBy clock: StreamClock
    ) -> Date {
        let beginning =
            beginnings.removeValue(forKey: Key(model: model, number: event.number))
            ?? (event.start, Date(timeIntervalSince1970: clock.wallSeconds(of: event.start)))
        let length = clock.wallSeconds(of: event.end) - clock.wallSeconds(of: beginning.sample)
        return beginning.date.addingTimeInterval(length)
    }
}
