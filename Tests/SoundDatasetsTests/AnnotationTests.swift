import Foundation
import Messages
import Platform
import TestSupport
import Testing

@testable import SoundDatasets

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
        let folder = try TemporaryFolder()
        let path = try folder.write([0xFF, 0xFE, 0x31, 0], to: "labels.txt")
        #expect {
            _ = try AnnotationReader.read(path: path)
        } throws: { error in
            "\(error)"
                == "'\(path)' is not a text in UTF-8. Export the annotations again as text."
        }
    }
}

@Suite struct EventTextWriterTests {
    private static let begin = Date(timeIntervalSince1970: 1_682_915_400)

    private let bark = EventRow(
        RecordingEventMessage(
            source: "porch.flac",
            className: "dog_bark",
            label: "Dog bark",
            recordingStart: begin,
            peakScore: 0.973_21,
            meanScore: 0.91,
            levelDBFS: -23.14,
            model: "household-1",
            file: "night/porch.flac",
            startSeconds: 12.5,
            endSeconds: 13.75
        )
    )

    private let silentRain = EventRow(
        RecordingEventMessage(
            source: "a.wav",
            className: "rain",
            label: "Rain, \"heavy\"\tor so",
            recordingStart: nil,
            peakScore: 1,
            meanScore: 1,
            levelDBFS: nil,
            model: "m",
            file: "a.wav",
            startSeconds: 0,
            endSeconds: 3_600.25
        )
    )

    private let unfinished = EventRow(
        EventMessage(
            id: 7,
            source: "porch",
            className: "rooster",
            label: "Rooster",
            start: begin + 90,
            end: nil,
            peakScore: 0.9,
            meanScore: 0.8,
            levelDBFS: -30,
            model: "m"
        ),
        axisOrigin: begin
    )

    @Test func clipsHaveAColumnWhereTheyAreAskedForAndThereAreAny() {
        var withClip = unfinished
        withClip.clip = "2026/11/20/7.flac"
        for (rows, hasColumn) in [([unfinished], false), ([unfinished, withClip], true)] {
            var table = EventTextWriter(format: .text, originTitle: "source", showsClips: true)
            let lines = table.text(of: rows).split(separator: "\n")
            #expect(lines[0].contains("clip") == hasColumn)
            #expect(lines[lines.count - 1].hasSuffix("2026/11/20/7.flac") == hasColumn)
        }
        var csv = EventTextWriter(format: .csv, originTitle: "source", showsClips: true)
        let lines = csv.text(of: [unfinished, withClip]).split(separator: "\n")
        #expect(lines[0].trimmingCharacters(in: .whitespacesAndNewlines).hasSuffix(",model,clip"))
        #expect(lines[1].trimmingCharacters(in: .whitespacesAndNewlines).hasSuffix(",m,"))
        #expect(lines[2].contains(",m,2026/11/20/7.flac"))
    }

