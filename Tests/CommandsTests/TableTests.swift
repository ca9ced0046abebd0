import AudioFiles
import Diagnosis
import Foundation
import Messages
import Platform
import TestSupport
import Testing

@testable import Commands

@Suite struct LevelTableTests {
    private func minute(laeq: Double?) -> LevelMinuteMessage {
        LevelMinuteMessage(
            source: "porch",
            minute: Date(timeIntervalSince1970: 1_795_176_000),
            measuredSeconds: 59.5,
            calibrationDB: nil,
            laeqDBFS: laeq,
            laf10DBFS: -45,
            laf50DBFS: -55,
            laf90DBFS: -60,
            lafMaxDBFS: -0.04,
            lceqDBFS: -48,
            lzeqDBFS: -47,
            rmsDBFS: -46.5,
            peakDBFS: -12,
            clippedSamples: 0,
            sampleRateHz: 48_000
        )
    }

    @Test func silenceIsADashForPeopleAndEmptyForPrograms() throws {
        let table = LevelTable([minute(laeq: nil)])
        let row = try #require(table.text.split(separator: "\n").last)
        #expect(row.contains("–") && row.contains("59.5") && row.hasSuffix("porch"))
        let lines = table.csv.split(separator: "\n")
        #expect(lines.first?.hasPrefix("source,minute,measured_s,unit,laeq,") == true)
        #expect(lines.last?.hasPrefix("porch,2026-11-20T12:00:00.000Z,59.500,dBFS,,-45.0,") == true)
    }

    @Test func zeroHasNoSign() {
        let cells = LevelTable.cells(of: minute(laeq: -50))
        #expect(cells[LevelTable.columns.firstIndex(of: "lafmax") ?? 0] == "0.0")
    }

    @Test func whatFadesInDigitalSilenceIsSilence() {
        #expect(LevelTable.audible(-643.2) == nil)
        #expect(LevelTable.audible(-120) == -120)
        #expect(!LevelTable([minute(laeq: -643.2)]).text.contains("643"))
        for level in [nil, -643.2] {
            #expect(LevelTable.dBFSColumn(level) == "   silence ")
            var line = LiveLine()
            let message = LevelMessage(
                source: "porch",
                time: Date(timeIntervalSince1970: 0),
                levelDBFS: level,
                isGateOpen: false
            )
            let isTaken = line.update(.level(message))
            #expect(isTaken)
            #expect(line.text(width: 100, colored: false).contains("porch    silence "))
        }
        #expect(LevelTable.dBFSColumn(-40) == " -40.0 dBFS")
    }

    @Test func withoutMinutesThereIsNoTable() {
        #expect(LevelTable([]).text == "")
    }

    @Test func aHoleInTheSummaryIsNeverRoundedAway() {
        let summary = LevelSummaryMessage(
            source: "porch",
            askedSeconds: 86_400,
            measuredSeconds: 86_399,
            laeqDBFS: -50,
            lafMaxDBFS: nil,
            calibrationDB: nil
        )
        #expect(
            LevelTable.line(of: summary)
                == "porch: LAeq -50.0 dBFS, LAFmax silence; measured 1440.0 min, 99.9 % of the time "
                + "asked for."
        )
    }
}

@Suite struct TimeRangeTests {
    private let now = Date(timeIntervalSince1970: 1_795_176_000)

    @Test func agesCountBackFromNow() throws {
        let range = try TimeRange(since: "2h", until: "now", now: now)
        #expect(range.start == now.addingTimeInterval(-7_200) && range.end == now)
    }

    @Test func aBeginningAfterTheEndIsWrongUsage() throws {
        let failure = #expect(throws: CommandFailure.self) {
            try TimeRange(since: "1h", until: "2h", now: now)
        }
        #expect(failure?.status == .usage)
        #expect(failure?.message == "--since 1h is later than --until 2h. Swap the two.")
    }

    @Test func ofATimeOfDayItIsSaidThatItMeansToday() throws {
        let failure = #expect(throws: CommandFailure.self) {
            try TimeRange(since: "23:59", until: "00:01", now: now)
        }
        #expect(failure?.message.contains("'23:59' means today; write 'yesterday 23:59'") == true)
    }
}

@Suite struct RecordingChannelTests {
    @Test func aChannelIsANumberFromOneOrTheMix() {
        #expect(RecordingChannel(argument: "mix") == .mix)
        #expect(RecordingChannel(argument: "2") == .only(1))
        for wrong in ["0", "-1", "left", ""] { #expect(RecordingChannel(argument: wrong) == nil) }
        #expect(RecordingChannel.only(1).number == 2)
    }
}

@Suite struct OutputNamesTests {
    /// The names for files that are made in a folder, with its path taken out.
    private func names(of paths: [String]) throws -> [String] {
        let folder = try TemporaryFolder()
        for path in paths { try folder.write("", to: path) }
        let search = try FileSearch([folder.path]) { _ in true }
        let names = OutputNames(of: search.found, longestSuffix: ".csv")
        return paths.compactMap { names[folder.file($0)] }
    }

    @Test func aNameIsThatOfTheRecordingUnlessAnotherHasItToo() throws {
        #expect(try names(of: ["a/x.wav", "b/y.wav"]) == ["x", "y"])
        #expect(try names(of: ["a/x.wav", "b/x.wav"]) == ["a_x", "b_x"])
        #expect(try names(of: ["a/x.wav", "a/x.flac"]) == ["a_x.wav", "a_x.flac"])
        // Some file systems do not tell capitals from small letters.
        #expect(try names(of: ["a/x.wav", "b/X.wav"]) == ["a_x", "b_X"])
        // 'x-levels.csv' may be of either.
        #expect(try names(of: ["a/x.wav", "b/x-levels.wav"]) == ["a_x", "b_x-levels"])
    }

    @Test func aLongNameIsCutAndKeepsApart() throws {
        let long = String(repeating: "n", count: 240)
        let names = try names(of: ["\(long)1.wav", "\(long)2.wav"])
        #expect(Set(names).count == 2)
        #expect(names.allSatisfy { $0.utf8.count + ".csv".utf8.count <= 255 - 24 })
    }
}

@Suite struct DiagnosisTextTests {
    @Test func eachFindingIsALineWithItsAdviceBelow() {
        var facts = MonitorFacts()
        facts.configuration = ConfigurationFacts(path: "/e.yaml", isThere: false)
        let lines = DiagnosisReport(of: facts).text.split(separator: "\n")
        #expect(
            lines.first
                == "ok       configuration  There is no configuration; defaults apply. (/e.yaml)"
        )
        #expect(
            lines.contains { $0.hasPrefix("fault    service        The service is not running.") }
        )
        #expect(lines.contains { $0.hasPrefix("                        -> ") })
    }
}
