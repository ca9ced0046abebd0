import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// Folders, names and clocks as users have them.
    @Suite struct PathsAndTimesTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
        }

        /// Runs a line of the shell, in which `$EW` is the program and `$R` a recording of a dog.
        private func shell(_ line: String, zone: String = "UTC") throws -> BuiltProgram.Outcome {
            try RunningProgram(
                path: "/bin/bash",
                arguments: ["-c", "cd '\(home.folder.path)' && \(line)"],
                environment: ProcessInfo.processInfo.environment
                    .merging(program.environment) { $1 }
                    .merging([
                        "EW": BuiltProgram.folder + "/earwitness", "TZ": zone,
                        "R": Recordings.clear("dog_bark").path,
                    ]) { $1 }
            ).outcome()
        }

        @Test func aCardWithLinksLitterAndOtherFilesIsAnalysedOnce() throws {
            let outcome = try shell(
                """
                mkdir -p d/sub d/.Trashes real && cp $R d/own.ogg && cp $R real/x.ogg
                cp $R d/.Trashes/gone.ogg; echo no > d/._own.ogg; echo a > d/a.txt; echo b > d/b.cue
                ln -s ../real d/card; ln -s .. d/sub/up; ln -s own.ogg d/same.ogg; mkfifo d/p.wav
                $EW analyze --count --format json d
                """
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            let files = JSONLines.objects(in: outcome.output).compactMap { $0["file"] as? String }
            #expect(files == ["d/card/x.ogg", "d/own.ogg"])
            #expect(
                outcome.errors == """
                    earwitness: 3 other files were skipped: .cue, .txt, pipes or devices.
                    earwitness: 1 recording was reached twice and is analysed once.
                    earwitness: The link 'd/sub/up' leads to a folder that is already searched; it \
                    is searched once.

                    """
            )
        }

        @Test func whatCannotBeSearchedIsSaidAndTheRestIsAnalysed() throws {
            let outcome = try shell(
                """
                mkdir d && cp $R d/x.ogg && ln -s /mnt/no/such/disk d/usb
                $EW analyze --count --format json d
                """
            )
            #expect(outcome.status == 65)
            #expect(JSONLines.objects(in: outcome.output).count == 1)
            #expect(
                outcome.errors == """
                    earwitness: Cannot follow the link 'd/usb': no such file or folder. Mount or \
                    restore what it leads to, or remove it.
                    earwitness: 1 folder(s) or link(s) could not be searched; what is in them is \
                    missing.

                    """
            )
        }

        @Test func aNameOfAnyBytesIsReadWrittenAndShown() throws {
            let outcome = try shell(
                #"""
                mkdir d && cp $R $'d/caf\xe9\n\e[31m.ogg'
                $EW analyze --format json --scores $'out\xe9' $'d/caf\xe9\n\e[31m.ogg' > json
                $EW analyze d > text; cp text table
                test -e $'out\xe9/caf\xe9\n\e[31m.csv' && python3 -c '
                import json
                name = json.loads(open("json").readline())["file"]
                open(name.translate({0xEF00 + b: 0xDC00 + b for b in range(128, 256)}))'
                """#
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            let table = try String(contentsOfFile: home.path("table"), encoding: .utf8)
            #expect(table.contains(#"d/caf\xE9\n\x1B[31m.ogg"#))
        }

        @Test func namesOfArgumentsAreShownEscapedInErrors() throws {
            let outcome = try shell(#"$EW analyze $'no\xe9\nsuch\e[0m'"#)
            #expect(outcome.status == 66)
            #expect(
                outcome.errors
                    == "earwitness: There is no file or folder 'no\\xE9\\nsuch\\x1B[0m'. Check the path.\n"
            )
        }

        @Test func filesNamedAfterRecordingsAreOneEachWhateverTheOrder() throws {
            let outcome = try shell(
                """
                mkdir -p d/a d/b && for f in d/a/x d/b/x d/a/X d/x-2; do cp $R $f.ogg; done
                cp $R d/b/x.oga; cp $R d/$(printf 'n%.0s' {1..248}).ogg
                $EW analyze --count --scores one --levels one d > /dev/null
                $EW analyze --count --scores two --levels two d/x-2.ogg d/b d/a d/n* > /dev/null
                ls one | wc -l; ls two | wc -l; ls one | grep -v nnn
                """
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.lines.prefix(2) == ["12", "12"])
            #expect(
                Set(outcome.lines.dropFirst(2)).isSuperset(of: [
                    "b_x.oga.csv", "b_x.ogg.csv", "x-2.csv", "x-2-levels.csv",
                ])
            )
        }

        @Test(arguments: [
            ("CET-1CEST,M3.5.0,M10.5.0/3", "06:30:", "(CEST, +02:00)"),
            (":America/New_York", "00:30:", "(EDT, -04:00)"), ("<-03>3", "01:30:", "(-03:00)"),
            ("UTC-10", "14:30:", "(UTC, +10:00)"), ("Asia/Kolkata", "10:00:", "(IST, +05:30)"),
            ("", "04:30:", "(UTC)"),
            (":/usr/share/zoneinfo/Australia/Lord_Howe", "15:00:", "(+10:30)"),
        ])
        func everyFormOfTZIsThatOfTheCLibrary(
            zone: String,
            time: String,
            label: String
        ) throws {
            let outcome = try shell(
                "cp $R 20230501_043000.ogg && $EW analyze 20230501_043000.ogg",
                zone: zone
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.lines.first?.contains("start \(label)") == true, "\(outcome.output)")
            #expect(outcome.lines.dropFirst().first?.dropFirst(11).hasPrefix(time) == true)
        }

        @Test func theZoneOfNamesCanBeGivenAndWhatWasUsedIsSaid() throws {
            let outcome = try shell(
                """
                cp $R 20230501_043000.ogg
                $EW analyze --format json --timezone Australia/Brisbane 20230501_043000.ogg
                """
            )
            #expect(outcome.status == 0)
            let event = try #require(JSONLines.objects(in: outcome.output).first)
            #expect((event["start"] as? String)?.hasPrefix("2023-04-30T18:30:") == true)
            #expect(event["time_from"] as? String == "name")
            #expect(
                outcome.errors
                    == "earwitness: Recording times: from the file name, in the zone of "
                    + "--timezone, as of '20230501_043000.ogg'.\n"
            )
            let wrong = try shell("$EW analyze --timezone Brisbane x.wav")
            #expect(wrong.status == 64)
            #expect(wrong.errors.contains("--timezone is 'Brisbane'"))
        }

        @Test func datesAndLocalTimesAskForWhatWasHeard() throws {
            #expect(
                try program.run("run", "--source", "file:\(Recordings.clear("dog_bark").path)")
                    .status == 0
            )
            for (since, until) in [
                ("today", "today"), ("yesterday 22:00", "now"), ("2020-01-01", "2099-12-31"),
                ("2020-01-01 06:00", "2099-12-31T06:00"),
            ] {
                let outcome = try program.run("events", "--since", since, "--until", until)
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(outcome.lines.count > 1, "\(since) \(until)")
            }
            let backwards = try program.run("events", "--since", "06:00", "--until", "05:00")
            #expect(backwards.status == 64)
            #expect(backwards.errors.contains("write 'yesterday 06:00'"))
            let none = try program.run("levels", "--since", "2026-02-30")
            #expect(none.status == 64)
            #expect(none.errors.contains("there is no such date"))
        }
    }
}
