package import EventStore
package import Messages

extension CoverageSummary {
    /// The summary as the API gives it.
    package var message: CoverageMessage {
        CoverageMessage(
            from: from,
            to: to,
            total: totals.part(source: nil),
            sources: sources.map { $0.totals.part(source: $0.name) }
        )
    }
}

extension CoverageTotals {
    fileprivate func part(source: String?) -> CoverageMessage.Part {
        CoverageMessage.Part(
            source: source,
            askedSeconds: askedSeconds,
            listeningSeconds: seconds[.listening] ?? 0,
            gatedSeconds: seconds[.gated] ?? 0,
            lostSeconds: seconds[.lost] ?? 0,
            absentSeconds: seconds[.absent] ?? 0,
            stoppedSeconds: seconds[.stopped] ?? 0,
            unknownSeconds: unknownSeconds,
            lostSamples: lostSamples
        )
    }
}
