import AudioFiles
import Detection
import Foundation
import ModelLibrary
import Settings
import Testing

@testable import Monitor

/// A source of 1000 samples a second whose sample at place `n` is `n / 2²⁰`, so that every sample of
/// a clip says from which time it is.
@Suite struct ClipCutterTests {
    private let dog = SoundClass(name: "dog_bark", label: "Dog bark")
    private let speech = SoundClass(name: "speech", label: "Speech", isPrivate: true)
    private let onset = Date(timeIntervalSince1970: 1_700_000_000)

    private static func value(at place: Int) -> Float { Float(place) / 1_048_576 }

    private func settings(
        keep: ClipSettings.Keep = .all,
        preRoll: Double = 2,
        postRoll: Double = 1,
        maxLength: Double = 20
    ) -> ClipSettings {
        var settings = ClipSettings()
        settings.keep = keep
        settings.preRollSeconds = preRoll
        settings.postRollSeconds = postRoll
        settings.maxLengthSeconds = maxLength
        return settings
    }

    private func cutter(_ settings: ClipSettings, lookback: Double = 3) -> ClipCutter {
        ClipCutter(
            sampleRateHz: 1_000,
            settings: settings,
            lookbackSeconds: lookback,
            classes: [dog, speech]
        )
    }

    /// Appends the samples of a stretch in periods of 40 and returns what becomes complete.
    private func play(_ places: Range<Int>, into cutter: inout ClipCutter) -> [ClipCut] {
        var cuts: [ClipCut] = []
        for start in stride(from: places.lowerBound, to: places.upperBound, by: 40) {
            let period = (start..<min(start + 40, places.upperBound)).map(Self.value)
            cutter.append(period.span, at: SampleTime(Int64(start)))
            cuts += cutter.complete()
        }
        return cuts
    }

    private func event(_ places: Range<Int>, number: Int = 0) -> DetectedEvent {
        DetectedEvent(
            number: number,
            classIndex: 0,
            start: SampleTime(Int64(places.lowerBound)),
            end: SampleTime(Int64(places.upperBound)),
            peakScore: 0.9,
            meanScore: 0.8,
            levelDBFS: -20
        )
    }

    private func key(_ number: Int) -> EventKey {
        EventKey(source: 0, model: 0, number: number)
    }

    private func begin(
        _ places: Range<Int>,
        number: Int = 0,
        of soundClass: SoundClass? = nil,
        in cutter: inout ClipCutter
    ) {
        cutter.begin(
            event(places, number: number),
            as: key(number),
            of: soundClass ?? dog,
            at: onset
        )
    }

    /// The samples as a file has them, without rounding.
    private func samples(of cut: ClipCut) throws -> [Float] {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("ew-cut-\(UUID().uuidString).wav").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = try RecordingWriter(path: path, format: .wavFloat, sampleRateHz: 1_000)
        try cut.write(to: writer)
        try writer.finish()
        var samples: [Float] = []
        let reader = try RecordingReader(path: path)
        while try reader.readMono(into: &samples, upTo: 4_096) > 0 {}
        return samples
    }

    @Test func aClipBeginsThePreRollBeforeItsEventAndEndsThePostRollAfterIt() throws {
        var cutter = cutter(settings())
        #expect(play(0..<6_500, into: &cutter).isEmpty)
        begin(5_000..<6_500, in: &cutter)
        #expect(play(6_500..<8_000, into: &cutter).isEmpty)
        cutter.end(event(5_000..<7_000), as: key(0))
        let cut = try #require(play(8_000..<9_000, into: &cutter).first)
        #expect(cut.stretch == SampleTime(3_000)..<SampleTime(8_000))
        #expect(cut.start == onset - 2)
        #expect(cut.seconds == 5)
        #expect(cut.preRollSeconds == 2)
        #expect(!cut.isCutShort && cut.lostSeconds == 0 && cut.privateSeconds == 0)
        #expect(try samples(of: cut) == (3_000..<8_000).map(Self.value))
    }

    @Test func anEventAtTheBeginningOfTheStreamHasLessPreRollAndSaysSo() throws {
        var cutter = cutter(settings())
        _ = play(0..<2_000, into: &cutter)
        begin(500..<1_500, in: &cutter)
        cutter.end(event(500..<1_500), as: key(0))
        let cut = try #require(play(2_000..<3_000, into: &cutter).first)
        #expect(cut.stretch == .zero..<SampleTime(2_500))
        #expect(cut.start == onset - 0.5)
        #expect(try samples(of: cut) == (0..<2_500).map(Self.value))
    }

