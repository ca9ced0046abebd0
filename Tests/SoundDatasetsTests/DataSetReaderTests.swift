import Foundation
import TestSupport
import Testing

@testable import SoundDatasets

@Suite struct DataSetReaderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func aTableOfClipsIsReadAsTrainingReadsIt() throws {
        try folder.write("path,label,fold\na.wav,dog;cat,2\nb.wav,,1\n", to: "set.csv")
        let clips = [
            EvaluationClip(path: "\(folder.path)/a.wav", label: "dog", fold: 2),
            EvaluationClip(path: "\(folder.path)/b.wav", label: "unknown", fold: 1),
        ]
        #expect(try DataSetReader.read(path: "\(folder.path)/set.csv") == .clips(clips))
    }

    @Test func aFolderPerClassGivesClipsWithTheirFolds() throws {
        try folder.write("", to: "dog/1-30226-A.ogg")
        try folder.write("", to: "dog/notes.md")
        try folder.write("", to: "rain/storm.wav")
        #expect(
            try DataSetReader.read(path: folder.path)
                == .clips([
                    EvaluationClip(path: "\(folder.path)/dog/1-30226-A.ogg", label: "dog", fold: 1),
                    EvaluationClip(path: "\(folder.path)/rain/storm.wav", label: "rain"),
                ])
        )
    }

    @Test func namesOfESC50TellTheFold() {
        #expect(ClipSource(fileName: "5-103415-A-2.wav").fold == 5)
        #expect(ClipSource(fileName: "2026-11-20.wav").fold == nil)
        #expect(ClipSource(fileName: "dog.wav").fold == nil)
    }

    @Test func labelsBesideRecordingsAreReadInEveryFormat() throws {
        try folder.write("", to: "a.wav")
        try folder.write("1.5\t2\tdog\n", to: "a.txt")
        try folder.write("", to: "b.flac")
        try folder.write(
            "Selection\tBegin Time (s)\tEnd Time (s)\tAnnotation\n1\t3\t4\train\n",
            to: "b.Table.1.selections.txt"
        )
        try folder.write("", to: "c.ogg")
        try folder.write("onset\toffset\tevent_label\n5\t6\tsiren\n", to: "c.tsv")
        try folder.write("", to: "quiet.wav")
        try folder.write("", to: "quiet.txt")
        #expect(
            try recordings(folder.path).map(\.sounds) == [
                [LabelledSound(onsetSeconds: 1.5, offsetSeconds: 2, label: "dog")],
                [LabelledSound(onsetSeconds: 3, offsetSeconds: 4, label: "rain")],
                [LabelledSound(onsetSeconds: 5, offsetSeconds: 6, label: "siren")],
                [],
            ]
        )
    }

    @Test func aDCASETableNamesItsRecordings() throws {
        try folder.write("", to: "audio/a.wav")
        try folder.write("", to: "audio/b.wav")
        try folder.write(
            "filename\tonset\toffset\tevent_label\na.wav\t1\t2\tdog\nb.wav\t\t\t\n",
            to: "truth.tsv"
        )
        for path in [folder.path, "\(folder.path)/truth.tsv"] {
            let found = try recordings(path)
            #expect(
                found.map(\.path) == [
                    "\(folder.path)/audio/a.wav", "\(folder.path)/audio/b.wav",
                ]
            )
            #expect(found.map(\.sounds.count) == [1, 0])
        }
    }

    @Test func aTableThatNamesAMissingRecordingIsRefusedWithItsLine() throws {
        try folder.write(
            "filename\tonset\toffset\tevent_label\n\nlost.wav\t1\t2\tdog\n",
            to: "truth.tsv"
        )
        #expect(
            try message(of: "\(folder.path)/truth.tsv")
                == "\(folder.path)/truth.tsv:3: no recording 'lost.wav' next to the table or "
                + "in its folder 'audio'. Correct the name or copy the recording."
        )
    }

    @Test func recordingsOfOneNameAreToldApartByThePathsOfATable() throws {
        try folder.write("", to: "north/night.wav")
        try folder.write("", to: "south/night.wav")
        let header =
            "Begin Time (s)\tEnd Time (s)\tBegin File\tBegin Path\tFile Offset (s)\tClass\n"
        try folder.write(
            header + "1\t2\tnight.wav\t\(folder.path)/north/night.wav\t1\tdog\n"
                + "63\t64\tnight.wav\tsouth/night.wav\t3\tcat\n",
            to: "table.txt"
        )
        let found = try recordings("\(folder.path)/table.txt")
        #expect(
            found.map(\.path) == [
                "\(folder.path)/north/night.wav", "\(folder.path)/south/night.wav",
            ]
        )
        #expect(found.map { $0.sounds.map(\.label) } == [["dog"], ["cat"]])
        #expect(found.map { $0.sounds.map(\.onsetSeconds) } == [[1], [3]])
    }

    @Test func aTableThatWasMovedFindsItsRecordingsBesideIt() throws {
        try folder.write("", to: "night.wav")
        let header = "Begin Time (s)\tEnd Time (s)\tBegin File\tBegin Path\n"
        try folder.write(header + "1\t2\tnight.wav\tC:\\card\\night.wav\n", to: "table.txt")
        #expect(
            try recordings("\(folder.path)/table.txt").map(\.path) == [
                "\(folder.path)/night.wav"
            ]
        )
        try folder.write(
            header + "1\t2\tnight.wav\t/north/night.wav\n1\t2\tnight.wav\t/south/night.wav\n",
            to: "table.txt"
        )
        #expect(
            try message(of: "\(folder.path)/table.txt")
                == "\(folder.path)/table.txt:3: '/north/night.wav' and '/south/night.wav' do "
                + "not exist, and only one 'night.wav' is next to the table. Correct or remove the "
                + "line."
        )
    }

    @Test func aDamagedLineIsNamed() throws {
        try folder.write("", to: "a.wav")
        try folder.write("1\t2\tdog\nnonsense\n", to: "a.txt")
        let text = try message(of: folder.path)
        #expect(text.hasPrefix("\(folder.path)/a.txt:2: found 'nonsense', expected begin and end"))
    }

    @Test func aRecordingWithoutLabelsIsRefused() throws {
        try folder.write("", to: "a.wav")
        try folder.write("", to: "a.txt")
        try folder.write("", to: "b.wav")
        #expect(
            try message(of: folder.path)
                == "'\(folder.path)/b.wav' has no labels. Create '\(folder.path)/b.txt' (empty "
                + "if nothing is heard), or move the recording."
        )
    }

    @Test func nothingAndNowhereAreRefused() throws {
        #expect(try message(of: folder.path).hasPrefix("'\(folder.path)' is not a data set."))
        #expect(
            try message(of: "/nowhere") == "No data set at '/nowhere'. Check the path."
        )
    }

    @Test func labelsOfTheSameWordsAreTheModelsClass() {
        let mapping = LabelMapping(
            classNames: ["fire_crackling", "person_sneeze"],
            given: ["sneeze": "person_sneeze"]
        )
        #expect(mapping.className(for: "Crackling fire") == "fire_crackling")
        #expect(mapping.className(for: "sneeze") == "person_sneeze")
        #expect(mapping.className(for: "door") == "door")
    }

    private func recordings(_ path: String) throws -> [AnnotatedRecording] {
        guard case .recordings(let found) = try DataSetReader.read(path: path) else {
            Issue.record("\(path) is not read as recordings")
            return []
        }
        return found
    }

    private func message(of path: String) throws -> String {
        let error = #expect(throws: (any Error).self) { try DataSetReader.read(path: path) }
        return try #require(error.map { "\($0)" })
    }
}
