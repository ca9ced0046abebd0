import AudioFiles
import Foundation
import SoundDatasets
import TestSupport
import Testing

@testable import Evaluation

@Suite struct SoundscapeComposerTests {
    private let folder: TemporaryFolder
    private let clips: [EvaluationClip]
    private var settings = SoundscapeSettings()

    init() throws {
        folder = try TemporaryFolder()
        clips = [
            EvaluationClip(path: "\(folder.path)/beep.wav", label: "beep"),
            EvaluationClip(path: "\(folder.path)/hum.wav", label: "hum"),
        ]
        settings.lengthSeconds = 30
        settings.eventsPerMinute = 20
        settings.lowestSNRDB = 10
        settings.highestSNRDB = 10
        // Half a second of sound between quarter seconds of silence.
        let silence = [Float](repeating: 0, count: 4_000)
        try write(silence + tone(1_000, 8_000) + silence, to: "beep.wav")
        try write(silence + tone(200, 8_000) + silence, to: "hum.wav")
        try write(noise(48_000), to: "background.wav")
        try write([0, 0, 1, 0, 0, 0.5], to: "room.wav")
    }

    @Test func theSameSeedGivesTheSameBytes() throws {
        let composer = try composer(rooms: ["room.wav"])
        let (first, second) = ("\(folder.path)/first", "\(folder.path)/second")
        for target in [first, second] {
            let writer = try SoundscapeWriter(folder: target)
            _ = try writer.write(composer.compose(3), number: 3)
        }
        for name in ["soundscape-0004.flac", "soundscape-0004.txt"] {
            let bytes = FileManager.default.contents(atPath: "\(first)/\(name)")
            #expect(bytes != nil)
            #expect(bytes == FileManager.default.contents(atPath: "\(second)/\(name)"))
        }
    }

    @Test func anotherNumberOrSeedGivesAnotherSoundscape() throws {
        let composer = try composer()
        #expect(try composer.compose(0) != composer.compose(1))
        var other = settings
        other.seed = 2
        let another = try SoundscapeComposer(
            clips: clips,
            backgrounds: [],
            rooms: [],
            settings: other
        )
        #expect(try another.compose(0).sounds != composer.compose(0).sounds)
    }

    @Test func labelsLieExactlyOnTheSounds() throws {
        let composer = try SoundscapeComposer(
            clips: clips,
            backgrounds: [],
            rooms: [],
            settings: settings
        )
        let scape = try composer.compose(0)
        #expect(scape.sounds.count > 3)
        var covered = [Bool](repeating: false, count: scape.samples.count)
        for sound in scape.sounds {
            let start = Int((sound.onsetSeconds * 16_000).rounded())
            let end = Int((sound.offsetSeconds * 16_000).rounded())
            #expect(SoundEnergy.meanSquare(scape.samples[start..<end]) > 0)
            for index in start..<end { covered[index] = true }
        }
        #expect(zip(scape.samples, covered).allSatisfy { $0 == 0 || $1 })
        let whole = scape.sounds.filter { $0.offsetSeconds < 29.9 }
        #expect(whole.allSatisfy { abs($0.durationSeconds - 0.5) < 0.02 })
    }

    @Test func soundsStandOverTheBackgroundAsAskedFor() throws {
        let scape = try composer().compose(0)
        let sound = try #require(scape.sounds.first)
        let start = Int((sound.onsetSeconds * 16_000).rounded())
        let end = Int((sound.offsetSeconds * 16_000).rounded())
        let together = SoundEnergy.decibels(SoundEnergy.meanSquare(scape.samples[start..<end]))
        // 10 dB over −50, both together 0.4 dB more.
        #expect(abs(together - -39.6) < 0.5)
    }

    @Test func noMoreSoundsOverlapThanAllowed() throws {
        var dense = settings
        dense.eventsPerMinute = 300
        for (allowed, expected) in [(1, 1), (2, 2)] {
            dense.maximumOverlap = allowed
            let scape = try SoundscapeComposer(
                clips: clips,
                backgrounds: [],
                rooms: [],
                settings: dense
            ).compose(0)
            let most = scape.sounds.map { sound in
                scape.sounds.count {
                    $0.onsetSeconds <= sound.onsetSeconds && sound.onsetSeconds < $0.offsetSeconds
                }
            }.max()
            #expect(most == expected)
        }
    }

    @Test func aRoomRepeatsItsSoundAsItsResponseSays() {
        let sound: [Float] = [1, 2, 3]
        let heard = RoomResponse([0, 0, 4, 0, 3]).applied(to: sound)
        let expected: [Float] = [0.8, 1.6, 3, 1.2, 1.8]
        #expect(heard.count == expected.count)
        #expect(zip(heard, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func aRateOutOfRangeIsRefused() {
        var wrong = settings
        wrong.eventsPerMinute = 1_000
        let error = #expect(throws: ComposeError.self) { try wrong.validate() }
        #expect(
            error?.description == "The events per minute is 1000. Choose from 0 to 600."
        )
    }

    @Test func aSilentClipIsNamed() throws {
        try write([Float](repeating: 0, count: 1_000), to: "beep.wav")
        try write([Float](repeating: 0, count: 1_000), to: "hum.wav")
        let composer = try composer()
        #expect(throws: ComposeError.self) { try composer.compose(0) }
    }

    private func composer(rooms: [String] = []) throws -> SoundscapeComposer {
        try SoundscapeComposer(
            clips: clips,
            backgrounds: ["\(folder.path)/background.wav"],
            rooms: rooms.map { "\(folder.path)/\($0)" },
            settings: settings
        )
    }

    private func tone(_ frequencyHz: Float, _ count: Int) -> [Float] {
        (0..<count).map { 0.3 * sin(2 * Float.pi * frequencyHz * Float($0) / 16_000) }
    }

    private func noise(_ count: Int) -> [Float] {
        var numbers = SeededNumbers(seed: 7)
        return (0..<count).map { _ in Float.random(in: -0.05..<0.05, using: &numbers) }
    }

    private func write(_ samples: [Float], to name: String) throws {
        let writer = try RecordingWriter(
            path: "\(folder.path)/\(name)",
            format: .wavFloat,
            sampleRateHz: 16_000,
            channelCount: 1
        )
        try writer.write(samples.span)
        try writer.finish()
    }
}

@Suite struct SoundscapeWriterTests {
    @Test func aFolderThatCannotBeMadeIsRefusedWithTheReason() {
        let error = #expect(throws: (any Error).self) { try SoundscapeWriter(folder: "/proc/x") }
        #expect(
            error.map { "\($0)" }
                == "Cannot create '/proc/x': no such file or folder. Choose another path."
        )
    }
}
