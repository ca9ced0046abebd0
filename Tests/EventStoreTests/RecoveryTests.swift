import EventStore
import Foundation
import Testing

@Suite("Opening a store that was not closed in good order")
struct RecoveryTests {
    @Test func anEventLeftOpenIsClosedWhereCoverageEndsAndTheRestIsStopped() throws {
        let files = try TemporaryStore()
        let event: Int64
        do {
            let store = try files.open()
            #expect(store.recovery == RecoveryReport())
            let source = try store.sourceID(named: "porch", now: noon)
            let model = try store.register(files.model, now: noon)
            try store.record(
                CoverageSpan(
                    sourceID: source,
                    state: .listening,
                    start: noon,
                    end: noon(plus: 60)
                )
            )
            event = try store.begin(
                NewEvent(
                    sourceID: source,
                    classID: model.classIDs[0],
                    start: noon(plus: 55),
                    peakScore: 1,
                    meanScore: 1,
                    levelDBFS: -10
                )
            )
            try store.close()
        }
        let store = try files.open(now: noon(plus: 160))
        #expect(store.recovery.closedEventIDs == [event])
        #expect(store.recovery.stoppedSeconds == 100)
        #expect(try store.event(event)?.end == noon(plus: 60))
        let totals = try store.coverage(from: noon, to: noon(plus: 160)).totals
        #expect(totals.seconds == [.listening: 60, .stopped: 100])
        #expect(totals.unknownSeconds == 0)
    }

    @Test func anEventBegunAfterTheLastCheckpointIsClosedAtItsBeginning() throws {
        let files = try TemporaryStore()
        let first = try files.open()
        let source = try first.sourceID(named: "porch", now: noon)
        let model = try first.register(files.model, now: noon)
        let event = try first.begin(
            NewEvent(
                sourceID: source,
                classID: model.classIDs[0],
                start: noon(plus: 5),
                peakScore: 1,
                meanScore: 1,
                levelDBFS: -10
            )
        )
        try first.close()
        let store = try files.open(now: noon(plus: 10))
        #expect(try store.event(event)?.end == noon(plus: 5))
    }

    @Test func aClockThatIsBehindIsRecordedAsAStepBack() throws {
        let files = try TemporaryStore()
        let first = try files.open()
        _ = try first.sourceID(named: "porch", now: noon)
        try first.close()
        let store = try files.open(now: noon(plus: -3_600))
        #expect(store.recovery.stoppedSeconds == 0)
        #expect(store.recovery.clockBehindSeconds == 3_600)
        #expect(
            try store.clockSteps() == [
                ClockStep(date: noon(plus: -3_600), seconds: -3_600, firstEventID: 1)
            ]
        )
    }

    @Test func aLongStopIsAccountedForDayByDay() throws {
        let files = try TemporaryStore()
        let first = try files.open()
        _ = try first.sourceID(named: "porch", now: noon)
        try first.close()
        let later = noon(plus: 30 * 86_400)
        let store = try files.open(now: later)
        let totals = try store.coverage(from: noon, to: later).totals
        #expect(totals.seconds == [.stopped: 30 * 86_400])
    }
}
