import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// What `analyze` writes, and how it is stopped and gone on with.
    @Suite struct AnalyzeCommandTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
        }

        /// A folder with a recording copied many times.
        private func folder(of recording: URL, copies: Int) throws -> String {
            let folder = home.folder.appendingPathComponent("recordings")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for index in 0..<copies {
                let name = "take-\(1_000 + index).ogg"
                try FileManager.default.copyItem(
                    at: recording,
                    to: folder.appendingPathComponent(name)
                )
            }
            return folder.path
        }

        @Test func theTableHasOneHeaderAndOneWidthOverAllRecordings() throws {
            let dog = Recordings.clear("dog_bark").path
            let rooster = Recordings.clear("rooster").path
            let outcome = try program.run("analyze", dog, rooster)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = outcome.lines
            #expect(lines.filter { $0.hasPrefix("start ") }.count == 1)
            let column = try #require(lines.first?.firstRange(of: "file")?.lowerBound)
            let width = lines[0].distance(from: lines[0].startIndex, to: column)
            for line in lines.dropFirst() {
                #expect(line.dropFirst(width).hasPrefix("/"), "\(line)")
            }
        }

        @Test func aSelectionTableForRavenNumbersTheEventsOfAllRecordings() throws {
            let dog = Recordings.clear("dog_bark")
            let rooster = Recordings.clear("rooster")
            let outcome = try program.run(
                "analyze",
                "--format",
                "raven",
                dog.path,
                rooster.path
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            let cells = outcome.lines.map {
                $0.split(separator: "\t", omittingEmptySubsequences: false)
            }
            #expect(cells.first?.prefix(3) == ["Selection", "View", "Channel"])
            let rows = cells.dropFirst()
            #expect(rows.map { String($0[0]) } == (1...rows.count).map(String.init))
            #expect(rows.first?[7] == dog.lastPathComponent[...])
            #expect(rows.last?[7] == rooster.lastPathComponent[...])
        }

        @Test func eventsAlsoComeAsASelectionTableForRaven() throws {
            let recording = Recordings.clear("rooster").path
            #expect(try program.run("run", "--source", "file:\(recording)").status == 0)
            let outcome = try program.run("events", "--format", "raven")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.lines.first?.hasPrefix("Selection\tView\t") == true)
            #expect(outcome.lines.dropFirst().contains { $0.contains("\trooster\t") })
        }

        @Test func eachRecordingBecomesAPictureOfItsOwn() throws {
            let recording = Recordings.clear("rooster").path
            let outcome = try program.run(
                "analyze",
                recording,
                "--spectrogram",
                home.path("pictures")
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            let picture = try Data(
                contentsOf: URL(fileURLWithPath: home.path("pictures/1-26806-A.png"))
            )
            #expect(picture.starts(with: [0x89] + Array("PNG\r\n".utf8)))
            #expect(picture.count > 10_000)
        }

        @Test func anInterruptedAnalysisPrintsWhatIsDoneAndGoesOnWithTheRest() throws {
            let folder = try folder(of: Recordings.clear("rooster"), copies: 120)
            let journal = home.path("journal")
            let arguments = [
                "analyze", "--format", "json", "--jobs", "2", "--resume", journal, folder,
            ]
            let running = try program.start(arguments: arguments)
            try Wait.until("a recording is done") {
                FileManager.default.contents(atPath: journal)?.isEmpty == false
            }
            running.send(SIGINT)
            let first = running.outcome()
            #expect(first.status == 128 + SIGINT, "\(first.errors)")
            #expect(first.errors.contains("of 120 recording(s) done"))

            // A crash in the middle of a line must not cost more than that line.
            let cut = try #require(FileHandle(forWritingAtPath: journal))
            try cut.seekToEnd()
            try cut.write(contentsOf: Data("{\"bytes\":4".utf8))
            try cut.close()
            let second = try program.run(arguments: arguments)
            #expect(second.status == 0, "\(second.errors)")

            let files = [first, second].map { outcome in
                JSONLines.objects(in: outcome.output).compactMap { $0["file"] as? String }
            }
            #expect(!files[0].isEmpty && !files[1].isEmpty)
            #expect(Set(files[0]).isDisjoint(with: files[1]))
            #expect(Set(files[0] + files[1]).count == 120)

            let third = try program.run(arguments: arguments)
            #expect(third.status == 0)
            #expect(third.output.isEmpty)
            #expect(third.errors == "All 120 recording(s) are done already.\n")
        }

        @Test func aFileThatIsNoJournalIsRefusedAndLeftAsItIs() throws {
            let recording = Recordings.clear("rooster").path
            for text in ["Shopping: eggs\n", "Shopping: eggs", "{}\n"] {
                let note = try home.write(text, to: "note.txt")
                let outcome = try program.run("analyze", "--resume", note, recording)
                #expect(outcome.status == 65)
                #expect(outcome.errors.contains("is not a journal of 'analyze'"))
                #expect(try String(contentsOfFile: note, encoding: .utf8) == text)
            }
        }
    }
}
