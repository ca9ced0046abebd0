import Detection
import Foundation
import ModelLibrary
import Testing

@testable import Monitor

@Suite struct WaitingClipsTests {
    private func cut(_ event: Int, megabytes: Int = 1) -> ClipCut {
        ClipCut(
            key: EventPlace(source: 0, model: 0, number: event),
            event: DetectedEvent(
                number: event,
                classIndex: 0,
                start: .zero,
                end: SampleTime(1),
                peakScore: 1,
                meanScore: 1,
                levelDBFS: 0
            ),
            soundClass: SoundClass(name: "rain"),
            onset: Date(timeIntervalSince1970: 0),
            stretch: .zero..<SampleTime(Int64(megabytes) << 18),
            sampleRateHz: 16_000,
            blocks: [],
            privateStretches: [],
            isCutShort: false
        )
    }

    private func key(_ event: Int) -> EventPlace { EventPlace(source: 0, model: 0, number: event) }

    @Test func aClipComesOutWhenItsEventHasANumberWhicheverIsFirst() {
        var waiting = WaitingClips()
        waiting.offer(cut(1))
        #expect(waiting.takeNext() == nil)
        waiting.identify(key(2), as: 102)
        #expect(waiting.takeNext() == nil)
        waiting.offer(cut(2))
        #expect(waiting.takeNext()?.id == 102)
        waiting.identify(key(1), as: 101)
        #expect(waiting.takeNext()?.id == 101)
        #expect(waiting.takeNext() == nil)
        #expect(waiting.count == 0 && waiting.byteCount == 0 && waiting.droppedCount == 0)
    }

    @Test func tooMuchSoundCostsTheOldestClipsAndTheirEventsAreNamed() {
        var waiting = WaitingClips()
        for event in 1...70 { waiting.offer(cut(event)) }
        #expect(waiting.byteCount <= WaitingClips.mostBytes)
        #expect(waiting.droppedCount == 6)
        for event in 1...70 { waiting.identify(key(event), as: Int64(100 + event)) }
        #expect(waiting.takeGivenUp() == [101, 102, 103, 104, 105, 106])
        #expect(waiting.takeGivenUp().isEmpty)
        #expect(waiting.takeNext()?.id == 107)
    }

    @Test func aSingleClipIsKeptHoweverLongItIs() {
        var waiting = WaitingClips()
        waiting.offer(cut(1, megabytes: 100))
        waiting.identify(key(1), as: 1)
        #expect(waiting.takeNext() != nil)
    }

    @Test func theNumbersOfEventsWithoutClipsDoNotAddUp() {
        var rows = RecentRows()
        for event in 0..<50_000 { rows.insert(Int64(event), for: key(event)) }
        #expect(rows.remove(key(49_999)) == 49_999)
        #expect(rows.remove(key(0)) == nil)
    }
}
