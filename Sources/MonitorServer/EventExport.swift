import EventStore
import Foundation
import HTTPTypes
import Hummingbird
import Messages
import NIOCore
import SoundDatasets

/// Filtered events as a file to download: all of them, however many.
struct EventExport: Sendable {
    /// The names of the formats.
    static let formats = ["csv", "jsonl", "audacity", "raven"]

    /// Events that are read and sent at a time.
    private static let eventsPerPiece = 500

    private let format: EventFormat
    private let filter: EventFilter
    private let newestFirst: Bool

    /// An export in one of the formats; nil for any other.
    init?(_ name: String?, of filter: EventFilter, newestFirst: Bool) {
        guard let name, Self.formats.contains(name),
            let format = EventFormat(rawValue: name == "jsonl" ? "json" : name)
        else { return nil }
        self.format = format
        self.filter = filter
        self.newestFirst = newestFirst
    }

    /// The file, piece by piece as the client takes it.
    ///
    /// Labels and selections count seconds from `since`, or else from the first event.
    func response(from history: HistoryReader, now: Date) async throws -> Response {
        let filter = filter
        let index = try await history.read { store in try store.eventIndex(matching: filter) }
        let ids: [Int64] = newestFirst ? index.ids : index.ids.reversed()
        let origin = filter.since ?? index.earliest ?? now
        let format = format
        let body = ResponseBody { writer in
            var text = EventTextWriter(
                format: format,
                originTitle: "source",
                namesModels: index.models.count > 1,
                showsClips: true
            )
            var next = 0
            repeat {
                let piece = ids[next..<min(ids.count, next + Self.eventsPerPiece)]
                let events = try await history.read { store in
                    try store.events(numbered: piece).map(\.message)
                }
                let rows = events.map { EventRow($0, axisOrigin: origin) }
                try await writer.write(ByteBuffer(string: text.text(of: rows)))
                next += piece.count
            } while next < ids.count
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: contentType,
                .contentDisposition: "attachment; filename=\"\(fileName(at: now))\"",
            ],
            body: body
        )
    }

    private var contentType: String {
        switch format {
        case .csv: "text/csv; charset=utf-8"
        case .json: "application/x-ndjson; charset=utf-8"
        case .audacity, .raven, .text: "text/plain; charset=utf-8"
        }
    }

    /// Raven finds the tables of a recording by the end of their names.
    private func fileName(at now: Date) -> String {
        let moment = UTCTimestamp.text(now).prefix(19).filter { $0 != "-" && $0 != ":" }
        let end =
            switch format {
            case .csv: ".csv"
            case .json: ".jsonl"
            case .audacity, .text: "-labels.txt"
            case .raven: ".selections.txt"
            }
        return "earwitness-\(moment)Z\(end)"
    }
}

extension EventFilter {
    /// The keys of a query that ``init(_:now:)`` reads, and `order`.
    static let keys = [
        "since", "until", "class", "source", "model", "min_score", "has_clip", "label",
        "hide_wrong", "limit", "order",
    ]

    /// Reads a filter; the limit keeps the newest, whichever come first in the answer.
    ///
    /// - Parameters:
    ///   - query: The query of a request.
    ///   - now: The present.
    /// - Throws: `APIError` for a value that can't be used.
    init(_ query: QueryReader, now: Date) throws(APIError) {
        self.init()
        since = try query.moment("since", now: now)
        until = try query.moment("until", now: now)
        classes = query.all("class")
        source = try query.one("source")
        model = try query.one("model")
        minScore = try query.number("min_score", in: 0...1)
        hasClip = try query.flag("has_clip")
        label = try query.word("label", of: Label.allCases.map(\.rawValue))
            .flatMap { Label(rawValue: $0) }
        hidesWrong = try query.flag("hide_wrong") ?? false
        limit = try query.integer("limit", in: 0...10_000)
        order = .newestFirst
    }
}

extension QueryReader {
    /// `true` or `false`.
    func flag(_ key: String) throws(APIError) -> Bool? {
        try word(key, of: ["true", "false"]).map { $0 == "true" }
    }
}
