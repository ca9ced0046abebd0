import AudioFiles
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// `cadence learn`: a recording becomes a model, which finds the sound elsewhere.
    @Suite struct CadenceCommandTests {
        private static let rateHz = 16_000
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
        }

        /// Beeps of 2 kHz every ten seconds, `pace` times as fast, in noise.
        private func sound(
            noise: Float,
            amplitude: Double,
            pace: Double = 1,
            beeps: Int = 5,
            seed: UInt64
        ) -> [Float] {
            var random = SeededNumbers(seed: seed)
            return (0..<32 * Self.rateHz).map { index in
                let time = Double(index) / Double(Self.rateHz)
                let phase = (max(0, time - 2) * pace).truncatingRemainder(dividingBy: 10)
                let place = (phase / 0.5).rounded(.down)
                let isOn = time > 2 && place < Double(beeps) && phase - place * 0.5 < 0.3
                let tone = isOn ? Float(amplitude * sin(2 * .pi * 2_000 * time)) : 0
                return tone + Float.random(in: -noise...noise, using: &random)
            }
        }

        private func write(_ samples: [Float], to name: String) throws -> String {
            let path = home.path(name)
            let writer = try RecordingWriter(
                path: path,
                format: .wav16,
                sampleRateHz: Self.rateHz
            )
            try writer.write(samples.span)
            try writer.finish()
            return path
        }

        /// Makes a model of what 'cadence learn' wrote; gives its folder.
        private func model(_ description: String) throws -> String {
            try FileManager.default.createDirectory(
                atPath: home.path("dryer"),
                withIntermediateDirectories: true
            )
            return (try home.write(description, to: "dryer/model.yaml") as NSString)
                .deletingLastPathComponent
        }

        /// How many events a model finds in a sound.
        private func events(of samples: [Float], by model: String) throws -> Int {
            let path = try write(samples, to: "other.wav")
            let answer = try program.run("analyze", "--model", model, "--format", "json", path)
            #expect(answer.status == 0, "\(answer.errors)")
            return JSONLines.objects(in: answer.output).count
        }

        @Test func whatIsLearntFromARecordingIsFoundInANoisierOneAndNotElsewhere() throws {
            let clip = try write(sound(noise: 0.01, amplitude: 0.2, seed: 1), to: "dryer.wav")
            let learnt = try program.run("cadence", "learn", clip, "--class", "dryer_end")
            #expect(learnt.status == 0, "\(learnt.errors)")
            #expect(learnt.errors.contains("5 pulses of 0.3"))
            let model = try model(learnt.output)
            func found(_ samples: [Float]) throws -> Int { try events(of: samples, by: model) }
            // Slower, fainter and in ten times the noise.
            #expect(try found(sound(noise: 0.1, amplitude: 0.1, pace: 0.95, seed: 2)) >= 1)
            #expect(try found(sound(noise: 0.05, amplitude: 0.1, beeps: 3, seed: 3)) == 0)
            #expect(try found(sound(noise: 0.1, amplitude: 0, seed: 4)) == 0)
        }

        /// A tune of notes of 0.25 s with an overtone, at a moment, in noise.
        private func melody(_ hertz: [Double], noise: Float, amplitude: Double) -> [Float] {
            var random = SeededNumbers(seed: 6)
            return (0..<10 * Self.rateHz).map { index in
                let time = Double(index) / Double(Self.rateHz)
                let place = Int(((time - 4) / 0.25).rounded(.down))
                var sound = 0.0
                if hertz.indices.contains(place) {
                    let phase = 2 * .pi * hertz[place] * time
                    sound = amplitude * (sin(phase) + 0.3 * sin(2 * phase))
                }
                return Float(sound) + Float.random(in: -noise...noise, using: &random)
            }
        }

        @Test func aTuneIsLearntNoteByNoteAndFoundAgainButNotInAnotherOrder() throws {
            let notes = [1_047, 1_319, 1_568, 1_319, 2_093].map(Double.init)
            let clip = try write(melody(notes, noise: 0.005, amplitude: 0.2), to: "tune.wav")
            let learnt = try program.run("cadence", "learn", clip, "--class", "dryer_end")
            #expect(learnt.status == 0, "\(learnt.errors)")
            #expect(learnt.errors.contains("tune of 5 notes"), "\(learnt.errors)")
            let model = try model(learnt.output)
            func found(_ samples: [Float]) throws -> Int { try events(of: samples, by: model) }
            #expect(try found(melody(notes, noise: 0.05, amplitude: 0.1)) == 1)
            #expect(try found(melody(notes.reversed(), noise: 0.005, amplitude: 0.2)) == 0)
        }

        @Test func aRecordingWithoutARhythmIsRefusedWithTheReason() throws {
            let noise = try program.run(
                "cadence",
                "learn",
                try write(sound(noise: 0.1, amplitude: 0, seed: 5), to: "noise.wav")
            )
            #expect(noise.status == 65 && noise.output.isEmpty)
            #expect(noise.errors.contains("noise.wav': no steady tone stands out"))
            let speech = try program.run("cadence", "learn", Recordings.clear("baby_cry").path)
            #expect(speech.status == 65, "\(speech.output)")
        }
    }
}