    @Test func lostSamplesAreSilentAndEverythingAfterThemIsAtItsTime() throws {
        var cutter = cutter(settings())
        _ = play(0..<4_500, into: &cutter)
        _ = play(4_800..<7_000, into: &cutter)
        begin(4_000..<6_000, in: &cutter)
        cutter.end(event(4_000..<6_000), as: key(0))
        let cut = try #require(play(7_000..<8_000, into: &cutter).first)
        #expect(abs(cut.lostSeconds - 0.3) < 1e-9)
        let expected = (2_000..<7_000).map { (4_500..<4_800).contains($0) ? 0 : Self.value(at: $0) }
        #expect(try samples(of: cut) == expected)
    }

    @Test func aClipDoesNotReachOverALossAtItsOwnBeginning() throws {
        var cutter = cutter(settings())
        _ = play(0..<2_000, into: &cutter)
        _ = play(4_400..<7_000, into: &cutter)
        begin(5_000..<6_000, in: &cutter)
        cutter.end(event(5_000..<6_000), as: key(0))
        let cut = try #require(play(7_000..<7_100, into: &cutter).first)
        #expect(cut.stretch == SampleTime(4_400)..<SampleTime(7_000))
        #expect(cut.start == onset - 0.6)
        #expect(cut.lostSeconds == 0)
    }

    @Test func theClipOfALongEventEndsAtTheGreatestLengthAndSaysSo() throws {
        var cutter = cutter(settings(maxLength: 10))
        _ = play(0..<6_000, into: &cutter)
        begin(5_000..<6_000, in: &cutter)
        let cuts = play(6_000..<60_000, into: &cutter)
        #expect(cuts.count == 1)
        let cut = try #require(cuts.first)
        #expect(cut.stretch == SampleTime(3_000)..<SampleTime(13_000))
        #expect(cut.isCutShort)
        #expect(try samples(of: cut) == (3_000..<13_000).map(Self.value))
        cutter.end(event(5_000..<60_000), as: key(0))
        #expect(play(60_000..<70_000, into: &cutter).isEmpty)
    }

    @Test func anEventThatEndsBeforeTheGreatestLengthIsNotCutShort() throws {
        var cutter = cutter(settings(maxLength: 5))
        _ = play(0..<6_000, into: &cutter)
        begin(5_000..<6_000, in: &cutter)
        // The end is announced after the clip's room is used up, and lies before that.
        #expect(play(6_000..<8_500, into: &cutter).isEmpty)
        cutter.end(event(5_000..<7_500), as: key(0))
        let cut = try #require(play(8_500..<11_100, into: &cutter).first)
        #expect(cut.stretch == SampleTime(3_000)..<SampleTime(8_000))
        #expect(!cut.isCutShort)
    }

    @Test func eventsThatOverlapHaveEachTheirOwnSound() throws {
        var cutter = cutter(settings())
        _ = play(0..<6_000, into: &cutter)
        begin(4_000..<5_000, number: 1, in: &cutter)
        begin(5_000..<5_500, number: 2, in: &cutter)
        cutter.end(event(4_000..<7_000, number: 1), as: key(1))
        cutter.end(event(5_000..<6_000, number: 2), as: key(2))
        let cuts = play(6_000..<9_000, into: &cutter)
        #expect(cuts.map(\.key.number) == [2, 1])
        #expect(try samples(of: cuts[0]) == (3_000..<7_000).map(Self.value))
        #expect(try samples(of: cuts[1]) == (2_000..<8_000).map(Self.value))
    }

    @Test func aPrivateSoundIsSilencedInTheClipsOfOthersEvenIfItIsAnnouncedLater() throws {
        var cutter = cutter(settings(keep: .events))
        _ = play(0..<6_000, into: &cutter)
        begin(5_000..<6_000, number: 1, in: &cutter)
        cutter.end(event(5_000..<6_000, number: 1), as: key(1))
        #expect(play(6_000..<8_900, into: &cutter).isEmpty)
        begin(6_700..<8_000, number: 2, of: speech, in: &cutter)
        let cuts = play(8_900..<11_000, into: &cutter)
        #expect(cuts.count == 1)
        let cut = try #require(cuts.first)
        // Half a second before the speech is silent too.
        #expect(cut.privateStretches == [SampleTime(6_200)..<SampleTime(7_000)])
        #expect(!cut.isPrivateThroughout)
        let expected = (3_000..<7_000).map { $0 < 6_200 ? Self.value(at: $0) : 0 }
        #expect(try samples(of: cut) == expected)
    }

