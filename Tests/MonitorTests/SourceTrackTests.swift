import Detection
import Foundation
import Logging
import Testing

@testable import Monitor

@Suite struct SourceTrackTests {
    private static let noon = Date(timeIntervalSince1970: 1_790_000_000)

    /// A track that hears silence, half a second a hop.
    private struct Source {
        var track: SourceTrack
        private let home: BacklogHome
        private var backlog: StoreBacklog

        init() throws {
            home = try BacklogHome()
            backlog = home.backlog(for: try home.openStore())
            var log = Logger(label: "test")
            log.logLevel = .critical
            track = SourceTrack(
                EventRecorder.Source(name: "porch", device: "owned"),
                models: [try ReferenceModel.load()],
                start: noon,
                log: log
            )
            let format = FeedFormat(rateHz: 1_000, channels: 1, isRealtime: nil, detail: "made up")
            track.open(format, hopSeconds: [0.5], at: noon)
        }

        /// Hears a hop that begins so many seconds after the start.
        mutating func hear(at seconds: Double, dated: Date? = nil) {
            let start = SampleTime(Int64(seconds * 1_000))
            let date = dated ?? noon + seconds
            track.record(
                ScoredHop(
                    window: start..<start + 500,
                    hop: start..<start + 500,
                    gate: .closed,
                    scores: [],
                    levelDBFS: -90,
                    envelope: []
                ),
                of: .leading,
                time: date..<date + 0.5,
                driftPPM: 0,
                to: &backlog
            )
        }
    }

    private let absence = SourceCondition.State.absent(reason: "Delivers nothing.")

    @Test func theLastWindowsBeforeASilenceDoNotEndIt() throws {
        var source = try Source()
        source.hear(at: 0)
        source.track.enter(absence, at: Self.noon + 10)
        source.hear(at: 0.5)
        #expect(source.track.present.state == absence)
        #expect(source.track.present.since == Self.noon + 10)
        #expect(source.track.present.levelDBFS == nil)
        #expect(source.track.present.capturedSamples == 1_000)
        source.hear(at: 20)
        #expect(source.track.present.state == .listening)
        #expect(source.track.present.levelDBFS == -90)
    }

    @Test func aClockThatIsSetBackDuringAnAbsenceDoesNotProlongIt() throws {
        var source = try Source()
        source.hear(at: 0)
        source.track.enter(absence, at: Self.noon + 10)
        source.track.stepClock(bySeconds: -3_600)
        source.hear(at: 20, dated: Self.noon + 20 - 3_600)
        #expect(source.track.present.state == .listening)
    }
}
