import AudioFiles
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// How loud it was, as a user asks for it.
    @Suite struct SoundLevelTests {
        private let home: TestHome

        init() throws {
            home = try TestHome()
        }

        /// A calibrator's tone of 1 kHz on a microphone with a little noise, -31.2 dBFS (RMS).
        private func tone(
            seconds: Int,
            named name: String = "tone.wav",
            wobble: Double = 0
        ) throws -> String {
            let rateHz = 16_000
            let amplitude = 2.0.squareRoot() * pow(10, -31.2 / 20)
            var state: UInt32 = 1
            let samples = (0..<seconds * rateHz).map { index in
                state = state &* 1_664_525 &+ 1_013_904_223
                let noise = Double(Int32(bitPattern: state)) / 2_147_483_648 * 1e-4
                let time = Double(index) / Double(rateHz)
                let change = 1 + wobble * sin(2 * Double.pi * 0.3 * time)
                return Float(amplitude * change * sin(2 * Double.pi * 1_000 * time) + noise)
            }
            let path = home.path(name)
            let writer = try RecordingWriter(path: path, format: .wavFloat, sampleRateHz: rateHz)
            try writer.write(samples.span)
            try writer.finish()
            return path
        }

        private func configure(_ keys: String, recording: String) throws -> BuiltProgram {
            try home.write(
                """
                web: { listen: off }
                sources:
                  - { name: porch, device: "file:\(recording)", \(keys) }
                """,
                to: "earwitness.yaml"
            )
            return try home.program()
        }

        /// The energy mean over minutes, which come in two if the clock went on meanwhile.
        private func energyMean(
            _ minutes: [[String: Any]]
        ) throws -> (level: Double, seconds: Double) {
            var (energy, seconds) = (0.0, 0.0)
            for minute in minutes {
                let level = try #require(minute["laeq"] as? Double)
                let measured = try #require(minute["measured_s"] as? Double)
                energy += measured * pow(10, level / 10)
                seconds += measured
            }
            return (10 * log10(energy / seconds), seconds)
        }

        @Test func aCalibratedSourceHasSoundPressureLevelsLiveAndOffline() throws {
            let recording = try tone(seconds: 4)
            let program = try configure("calibration: 94 dB at -31.2 dBFS", recording: recording)
            let run = try program.run("run")
            #expect(run.status == 0, "\(run.errors)")

            let answer = try program.run("levels", "--format", "json")
            #expect(answer.status == 0, "\(answer.errors)")
            let minutes = JSONLines.objects(in: answer.output)
            #expect(minutes.allSatisfy { $0["unit"] as? String == "dB SPL" })
            #expect(minutes.allSatisfy { $0["calibration_db"] as? Double == 125.2 })
            let live = try energyMean(minutes)
            #expect(abs(live.level - 94) < 0.15)
            #expect(abs(live.seconds - 4) < 0.01)
            #expect(answer.errors.contains("porch: LAeq 94.0 dB SPL, LAFmax "))
            #expect(answer.errors.contains(" % of the time asked for."))

            let analysis = try program.run(
                "analyze",
                recording,
                "--levels",
                home.path("levels"),
                "--calibration",
                "94 dB at -31.2 dBFS"
            )
            #expect(analysis.status == 0, "\(analysis.errors)")
            let table = try String(
                contentsOfFile: home.path("levels/tone-levels.csv"),
                encoding: .utf8
            )
            let lines = table.split(separator: "\n").map {
                $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            }
            try #require(lines.count == 2)
            let row = Dictionary(uniqueKeysWithValues: zip(lines[0], lines[1]))
            #expect(row["start_s"] == "0.000" && row["end_s"] == "4.000")
            #expect(row["measured_s"] == "4.000" && row["unit"] == "dB SPL")
            #expect(row["minute"] == "")
            let offline = try #require(row["laeq"].flatMap(Double.init))
            #expect(abs(offline - live.level) < 0.06)
        }

        @Test func nobodyGetsASoundPressureThatNobodyCalibrated() throws {
            let recording = try tone(seconds: 3)
            let program = try configure("gain_db: 0", recording: recording)
            #expect(try program.run("run").status == 0)
            for format in ["text", "json", "csv"] {
                let answer = try program.run("levels", "--format", format)
                #expect(answer.status == 0, "\(answer.errors)")
                #expect(answer.output.contains("dBFS") && !answer.output.contains("SPL"))
                #expect(answer.output.contains("-31.2"))
                #expect(!answer.errors.contains("SPL"))
            }
            let stored = try home.query("SELECT DISTINCT unit FROM sound_level")
            #expect(stored == "dBFS")
        }

        @Test func sourceThatShallNotBeMeasuredHasNoLevels() throws {
            let recording = try tone(seconds: 2)
            let program = try configure("levels: false", recording: recording)
            #expect(try program.run("run").status == 0)
            let answer = try program.run("levels")
            #expect(answer.status == 0)
            #expect(answer.output == "No levels in this time range.\n")
            #expect(try home.query("SELECT count(*) FROM level_minute") == "0")
        }

        @Test func whatCannotBeAnsweredIsRefusedInOneLine() throws {
            let recording = try tone(seconds: 1)
            let program = try configure("gain_db: 0", recording: recording)
            #expect(try program.run("levels").status == 66)
            #expect(try program.run("run").status == 0)
            let attic = try program.run("levels", "--source", "attic")
            #expect(attic.status == 64)
            #expect(
                attic.errors
                    == "earwitness: Unknown source 'attic' in the history; known: porch.\n"
            )
            #expect(try program.run("levels", "--since", "soon").status == 64)
            #expect(try program.run("levels", "--limit", "0").status == 64)
            #expect(try program.run("levels", "--since", "1m", "--until", "2m").status == 64)
            let calibration = try program.run(
                "analyze",
                recording,
                "--levels",
                home.path("levels"),
                "--calibration",
                "loud"
            )
            #expect(calibration.status == 64)
            #expect(calibration.errors.contains("--calibration is 'loud'; give the sound pressure"))
        }

        @Test func aCalibratorsToneGivesTheLineForTheConfiguration() throws {
            let recording = try tone(seconds: 5)
            let program = try configure("gain_db: 0", recording: recording)
            let outcome = try program.run("calibrate", "--seconds", "3")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == "calibration: 94 dB at -31.20 dBFS\n")
            #expect(outcome.errors.contains("0 dBFS is 125.20 dB SPL"))
            let line = outcome.output.trimmingCharacters(in: .newlines)
            let checked = try configure(line, recording: recording).run("config", "check")
            #expect(checked.status == 0, "\(checked.errors)")
        }

        @Test func whatIsNoCalibratorsToneIsRefused() throws {
            let program = try configure("gain_db: 0", recording: try tone(seconds: 2))
            let unsteady = try tone(seconds: 4, named: "unsteady.wav", wobble: 0.3)
            let rooster = Recordings.clear("rooster").path
            for (recording, expected) in [
                (unsteady, "The tone is not steady: it changed by "),
                (rooster, "No clear tone of 1000 Hz: "),
            ] {
                let outcome = try program.run("calibrate", "file:\(recording)", "--seconds", "3")
                #expect(outcome.status == 65)
                #expect(outcome.output.isEmpty)
                #expect(outcome.errors.contains(expected), "\(outcome.errors)")
            }
            let short = try program.run("calibrate", "--seconds", "3")
            #expect(short.status == 65)
            #expect(short.errors.contains("The recording has 2.0 s, 4 s are needed."))
        }
    }
}