    @Test func aSoundDuringWhichAPrivateOneIsHeardAllAlongIsNotKept() throws {
        var cutter = cutter(settings(keep: .events))
        _ = play(0..<6_000, into: &cutter)
        begin(4_000..<6_000, number: 1, of: speech, in: &cutter)
        begin(5_000..<6_000, number: 2, in: &cutter)
        cutter.end(event(5_000..<5_500, number: 2), as: key(2))
        let cut = try #require(play(6_000..<12_000, into: &cutter).first)
        #expect(cut.isPrivateThroughout)
    }

    @Test func whereAllSoundIsKeptPrivateSoundsHaveClipsAndSilenceNone() throws {
        var cutter = cutter(settings(keep: .all))
        _ = play(0..<6_000, into: &cutter)
        begin(4_000..<5_000, number: 1, of: speech, in: &cutter)
        begin(4_000..<5_000, number: 2, in: &cutter)
        for number in 1...2 { cutter.end(event(4_000..<5_000, number: number), as: key(number)) }
        let cuts = play(6_000..<7_000, into: &cutter)
        #expect(cuts.map(\.key.number) == [1, 2])
        #expect(cuts.allSatisfy { $0.privateSeconds == 0 })
    }

    @Test func aClassCanBeLeftOutOrLetInByName() {
        var settings = settings(keep: .events)
        settings.classes["dog_bark"] = ClipClassSettings()
        settings.classes["dog_bark"]?.keep = false
        settings.classes["speech"] = ClipClassSettings()
        settings.classes["speech"]?.keep = true
        #expect(!settings.keeps("dog_bark", isPrivate: false))
        #expect(settings.keeps("speech", isPrivate: true))
        #expect(settings.keeps("rain", isPrivate: false))
        settings.keep = .none
        #expect(!settings.keeps("speech", isPrivate: true))
    }

    @Test func nothingIsHeldWhileNothingIsKept() {
        var cutter = cutter(settings(keep: .none))
        _ = play(0..<10_000, into: &cutter)
        #expect(cutter.sampleCount == 0)
        begin(9_000..<9_500, in: &cutter)
        #expect(cutter.finish().isEmpty)
    }

    @Test func soundThatMayNotBeKeptAnyMoreIsForgottenAtOnce() {
        var cutter = cutter(settings())
        _ = play(0..<6_000, into: &cutter)
        begin(5_000..<6_000, in: &cutter)
        #expect(cutter.sampleCount > 0)
        cutter.apply(settings(keep: .none), lookbackSeconds: 3, classes: [dog, speech])
        #expect(cutter.sampleCount == 0)
        #expect(cutter.finish().isEmpty)
    }

    @Test func memoryIsBoundedAtRestAndDuringAnEndlessEvent() {
        var cutter = cutter(settings(maxLength: 10))
        var most = 0
        for start in stride(from: 0, to: 100_000, by: 1_000) {
            _ = play(start..<start + 1_000, into: &cutter)
            most = max(most, cutter.sampleCount)
        }
        // Pre-roll, announcement and a block.
        #expect(most <= 2_000 + 3_000 + 500 + 40)
        begin(99_000..<100_000, in: &cutter)
        for start in stride(from: 100_000, to: 400_000, by: 1_000) {
            _ = play(start..<start + 1_000, into: &cutter)
            most = max(most, cutter.sampleCount)
        }
        // The longest clip, announcement and a block.
        #expect(most <= 10_000 + 3_000 + 500 + 40)
        #expect(cutter.sampleCount <= 5_540)
    }

    @Test func whenNothingComesAnyMoreEveryOpenClipIsCutWithWhatThereIs() throws {
        var cutter = cutter(settings())
        _ = play(0..<6_000, into: &cutter)
        begin(4_000..<5_000, number: 1, in: &cutter)
        begin(5_000..<6_000, number: 2, in: &cutter)
        cutter.end(event(4_000..<5_500, number: 1), as: key(1))
        let ended = cutter.completeEnded()
        #expect(ended.map(\.key.number) == [1])
        #expect(ended.first?.stretch == SampleTime(2_000)..<SampleTime(6_000))
        cutter.end(event(5_000..<6_000, number: 2), as: key(2))
        let rest = cutter.finish()
        #expect(rest.map(\.stretch) == [SampleTime(3_000)..<SampleTime(6_000)])
        #expect(cutter.sampleCount == 0)
    }
}
