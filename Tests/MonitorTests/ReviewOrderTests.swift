import EventStore
import Foundation
import Messages
import Testing

@testable import Monitor

/// Which events are asked about first.
@Suite struct ReviewOrderTests {
    private static let noon = Date(timeIntervalSince1970: 1_790_000_000)

    private let home: BacklogHome
    private let store: EventStore
    private let model = ModelIdentity(
        name: "m",
        version: "1",
        digest: "d",
        classes: ["dog_bark", "rain", "unknown"].map { ClassIdentity(name: $0, label: $0) }
    )
    private let thresholds = ["dog_bark", "rain", "unknown"].map { name in
        ThresholdMessage(
            className: name,
            label: name,
            model: "m",
            on: 0.6,
            off: 0.3,
            origin: "default"
        )
    }

    init() throws {
        home = try BacklogHome()
        store = try home.openStore()
    }

    /// Writes an event that begins so many hours after noon.
    private func add(
        _ className: String,
        hours: Double,
        peak: Float = 0.9,
        level: Float = -30,
        hasClip: Bool = true
    ) throws -> Int64 {
        let start = Self.noon + hours * 3_600
        let id = try store.lastEventID() + 1
        let event = EventRecord(
            id: id,
            source: "porch",
            model: model.key,
            className: className,
            start: start,
            end: start + 1,
            peakScore: peak,
            meanScore: peak / 2,
            levelDBFS: level
        )
        let keys = try store.keys(for: [model], sources: [("porch", nil)], now: Self.noon)
        _ = try store.apply([.ended(event)], measurements: [], keys: keys)
        if hasClip {
            let clip = NewClip(
                path: "2026/09/21/\(id).flac",
                byteCount: 100,
                start: start,
                seconds: 1,
                sampleRateHz: 16_000
            )
            try store.setClip(ofEvent: id, to: clip)
        }
        return id
    }

    private func label(_ id: Int64, _ className: String?) throws {
        try store.setLabel(id, to: EventLabel(className: className, labelledAt: Self.noon))
    }

    private func order(limit: Int? = nil) throws -> [Int64] {
        var filter = EventFilter()
        filter.limit = limit
        return try store.eventsWorthReview(matching: filter, thresholds: thresholds).map(\.id)
    }

    @Test func whatIsNearTheThresholdComesBeforeWhatIsCertainAndSoundsWithClipsBeforeOthers() throws
    {
        let sure = try add("rain", hours: 0, peak: 0.99)
        let near = try add("rain", hours: 1, peak: 0.61)
        let middle = try add("rain", hours: 2, peak: 0.8)
        let silent = try add("rain", hours: 3, peak: 0.6, hasClip: false)
        #expect(try order() == [near, middle, sure, silent])
        #expect(try order(limit: 2) == [near, middle])
    }

    @Test func ofSoundsOfNoKnownClassTheLoudestComeFirst() throws {
        let quiet = try add("unknown", hours: 0, peak: 0.6, level: -60)
        let loud = try add("unknown", hours: 1, peak: 0.99, level: -15)
        #expect(try order() == [loud, quiet])
    }

    @Test func eachClassHasItsTurnAndAnAnswerMovesItsClassBack() throws {
        let rain = try [0.61, 0.62, 0.63].enumerated().map { place, peak in
            try add("rain", hours: Double(place), peak: Float(peak))
        }
        let bark = try [0.9, 0.95].enumerated().map { place, peak in
            try add("dog_bark", hours: Double(10 + place), peak: Float(peak))
        }
        #expect(try order() == [bark[0], rain[0], bark[1], rain[1], rain[2]])
        try label(bark[0], "dog_bark")
        #expect(try order() == [rain[0], bark[1], rain[1], rain[2], bark[0]])
        try label(rain[0], nil)
        // What is labelled comes last, the newest first.
        #expect(try order() == [bark[1], rain[1], rain[2], bark[0], rain[0]])
    }

    @Test func whatIsLikeALabelledSoundMinutesBeforeIsAskedLater() throws {
        let first = try add("rain", hours: 0, peak: 0.6)
        let twin = try add("rain", hours: 0.1, peak: 0.61)
        let other = try add("rain", hours: 5, peak: 0.65)
        #expect(try order() == [first, twin, other])
        try label(first, "rain")
        #expect(try order() == [other, twin, first])
    }
}
