import SoundDatasets
import Testing

@testable import Training

@Suite struct DataLicencesTests {
    private func clip(_ path: String) -> LabelledClip {
        LabelledClip(path: path, classes: [], group: path)
    }

    @Test func manifestAboveTheRecordingsSaysTheirLicences() throws {
        let folder = try TrainingFolder()
        try folder.write(
            "path,licence\nset/dog/a.wav,CC0\nset/dog/b.wav,CC BY 4.0\n",
            to: "data/manifest.csv"
        )
        for name in ["a", "b", "c"] { try folder.write("", to: "data/set/dog/\(name).wav") }
        let clips = ["a", "a", "b", "c"].map { clip(folder.path("data/set/dog/\($0).wav")) }
        let collections = DataLicences(of: clips).collections
        try folder.write("", to: "data/esc/ATTRIBUTION.txt")
        try folder.write("", to: "data/esc/cat/d.wav")
        let credited = DataLicences(of: [clip(folder.path("data/esc/cat/d.wav"))]).collections
        #expect(credited[0].licences == ["see its ATTRIBUTION.txt": 1])
        #expect(collections.map(\.name) == ["set"])
        #expect(collections[0].recordingCount == 3)
        #expect(
            collections[0].licences == ["CC0": 1, "CC BY 4.0": 1, "not in manifest.csv": 1]
        )
    }

    @Test func tableThatListsARecordingKnowsItsLicenceBest() throws {
        let folder = try TrainingFolder()
        try folder.write("path,licence\nset/dog/a.wav,CC0\n", to: "data/manifest.csv")
        for name in ["a", "b"] { try folder.write("", to: "data/set/dog/\(name).wav") }
        try folder.write(
            "path,label,licence\ndata/set/dog/a.wav,dog,\ndata/set/dog/b.wav,dog,MIT\n",
            to: "list.csv"
        )
        let clips = try SoundDataset.read(path: folder.path("list.csv")).clips
        #expect(clips.map(\.licence) == ["", "MIT"])
        let collections = DataLicences(of: clips).collections
        #expect(collections.map(\.name) == ["set"])
        #expect(collections[0].licences == ["CC0": 1, "MIT": 1])
    }

    @Test func fileOfCreditsIsNamedAndNothingIsMadeUp() throws {
        let folder = try TrainingFolder()
        try folder.write("", to: "birds/owl/a.wav")
        try folder.write("", to: "birds/ATTRIBUTION.md")
        try folder.write("", to: "own/b.wav")
        var tone = clip("tone")
        tone.synthetic = SyntheticSound(.tones, number: 1)
        let collections = DataLicences(
            of: [clip(folder.path("birds/owl/a.wav")), clip(folder.path("own/b.wav")), tone]
        ).collections
        #expect(collections.map(\.name) == ["birds", "computed sounds", "own"])
        #expect(collections[0].licences == ["see its ATTRIBUTION.md": 1])
        #expect(collections[2].licences == ["not stated": 1])
    }
}
