import EventStore
import Foundation
import Hummingbird
import Messages
import Monitor

/// Answers with the scores that a model gave a source, hop by hop.
struct ScoreRoute: Sendable {
    let history: HistoryReader
    let controls: MonitorControls

    /// How far back scores go unless the request says otherwise, in seconds.
    private static let defaultPeriod: TimeInterval = 60
    /// The longest time that one answer is about, in seconds.
    private static let maxPeriod: TimeInterval = 3 * 3_600

    /// The scores of some classes, or of all, from the history and from what is yet to be written.
    func scores(_ request: Request) async throws -> Response {
        let now = Date()
        let query = try QueryReader(
            request.uri.query,
            known: ["source", "model", "class", "since", "until"]
        )
        let until = min(now, try query.moment("until", now: now) ?? now)
        let since = min(now, try query.moment("since", now: now) ?? until - Self.defaultPeriod)
        let (source, model) = (try query.one("source"), try query.one("model"))
        let classes = query.all("class")
        guard since <= until, until.timeIntervalSince(since) <= Self.maxPeriod else {
            throw APIError.invalidValue(
                "since: scores are given for at most 3 hours before until, not from "
                    + "\(UTCTimestamp.text(since)) to \(UTCTimestamp.text(until))."
            )
        }
        try await history.checkNames(classes: classes, source: source, model: model)
        // What is in memory first: what is written in between is then there twice, not missing.
        let recent = await controls.unwrittenScores().filter { scores in
            (source == nil || scores.source == source) && (model == nil || scores.model == model)
                && scores.block.start < until && scores.block.end > since
        }
        let stored = try await history.read { store in
            try store.namedScores(from: since, to: until, source: source, model: model)
        }
        let found = (stored + recent).filter { scores in
            classes.isEmpty || !Set(classes).isDisjoint(with: scores.classes)
        }
        try Self.requireOne("source", in: found.map(\.source))
        try Self.requireOne("model", in: found.map(\.model))
        return JSONResponse.response(
            ScoreCurves(of: found, classes: classes, from: since, to: until).json
        )
    }

    private static func requireOne(_ key: String, in names: [String]) throws(APIError) {
        let known = Set(names).sorted()
        guard known.count > 1 else { return }
        throw .invalidValue(
            "\(key): there are scores of several: \(ControlError.list(known)). Choose one."
        )
    }
}

/// Scores of one source and model on an even grid of hops.
struct ScoreCurves {
    let source: String?
    let model: String?
    /// The length of a hop in seconds; nil if there are no scores.
    let hopSeconds: Double?
    /// When the first hop begins.
    let from: Date
    /// Each class's scores, 0...1; NaN where there are none, shape `[hops]`.
    let classes: [(name: String, scores: [Float])]

    /// Lays blocks on a grid, which begins with a hop of the first of them.
    ///
    /// - Parameters:
    ///   - blocks: Of one source and model.
    ///   - wanted: The classes; empty: all of the model.
    ///   - from: The beginning.
    ///   - to: The end.
    init(of blocks: [NamedScores], classes wanted: [String], from: Date, to: Date) {
        source = blocks.first?.source
        model = blocks.first?.model
        let names = wanted.isEmpty ? blocks.first?.classes ?? [] : wanted
        // A machine that can't keep up makes longer hops, which then fill several.
        guard let hop = blocks.map(\.block.hopMicroseconds).min(), let first = blocks.first else {
            hopSeconds = nil
            self.from = from
            classes = names.map { ($0, []) }
            return
        }
        let seconds = Double(hop) / 1e6
        let lead = from.timeIntervalSince(first.block.start) / seconds
        let start = first.block.start + (lead - 1e-3).rounded(.up) * seconds
        let count = max(0, Int((to.timeIntervalSince(start) / seconds - 1e-3).rounded(.up)))
        var curves = names.map { _ in [Float](repeating: .nan, count: count) }
        for scores in blocks {
            let places = names.map { scores.classes.firstIndex(of: $0) }
            let block = scores.block
            let length = Double(block.hopMicroseconds) / 1e6
            let lead = block.start.timeIntervalSince(start)
            for index in 0..<block.hopCount {
                let begin = ((lead + Double(index) * length) / seconds).rounded()
                let end = ((lead + Double(index + 1) * length) / seconds).rounded()
                guard end > 0, begin < Double(count), let values = block.scores(ofHop: index)
                else { continue }
                let slots = max(0, Int(begin))..<min(count, max(Int(begin) + 1, Int(end)))
                for (curve, place) in places.enumerated() {
                    guard let place, place < values.count else { continue }
                    for slot in slots { curves[curve][slot] = values[place] }
                }
            }
        }
        hopSeconds = seconds
        self.from = start
        classes = Array(zip(names, curves))
    }

    /// As the API gives it.
    var json: JSONValue {
        .object([
            .init("source", .string(source)), .init("model", .string(model)),
            .init("hop_s", .number(hopSeconds, decimals: 6)), .init("from", .moment(from)),
            .init(
                "classes",
                .object(
                    classes.map { name, scores in
                        .init(name, .array(scores.map { .number(Double($0), decimals: 4) }))
                    }
                )
            ),
        ])
    }
}
