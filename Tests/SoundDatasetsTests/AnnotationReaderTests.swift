import Foundation
import SoundDatasets
import Testing

@Suite struct AnnotationReaderTests {
    @Test func audacityLabelsAreReadWithTheirFrequencies() throws {
        let text =
            "2.150000\t2.150000\tpoint\r\n3.4\t6.1\tregion of interest\r\n"
            + "\\\t1484.5\t2969.25\r\n4\t5\tno bounds\n\\\t-1.000000\t6334.5\n\n7\t8\n"
        #expect(
            try AnnotationReader.parse(text, path: "labels.txt") == [
                Annotation(startSeconds: 2.15, endSeconds: 2.15, label: "point"),
                Annotation(
                    startSeconds: 3.4,
                    endSeconds: 6.1,
                    label: "region of interest",
                    lowHz: 1_484.5,
                    highHz: 2_969.25
                ),
                Annotation(
                    startSeconds: 4,
                    endSeconds: 5,
                    label: "no bounds",
                    highHz: 6_334.5
                ),
                Annotation(startSeconds: 7, endSeconds: 8, label: ""),
            ]
        )
    }

    @Test func aDecimalCommaAndAByteOrderMarkAreUnderstood() throws {
        #expect(
            try AnnotationReader.parse("\u{FEFF}1,5\t2,25\tHahn", path: "x") == [
                Annotation(startSeconds: 1.5, endSeconds: 2.25, label: "Hahn")
            ]
        )
    }

    @Test func ravenTablesAreReadOnceASelectionAndByFileOffset() throws {
        let text = """
            Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\tBegin File\tFile Offset (s)\tSpecies
            1\tWaveform 1\t1\t65.5\t66\t\t\tb.wav\t5.5\tREVI
            1\tSpectrogram 1\t1\t65.5\t66\t2000.0\t6000.0\tb.wav\t5.5\tREVI
            """
        #expect(
            try AnnotationReader.parse(text, path: "x") == [
                Annotation(
                    file: "b.wav",
                    startSeconds: 5.5,
                    endSeconds: 6,
                    label: "REVI",
                    lowHz: 2_000,
                    highHz: 6_000
                )
            ]
        )
    }

    @Test(arguments: [
        ("/data/a/b.wav", "b.wav"), ("C:\\data\\b.wav", "b.wav"), ("b.wav", "b.wav"),
    ])
    func aRecordingIsNamedByItsPathWhereItHasNoName(path: String, name: String) throws {
        let text =
            "Begin Time (s)\tEnd Time (s)\tBegin Path\tFile Offset (s)\n65\t66\t\(path)\t5\n"
        #expect(
            try AnnotationReader.parse(text, path: "x") == [
                Annotation(file: name, path: path, startSeconds: 5, endSeconds: 6, label: "")
            ]
        )
    }

    @Test func anOffsetThatIsNoTimeIsRefusedRatherThanReadAsTheBeginTime() {
        let text = "Begin Time (s)\tEnd Time (s)\tFile Offset (s)\n65\t66\tfive\n"
        #expect {
            _ = try AnnotationReader.parse(text, path: "a.txt")
        } throws: { error in
            "\(error)".hasPrefix("a.txt:2: found '65 66 five', expected the offset in the file")
        }
    }

    @Test func ravensLeastTableIsEnough() throws {
        let text = "Begin Time (s)\tEnd Time (s)\n1\t2\n"
        #expect(
            try AnnotationReader.parse(text, path: "x") == [
                Annotation(startSeconds: 1, endSeconds: 2, label: "")
            ]
        )
    }

    @Test(arguments: [
        "filename\tonset\toffset\tevent_label\na.wav\t0.5\t1.25\tdog_bark\nquiet.wav\t\t\t\n",
        "a.wav\t0.5\t1.25\tdog_bark\n",
        "event_label\tonset\toffset\tfilename\ndog_bark\t0.5\t1.25\ta.wav\n",
    ])
    func dcaseTablesAreReadWithAndWithoutAHeader(text: String) throws {
        #expect(
            try AnnotationReader.parse(text, path: "x") == [
                Annotation(
                    file: "a.wav",
                    startSeconds: 0.5,
                    endSeconds: 1.25,
                    label: "dog_bark"
                )
            ]
        )
    }

    @Test func dcaseTablesOfOneFileNeedNoName() throws {
        #expect(
            try AnnotationReader.parse("onset\toffset\tevent_label\n0.5\t1\tcar\n", path: "x") == [
                Annotation(startSeconds: 0.5, endSeconds: 1, label: "car")
            ]
        )
        #expect(
            try AnnotationReader.parse("0.5\t1\tcar\n", path: "x", format: .dcase) == [
                Annotation(startSeconds: 0.5, endSeconds: 1, label: "car")
            ]
        )
    }

    @Test func anEmptyFileHasNoAnnotations() throws {
        #expect(try AnnotationReader.parse("\n \n", path: "x").isEmpty)
    }

    @Test(arguments: [
        (
            "1\t2\tgood\n3\tbad",
            "a.txt:2: found '3 bad', expected begin and end in seconds and a label, with tabs "
                + "between. Correct the line."
        ),
        (
            "5\t2\tbackwards",
            "a.txt:1: found '5 2 backwards', expected begin and end in seconds and a label, with "
                + "tabs between. Correct the line."
        ),
        (
            "1\t2\tgood\n\\\t100",
            "a.txt:2: found '\\ 100', expected a backslash, low and high frequency. Correct the "
                + "line."
        ),
        (
            "Begin Time (s)\tSpecies\n1\tX",
            "a.txt:1: no column 'End Time (s)' among Begin Time (s), Species. Export the table "
                + "with it."
        ),
        (
            "filename\tonset\toffset\nx\t1\t2",
            "a.txt:1: no column 'event_label' among filename, onset, offset. Export the table "
                + "with it."
        ),
        (
            "Dear diary",
            "a.txt:1: found 'Dear diary', expected file name, onset, offset and label, with tabs "
                + "between. Correct the line."
        ),
    ])
    func aBadLineIsNamedWithWhatIsExpected(text: String, message: String) {
        #expect {
            _ = try AnnotationReader.parse(text, path: "a.txt")
        } throws: { error in
            "\(error)" == message && (error as? AnnotationError)?.exitCode == 65
        }
    }

    @Test func aMissingFileIsNamed() {
        #expect {
            _ = try AnnotationReader.read(path: "/no/such/labels.txt")
        } throws: { error in
            (error as? AnnotationError)?.exitCode == 66
                && "\(error)" == "Cannot read the annotations '/no/such/labels.txt': there is no "
                    + "such file. Check the path."
        }
    }

    @Test func bytesThatAreNoTextAreRefused() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("annotations-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        try Data([0xFF, 0xFE, 0x31, 0]).write(to: url)
        #expect {
            _ = try AnnotationReader.read(path: url.path)
        } throws: { error in
            "\(error)"
                == "'\(url.path)' is not a text in UTF-8. Export the annotations again as text."
        }
    }
}
