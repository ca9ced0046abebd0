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
            #expect(third.errors == "All 120 recording(s) are already done.\n")
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

        /// Has `ffmpeg` make a recording in the home folder.
        private func ffmpeg(_ arguments: String...) throws {
            let outcome = try RunningProgram(
                path: "/usr/bin/ffmpeg",
                arguments: ["-v", "error", "-nostdin", "-y"] + arguments,
                environment: [:]
            ).outcome()
            try #require(outcome.status == 0, "\(outcome.errors)")
        }

        @Test func channelsThatCancelEachOtherAreReportedAndEachCanBeHeard() throws {
            let dog = Recordings.clear("dog_bark").path
            let stereo = home.path("opposite.wav")
            try ffmpeg("-i", dog, "-af", "pan=stereo|c0=0.9*c0|c1=-0.9*c0", stereo)
            let mixed = try program.run("analyze", "--count", stereo)
            #expect(mixed.status == 0, "\(mixed.errors)")
            #expect(mixed.errors.contains("The channels of '\(stereo)' cancel out"))
            #expect(mixed.errors.contains("--channel "))
            #expect(!mixed.output.contains("Dog bark"))
            for channel in ["1", "2"] {
                let one = try program.run("analyze", "--channel", channel, stereo)
                #expect(one.status == 0 && one.errors.isEmpty, "\(one.errors)")
                #expect(one.output.contains("Dog bark"))
            }
            let third = try program.run("analyze", "--channel", "3", stereo)
            #expect(third.status == 65)
            #expect(
                third.errors.contains("has no channel 3. Use --channel 1 to 2, or --channel mix.")
            )
            for wrong in ["0", "left", "-1"] {
                #expect(try program.run("analyze", "--channel=\(wrong)", stereo).status == 64)
            }
        }

        @Test func everySoundOfAJoinedFileIsAnEventAndWhatCanNotBeReadIsSaid() throws {
            let dog = try Data(contentsOf: Recordings.clear("dog_bark"))
            let joined = home.path("joined.ogg")
            try (dog + dog).write(to: URL(fileURLWithPath: joined))
            let whole = try program.run("analyze", "--format", "csv", joined)
            #expect(whole.status == 0 && whole.errors.isEmpty, "\(whole.errors)")
            let alone = try program.run(
                "analyze",
                "--format",
                "csv",
                Recordings.clear("dog_bark").path
            )
            #expect(whole.lines.count - 1 == 2 * (alone.lines.count - 1))
            try (dog + dog.prefix(dog.count * 2 / 3)).write(to: URL(fileURLWithPath: joined))
            let cut = try program.run("analyze", joined)
            #expect(cut.status == 65)
            #expect(cut.errors.contains("is truncated"))
        }

        @Test func brokenRecordingsInAFolderDoNoHarmToTheOthers() throws {
            let folder = try folder(of: Recordings.clear("dog_bark"), copies: 40)
            for index in 0..<200 {
                try home.write("RIFF$\0\0\0WAVEgarbage", to: "recordings/take-\(1_000 + index).wav")
            }
            let outcome = try program.run("analyze", "--jobs", "8", "--format", "csv", folder)
            #expect(outcome.status == 65)
            let barks = outcome.lines.filter { $0.contains("dog_bark") }
            for index in 0..<40 {
                #expect(barks.contains { $0.contains("take-\(1_000 + index).ogg") })
            }
            #expect(!outcome.errors.contains(".ogg"), "\(outcome.errors)")
        }

        @Test func aRecordingThatNeedsFFmpegIsHeardAndWithoutItTheErrorSaysWhatToInstall() throws {
            let dog = Recordings.clear("dog_bark").path
            let memo = home.path("memo.m4a")
            try ffmpeg("-i", dog, memo)
            let heard = try program.run("analyze", memo)
            #expect(heard.status == 0 && heard.errors.isEmpty, "\(heard.errors)")
            #expect(heard.output.contains("Dog bark"))

            // Files of the libraries' names that are none hide the real ones.
            let hidden = home.path("libraries")
            let files = FileManager.default
            try files.createDirectory(atPath: hidden, withIntermediateDirectories: true)
            for folder in ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"] {
                let names = (try? files.contentsOfDirectory(atPath: folder)) ?? []
                for name in names where name.hasPrefix("libavformat.so.") {
                    try home.write("no library", to: "libraries/\(name)")
                }
            }
            var program = program
            program.environment["LD_LIBRARY_PATH"] = hidden
            let refused = try program.run("analyze", memo)
            #expect(refused.status == 65)
            #expect(
                refused.errors.contains("memo.m4a' is MP4 (M4A), which only FFmpeg's libraries")
            )
            #expect(refused.errors.contains("are not all installed. Install the package ffmpeg"))
            #expect(try program.run("analyze", dog).status == 0)
        }

        @Test func librariesWriteNothingToStandardError() throws {
            let dog = Recordings.clear("dog_bark").path
            let mp3 = home.path("dog.mp3")
            try ffmpeg("-i", dog, "-b:a", "64k", mp3)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: mp3))
            // A size in the header that no longer fits, and rubbish between frames.
            try (bytes + bytes.dropFirst(3_000)).write(to: URL(fileURLWithPath: mp3))
            let outcome = try program.run("analyze", mp3)
            let lines = outcome.errors.split(separator: "\n")
            #expect(lines.allSatisfy { $0.hasPrefix("earwitness: ") }, "\(outcome.errors)")
            #expect(outcome.output.contains("Dog bark"))
            for beginning in ["ID3\u{3}\0\0\0\0\0\0", "ID3\u{3}\0\0\0\0\0\0RIFF"] {
                let rubbish = try home.write(
                    beginning + String(repeating: "\0U", count: 100_000),
                    to: "rubbish.mp3"
                )
                let refused = try program.run("analyze", rubbish)
                #expect(refused.status == 65)
                #expect(refused.errors.hasPrefix("earwitness: ") && refused.errors.count < 300)
            }
        }
    }
}
