import EventStore
import Foundation
import Hummingbird
import Messages
import Monitor

/// Answers what is asked of the history by minute, hour, day, week or month.
struct BinRoutes: Sendable {
    let history: HistoryReader
    let controls: MonitorControls

    /// How many events of each class each source heard in each bin.
    func counts(_ request: Request) async throws -> Response {
        let now = Date()
        let query = try QueryReader(
            request.uri.query,
            known: ["since", "until", "by", "class", "source", "hide_wrong", "time_zone"]
        )
        let hidesWrong = try query.flag("hide_wrong") ?? true
        let classes = query.all("class")
        let source = try query.one("source")
        guard let bins = try TimeBins(query, lengths: [.hour, .day, .week, .month], now: now) else {
            throw APIError.invalidValue("'by' is missing; give hour, day, week or month.")
        }
        try await history.checkNames(classes: classes, source: source)
        let counts = try await history.read { store in
            try store.eventCounts(
                inBins: bins.edges,
                classes: classes,
                source: source,
                hidesWrong: hidesWrong
            )
        }
        return JSONResponse.response(bins.list(of: counts.map(\.message)))
    }

    /// The coverage of each bin.
    func coverage(
        in bins: TimeBins,
        source: String?,
        now: Date
    ) async throws
        -> BinListMessage<CoverageBinMessage>
    {
        let edges = bins.edges(endingBefore: now)
        let coverage = try await history.read { store in
            try store.coverage(inBins: edges, source: source)
        }
        return bins.list(of: coverage.map(\.message))
    }

    /// The sound levels of each bin.
    func levels(
        in bins: TimeBins,
        source: String?
    ) async throws
        -> BinListMessage<LevelBinMessage>
    {
        let levels = try await history.read { store in
            try store.levels(inBins: bins.edges, source: source)
        }
        return bins.list(of: levels.map(\.message))
    }
}

extension TimeBins {
    fileprivate func list<Bin: WireMessage>(of bins: [Bin]) -> BinListMessage<Bin> {
        BinListMessage(by: length.rawValue, timeZone: zoneName, from: from, to: to, bins: bins)
    }
}

extension BinCount {
    fileprivate var message: CountMessage {
        CountMessage(
            start: start,
            className: className,
            source: source,
            count: count,
            peakScore: peakScore
        )
    }
}

extension BinCoverage {
    fileprivate var message: CoverageBinMessage {
        CoverageBinMessage(
            start: start,
            source: source,
            askedSeconds: totals.askedSeconds,
            listenedPercent: totals.listenedFraction.map { $0 * 100 },
            lostSamples: totals.lostSamples
        )
    }
}

extension BinLevels {
    fileprivate var message: LevelBinMessage {
        LevelBinMessage(
            start: start,
            source: source,
            measuredSeconds: measuredSeconds,
            calibrationDB: calibrationDB,
            laeqDBFS: levels.laeq,
            laf10DBFS: levels.laf10,
            laf50DBFS: levels.laf50,
            laf90DBFS: levels.laf90,
            lafMaxDBFS: levels.lafMax
        )
    }
}
