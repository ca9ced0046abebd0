import AudioFiles
import Evaluation
import Foundation
import SoundDatasets
import TestSupport
import Testing

@testable import accuracy

/// Recordings of other people, as the table of models hears them.
@Suite struct StrangerReelsTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func write(_ name: String, seconds: Double, amplitude: Float) throws {
        let writer = try RecordingWriter(
            path: folder.file(name),
            format: .flac16,
            sampleRateHz: 16_000,
            channelCount: 1
        )
        let samples = (0..<Int(seconds * 16_000)).map { amplitude * sin(Float($0) * 0.3) }
        try writer.write(samples.span)
        try writer.finish()
    }

    private func list() throws -> [StrangerRecording] {
        try folder.write(
            """
            path,label,maybe,kind,group,fold,licence
            \(folder.file("dog.flac")),dog_bark,speech;wind,classes,a,1,CC0
            \(folder.file("wood.flac")),,bird,ambience,b,1,"CC0, CC BY"

            """,
            to: "list.csv"
        )
        return try StrangerRecording.read(list: folder.file("list.csv"))
    }

    @Test func listNamesWhatIsHeardAndWhatMayBe() throws {
        let recordings = try list()
        #expect(recordings.map(\.label) == ["dog_bark", ""])
        #expect(recordings.map(\.maybe) == [["speech", "wind"], ["bird"]])
        try folder.write("path,label\n", to: "short.csv")
        let error = #expect(throws: AccuracyError.self) {
            try StrangerRecording.read(list: folder.file("short.csv"))
        }
        #expect(error?.description.contains("list-household-recordings") == true)
    }

    @Test func soundsAreAtOneLevelAndBackgroundsAsTheyAre() throws {
        try write("dog.flac", seconds: 1, amplitude: 0.5)
        try write("wood.flac", seconds: 3, amplitude: 0.02)
        let reels = StrangerReels(try list(), folder: folder.file("reels"))
        #expect(reels.kinds == ["ambience"])
        let folders = try reels.make()
        func reel(_ name: String) throws -> (samples: [Float], sounds: [LabelledSound]) {
            let path = try #require(folders[name]) + "/0"
            guard case .recordings(let found) = try DataSetReader.read(path: path) else {
                throw CocoaError(.fileReadCorruptFile)
            }
            let samples = try SoundLoader(sampleRateHz: 16_000)
                .samples(of: found[0].path, upToSeconds: 60)
            return (samples, found[0].sounds)
        }
        func decibels(_ samples: ArraySlice<Float>) -> Double {
            SoundEnergy.decibels(SoundEnergy.meanSquare(samples))
        }
        let clear = try reel(StrangerReels.clear)
        #expect(clear.sounds.map(\.label) == ["dog_bark"])
        #expect(clear.sounds[0].onsetSeconds == 4)
        #expect(abs(decibels(clear.samples[64_000..<80_000]) + 25) < 0.5)
        #expect(abs(decibels(clear.samples[..<60_000]) + 70) < 1)
        let noisy = try reel(StrangerReels.noisy)
        #expect(abs(decibels(noisy.samples[..<60_000]) + 35) < 0.5)
        let wood = try reel("ambience")
        #expect(wood.sounds.map(\.label) == ["bird"])
        #expect(abs(decibels(wood.samples[..<48_000]) + 37) < 0.5)
    }
}