    @Test func csvHasAHeaderOnceAndQuotesWhatItMust() throws {
        var writer = try writer(.csv)
        #expect(
            writer.text(of: [bark])
                == "file,class,label,start,start_s,end_s,duration_s,peak_score,mean_score,"
                + "level_dbfs,model\n"
                + "night/porch.flac,dog_bark,Dog bark,2023-05-01T04:30:12.500Z,12.500,13.750,"
                + "1.250,0.9732,0.9100,-23.1,household-1\n"
        )
        #expect(
            writer.text(of: [silentRain])
                == "a.wav,rain,\"Rain, \"\"heavy\"\"\tor so\",,0.000,3600.250,3600.250,1.0000,"
                + "1.0000,,m\n"
        )
        #expect(
            writer.text(of: [unfinished])
                == "porch,rooster,Rooster,2023-05-01T04:31:30.000Z,90.000,,,0.9000,0.8000,"
                + "-30.0,m\n"
        )
    }

    @Test func audacityHasOneLabelALineAndNoTornLines() throws {
        var writer = try writer(.audacity)
        #expect(
            writer.text(of: [bark, silentRain, unfinished])
                == "12.500000\t13.750000\tDog bark\n"
                + "0.000000\t3600.250000\tRain, \"heavy\" or so\n"
                + "90.000000\t90.000000\tRooster\n"
        )
    }

    @Test func ravenHasItsColumnsAndNumbersItsSelections() throws {
        var writer = try writer(.raven)
        #expect(
            writer.text(of: [bark])
                == "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\t"
                + "High Freq (Hz)\tBegin File\tBegin Path\tFile Offset (s)\tClass\tLabel\t"
                + "Peak Score\t"
                + "Mean Score\tLevel (dBFS)\tModel\n"
                + "1\tSpectrogram 1\t1\t12.500000\t13.750000\t60.0\t7800.0\tporch.flac\t"
                + "\(FileManager.default.currentDirectoryPath)/night/porch.flac\t"
                + "12.500000\tdog_bark\tDog bark\t0.9732\t0.9100\t-23.1\thousehold-1\n"
        )
        #expect(writer.text(of: [bark]).hasPrefix("2\tSpectrogram 1\t1\t12.5"))
    }

    @Test func ravenCountsTimeThroughAllRecordingsAndTheOffsetWithinEach() throws {
        var writer = try writer(.raven)
        _ = writer.text(of: [bark])
        writer.advance(bySeconds: 60)
        // A recording without events takes its time, too.
        _ = writer.text(of: [])
        writer.advance(bySeconds: 30.5)
        let text = writer.text(of: [silentRain])
        let cells = text.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        #expect(cells[0] == "2")
        #expect(cells[3...4] == ["90.500000", "3690.750000"])
        #expect(cells[9] == "0.000000")
    }

    @Test func aTableOfSeveralRecordingsIsReadBackByTheOffsetInEach() throws {
        var writer = try writer(.raven)
        var text = writer.text(of: [bark])
        writer.advance(bySeconds: 60)
        text += writer.text(of: [silentRain])
        let annotations = try AnnotationReader.parse(text, path: "out.txt")
        #expect(annotations.map(\.startSeconds) == [12.5, 0])
        #expect(annotations.map(\.endSeconds) == [13.75, 3_600.25])
        #expect(annotations.map { $0.path?.hasSuffix("/night/porch.flac") } == [true, false])
    }

    @Test func jsonIsTheMessageALine() throws {
        var writer = try writer(.json)
        #expect(
            writer.text(of: [bark, unfinished]) == bark.json.text + "\n" + unfinished.json.text
                + "\n"
        )
    }

    @Test func theTableIsInLocalTimeAndLinesUpInPieces() throws {
        var writer = try writer(.text)
        #expect(writer.text(of: []).isEmpty)
        #expect(
            writer.text(of: [bark]) == """
                start (+02:00)         sound               seconds  score    dBFS  file
                2023-05-01 06:30:12.5  Dog bark                1.2   0.97   -23.1  night/porch.flac

                """
        )
        var withoutNumber = unfinished
        withoutNumber.id = nil
        #expect(
            writer.text(of: [withoutNumber]) == """
                2023-05-01 06:31:30.0  Rooster                       0.90   -30.0  porch

                """
        )
    }

    @Test func theTableOfTheHistoryBeginsWithTheNumberByWhichAnEventIsNamed() throws {
        var writer = EventTextWriter(
            format: .text,
            originTitle: "source",
            zone: .fixed(secondsAhead: 7_200)
        )
        var later = unfinished
        later.id = 1_234_567
        #expect(
            writer.text(of: [unfinished, later]) == """
                  event  start (+02:00)         sound               seconds  score    dBFS  source
                      7  2023-05-01 06:31:30.0  Rooster                       0.90   -30.0  porch
                1234567  2023-05-01 06:31:30.0  Rooster                       0.90   -30.0  porch

                """
        )
    }

    @Test func timesOfAnotherZoneGetAHeaderOfTheirOwn() throws {
        var writer = EventTextWriter(
            format: .text,
            originTitle: "file",
            zone: try #require(Zone("Europe/Berlin"))
        )
        var winter = bark
        winter.start = bark.start.map { $0 + 200 * 86_400 }
        let headers = [bark, bark, silentRain, winter].map { row in
            writer.text(of: [row]).hasPrefix("start (")
        }
        #expect(headers == [true, false, false, true])
        var both = EventTextWriter(
            format: .text,
            originTitle: "file",
            zone: try #require(Zone("Europe/Berlin"))
        )
        let header = both.text(of: [bark, winter]).split(separator: "\n")[0]
        #expect(header.contains("+02:00; ") && header.contains("+01:00)"))
    }

    @Test func aNameCannotCommandTheTerminalThatShowsTheTable() throws {
        var writer = try writer(.text)
        var row = bark
        row.origin = "a\n\u{1B}[31m\u{EFE9}.wav"
        let lines = writer.text(of: [row]).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[1].hasSuffix("  a\\n\\x1B[31m\\xE9.wav"))
    }

    @Test(arguments: [EventFormat.audacity, .raven])
    func whatIsWrittenIsReadBackAsAnnotations(format: EventFormat) throws {
        var writer = try writer(format)
        let text = writer.text(of: [bark, silentRain])
        let annotations = try AnnotationReader.parse(text, path: "out.txt")
        #expect(annotations.map(\.startSeconds) == [12.5, 0])
        #expect(annotations.map(\.endSeconds) == [13.75, 3_600.25])
        #expect(
            annotations.map(\.label)
                == (format == .raven
                    ? ["dog_bark", "rain"] : ["Dog bark", "Rain, \"heavy\" or so"])
        )
        #expect(annotations.first?.file == (format == .raven ? "porch.flac" : nil))
    }

    private func writer(_ format: EventFormat) throws -> EventTextWriter {
        EventTextWriter(
            format: format,
            originTitle: "file",
            frequencyRangeHz: 60...7_800,
            zone: .fixed(secondsAhead: 7_200)
        )
    }
}
