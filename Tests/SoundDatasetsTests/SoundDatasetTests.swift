import TestSupport
import Testing

@testable import SoundDatasets

@Suite struct SoundDatasetTests {
    @Test func folderPerClassGivesItsClipsInOrder() throws {
        let folder = try TemporaryFolder()
        for name in ["dog/1-30226-A.wav", "dog/2-30226-B.flac", "cat/x.ogg", "cat/notes.txt"] {
            try folder.write("", to: name)
        }
        try folder.write("", to: "README.md")
        let dataset = try SoundDataset.read(path: folder.path)
        #expect(dataset.classNames == ["cat", "dog"])
        #expect(dataset.clips.map(\.classes) == [[0], [1], [1]])
        #expect(dataset.clips.map(\.fold) == [nil, 1, 2])
        #expect(dataset.clips.map(\.group) == ["x", "30226", "30226"])
    }

    @Test func tableGivesPartsLabelsAndGroups() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "path,label,start,end,fold,group\n\"a, b.wav\",dog;cat,0.5,2,1,garden\nc.wav,cat,,,2,\n",
            to: "set.csv"
        )
        let dataset = try SoundDataset.read(path: "\(folder.path)/set.csv")
        #expect(dataset.classNames == ["cat", "dog"])
        #expect(dataset.clips[0].path == "\(folder.path)/a, b.wav")
        #expect(dataset.clips[0].classes == [1, 0])
        #expect(dataset.clips[0].startSeconds == 0.5)
        #expect(dataset.clips[0].endSeconds == 2)
        #expect(dataset.clips.map(\.group) == ["garden", "c"])
        #expect(dataset.clips.map(\.fold) == [1, 2])
    }

    @Test(arguments: [
        ("path,label\na.wav\n", ":2: 1 fields, but the header has 2"),
        ("path,label,start\na.wav,dog,soon\n", ":2: start is 'soon'; expected seconds"),
        (
            "path,label,start,end\na.wav,dog,3,2\n",
            ":2: its end (2.0 s) is before its start (3.0 s)"
        ),
        ("path,label,fold\na.wav,dog,x\n", ":2: fold is 'x'"),
        ("file,label\n", ":1: the header is 'file,label', but 'path' and 'label' are needed"),
    ])
    func wrongLineIsNamed(text: String, message: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(text, to: "set.csv")
        let path = "\(folder.path)/set.csv"
        let error = #expect(throws: DataSetError.self) { try SoundDataset.read(path: path) }
        #expect(error?.description == path + message + ". Correct or remove the line.")
    }

    @Test func labelsBesideRecordingsGiveTheirStretches() throws {
        let folder = try TemporaryFolder()
        for name in ["1-7-A.wav", "b.flac"] { try folder.write("", to: name) }
        try folder.write("0.5\t1.5\tdog\n1\t1.4\tcat\n", to: "1-7-A.txt")
        try folder.write("", to: "b.txt")
        let dataset = try SoundDataset.read(path: folder.path)
        #expect(dataset.classNames == ["cat", "dog"])
        #expect(dataset.clips.map(\.classes) == [[1], [0, 1]])
        #expect(dataset.clips.map(\.startSeconds) == [0.5, 1])
        #expect(dataset.clips.map(\.endSeconds) == [1.5, 1.4])
        #expect(dataset.clips.allSatisfy { $0.fold == 1 && $0.group == "7" })
        try folder.write("soon\t1\tdog\n", to: "b.txt")
        let error = #expect(throws: DataSetError.self) {
            try SoundDataset.read(path: folder.path)
        }
        #expect(error?.description.contains("b.txt:1:") == true)
    }

    @Test func missingAndOneClassDatasetsAreRefused() throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "dog/a.wav")
        let one = try SoundDataset.read(path: folder.path)
        let error = #expect(throws: DataSetError.self) {
            try one.requireContrast(path: folder.path)
        }
        #expect(
            error?.description
                == "Cannot train on '\(folder.path)': only 1 class has recordings; add a second "
                + "class, or negatives. Give a folder with one folder of recordings per class, or "
                + "a CSV file."
        )
        let missing = "\(folder.path)/none"
        let other = #expect(throws: DataSetError.self) { try SoundDataset.read(path: missing) }
        #expect(other?.description.contains("no such file or folder") == true)
        #expect(other?.exitCode == 66)
    }

    @Test func recordingsBelowAFolderBecomeNegativesInNoFold() throws {
        let folder = try TemporaryFolder()
        for name in [
            "set/a/1-1-A.wav", "set/b/2-2-A.wav", "noise/street/x.flac", "noise/y.ogg",
        ] { try folder.write("", to: name) }
        var dataset = try SoundDataset.read(path: "\(folder.path)/set")
        try dataset.addNegatives(from: ["\(folder.path)/noise"])
        #expect(dataset.clips.map(\.classes) == [[0], [1], [], []])
        #expect(dataset.clips[2].path == "\(folder.path)/noise/street/x.flac")
        #expect(FoldSplit(dataset, seed: 1).folds == [[0], [1]])
        let empty = "\(folder.path)/set/c"
        #expect(
            throws: DataSetError.unusable(
                path: empty,
                reason: "it has no recordings for negatives"
            )
        ) { try dataset.addNegatives(from: [empty]) }
    }

    @Test func clipsOfOneSourceStayInOneFold() throws {
        let clips = (0..<40).map { index in
            LabelledClip(path: "\(index)", classes: [index % 2], group: "\(index / 4)")
        }
        let split = FoldSplit(SoundDataset(classNames: ["a", "b"], clips: clips), seed: 3)
        #expect(split.folds.count == 5)
        #expect(split.folds.joined().sorted() == Array(0..<40))
        for fold in split.folds {
            let groups = Set(fold.map { clips[$0].group })
            #expect(fold.count == 4 * groups.count)
        }
    }

    @Test func clipsWithoutAFoldAreDealtOutToTheNamedFolds() {
        var clips = (0..<6).map { index in
            LabelledClip(path: "\(index)", classes: [0], fold: index % 2 + 3, group: "\(index)")
        }
        clips += (6..<12).map { LabelledClip(path: "\($0)", classes: [1], group: "\($0)") }
        clips += (12..<16).map { LabelledClip(path: "\($0)", classes: [], group: "\($0)") }
        let split = FoldSplit(SoundDataset(classNames: ["a", "b"], clips: clips), seed: 3)
        #expect(split.numbers == [3, 4])
        #expect(split.folds.map(\.count) == [6, 6])
        #expect(split.negatives.map(\.count) == [2, 2])
        #expect(Set(split.folds[0]).isSuperset(of: [0, 2, 4]))
    }

    @Test func writtenTableIsReadBack() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "path,label,start,end,fold,group,kind,maybe\n"
                + "\"a, b.wav\",dog;cat,0.5,2.0,1,garden,sounds,cow; goat\nc.wav,,,,2,c,hiss,\n",
            to: "set.csv"
        )
        let dataset = try SoundDataset.read(path: "\(folder.path)/set.csv")
        #expect(dataset.clips.map(\.kind) == ["sounds", "hiss"])
        #expect(dataset.clips.map(\.maybe) == [["cow", "goat"], []])
        let copy = "\(folder.path)/copy.csv"
        try ClipTable.write(dataset.clips, of: dataset, path: copy)
        #expect(try SoundDataset.read(path: copy) == dataset)
    }

    @Test func publishedFoldsAreKept() {
        let clips = (0..<6).map { index in
            LabelledClip(path: "\(index)", classes: [0], fold: index % 3 + 1, group: "\(index)")
        }
        let split = FoldSplit(SoundDataset(classNames: ["a", "b"], clips: clips), seed: 3)
        #expect(split.folds == [[0, 3], [1, 4], [2, 5]])
    }
}

@Suite struct SyntheticSoundTests {
    @Test(arguments: SyntheticSound.Kind.allCases)
    func soundsAreLoudEnoughFiniteAndDifferent(kind: SyntheticSound.Kind) {
        var first: Set<Float> = []
        for number in 0..<40 {
            let samples = SyntheticSound(kind, number: number).samples(rateHz: 16_000)
            let loudest = samples.reduce(0) { max($0, abs($1)) }
            #expect(samples.count == 64_000)
            #expect(loudest > 0.049 && loudest < 0.501)
            first.insert(samples[20_000])
        }
        #expect(first.count > 15)
    }
}
