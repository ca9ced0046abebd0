package import EventStore
package import Foundation
package import Messages

extension EventStore {
    /// The minutes' sound levels of a time, and how much of it was measured.
    ///
    /// - Parameters:
    ///   - from: The beginning.
    ///   - to: The end.
    ///   - source: The name of a source; nil: all sources.
    ///   - limit: At most so many minutes, the newest; the summary is of all.
    /// - Returns: The minutes, the oldest first, and the summary of each source.
    /// - Throws: Any ``StoreError`` of reading.
    package func levelList(
        from: Date,
        to: Date,
        source: String?,
        limit: Int
    ) throws(StoreError) -> LevelListMessage {
        LevelListMessage(
            from: from,
            to: to,
            levels: try levelMinutes(from: from, to: to, source: source, limit: limit)
                .map(\.message),
            summary: try levelSummaries(from: from, to: to, source: source).map(\.message)
        )
    }
}

extension StoredLevelMinute {
    fileprivate var message: LevelMinuteMessage {
        LevelMinuteMessage(
            source: source,
            minute: minute.minute,
            measuredSeconds: minute.measuredSeconds,
            calibrationDB: minute.calibrationDB,
            laeqDBFS: minute.levels.laeq,
            laf10DBFS: minute.levels.laf10,
            laf50DBFS: minute.levels.laf50,
            laf90DBFS: minute.levels.laf90,
            lafMaxDBFS: minute.levels.lafMax,
            lceqDBFS: minute.levels.lceq,
            lzeqDBFS: minute.levels.lzeq,
            rmsDBFS: minute.levels.rms,
            peakDBFS: minute.levels.peak,
            clippedSamples: minute.clippedSamples,
            sampleRateHz: minute.sampleRateHz
        )
    }
}

extension LevelSummary {
    fileprivate var message: LevelSummaryMessage {
        LevelSummaryMessage(
            source: source,
            askedSeconds: askedSeconds,
            measuredSeconds: measuredSeconds,
            laeqDBFS: laeq,
            lafMaxDBFS: lafMax,
            calibrationDB: calibrationDB
        )
    }
}

extension StoredEvent {
    /// The event as the API gives it.
    package var message: EventMessage {
        EventMessage(
            id: id,
            source: source,
            className: className,
            label: label,
            start: start,
            end: end,
            peakScore: peakScore,
            meanScore: meanScore,
            levelDBFS: levelDBFS,
            secondScore: secondScore,
            model: model,
            clip: clipPath,
            userLabel: userLabel.map { label in
                LabelMessage(
                    className: label.className,
                    note: label.note,
                    labelledAt: label.labelledAt,
                    origin: label.origin
                )
            }
        )
    }
}

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
