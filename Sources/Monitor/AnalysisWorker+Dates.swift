import Detection
import Foundation
import ModelLibrary

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
