import AudioFiles
import Detection
import Foundation
import Settings
import SoundDatasets

/// Changes recordings as players, rooms, other sounds and microphones would.
package struct WaveformAugmenter: Sendable {
    /// What is changed how often.
    package let settings: WaveformSettings
    /// The rate of all samples, in Hz.
    let rateHz: Int
    private let rooms: [RoomResponse]
    private let backgrounds: [[Float]]
    private let changer: TimePitchChanger?
    /// A digest of the settings, rooms and backgrounds.
    let key: String

    /// Reads rooms and backgrounds.
    ///
    /// - Parameters:
    ///   - settings: What is changed how often.
    ///   - rateHz: The rate of the samples.
    ///   - root: What paths are relative to.
    ///   - library: The file of librubberband.
    /// - Throws: What cannot be read, a setting without its recordings, or that librubberband is
    ///   missing where it is needed.
    package init(
        _ settings: WaveformSettings,
        rateHz: Int,
        root: String = ".",
        library: String = "librubberband.so.2"
    ) throws {
        self.settings = settings
        self.rateHz = rateHz
        func load(_ paths: [String], needed: Bool, _ name: String) throws -> [[Float]] {
            guard needed else { return [] }
            let found = try paths.flatMap { path in
                try RecordingSearch.recordings(at: path.hasPrefix("/") ? path : "\(root)/\(path)")
            }
            guard !found.isEmpty else {
                throw TrainingError.invalidSetting(
                    name: "waveform.\(name)",
                    found: "an empty list",
                    allowed: "at least one folder or file, since it is to be used"
                )
            }
            return try found.map { path in
                let clip = LabelledClip(path: path, classes: [], group: path)
                return try FeatureMaker.samples(of: clip, rateHz: rateHz)
            }
        }
        let responses = try load(settings.rooms, needed: settings.roomProbability > 0, "rooms")
        backgrounds = try load(
            settings.backgrounds,
            needed: settings.backgroundProbability > 0,
            "backgrounds"
        )
        rooms = responses.map { RoomResponse($0) }
        let needsChanger = settings.stretchProbability > 0 || settings.pitchProbability > 0
        changer = needsChanger ? try TimePitchChanger(library: library) : nil
        let lines = WaveformSettings.table.values(of: settings).map { "\($0.key)=\($0.text)" }
        let sums = (responses + backgrounds).map { samples in
            "\(samples.count) \(samples.reduce(0) { $0 + abs($1) })"
        }
        key = Fingerprint.digest((lines + ["rate=\(rateHz)"] + sums).joined(separator: "\n"))
    }

    /// The random share of another recording, 0 to 0.5.
    func mixupShare(_ generator: inout SeededGenerator) -> Float {
        guard generator.happens(settings.mixupProbability) else { return 0 }
        let part = generator.beta(settings.mixupAlpha)
        return min(part, 1 - part)
    }

    /// Mixes two recordings by their shares, each at its own level.
    func mix(_ other: [Float], share: Float, into samples: inout [Float]) {
        guard !other.isEmpty else { return }
        for index in samples.indices {
            samples[index] = (1 - share) * samples[index] + share * other[index % other.count]
        }
    }

    /// Changes a recording in all ways but by mixing it.
    func apply(to samples: inout [Float], _ generator: inout SeededGenerator) {
        changeTime(of: &samples, &generator)
        shift(&samples, &generator)
        if generator.happens(settings.roomProbability), !rooms.isEmpty {
            let count = samples.count
            samples = rooms[generator.index(below: rooms.count)].applied(to: samples)
            // The tail beyond the recording's end is left out, but some of a short one's stays.
            samples.removeLast(max(samples.count - count - rateHz / 2, 0))
        }
        if generator.happens(settings.backgroundProbability), !backgrounds.isEmpty {
            let background = backgrounds[generator.index(below: backgrounds.count)]
            let start = generator.index(below: max(background.count, 1))
            lay(
                background,
                from: start,
                under: &samples,
                generator.uniform(settings.backgroundRatioDB)
            )
        }
        changeResponse(of: &samples, &generator)
        if settings.gainDB > 0 {
            let gain = pow(10, generator.uniform(-settings.gainDB, settings.gainDB) / 20)
            for index in samples.indices { samples[index] *= gain }
        }
    }

    private func changeTime(of samples: inout [Float], _ generator: inout SeededGenerator) {
        var (stretch, semitones): (Float, Float) = (1, 0)
        if generator.happens(settings.stretchProbability) {
            stretch = generator.uniform(settings.stretch)
        }
        if generator.happens(settings.pitchProbability) {
            semitones = generator.uniform(settings.pitchSemitones)
        }
        guard let changer, stretch != 1 || semitones != 0 else { return }
        samples = changer.changed(
            samples,
            rateHz: rateHz,
            stretch: Double(stretch),
            semitones: Double(semitones)
        )
    }

    private func shift(_ samples: inout [Float], _ generator: inout SeededGenerator) {
        guard settings.shiftSeconds > 0 else { return }
        let reach = Int(settings.shiftSeconds * Float(rateHz))
        let shift = generator.index(below: 2 * reach + 1) - reach
        if shift >= 0 {
            samples = [Float](repeating: 0, count: shift) + samples
        } else if -shift < samples.count / 2 {
            samples.removeFirst(-shift)
        }
    }

    private func lay(
        _ background: [Float],
        from start: Int,
        under samples: inout [Float],
        _ ratioDB: Float
    ) {
        guard !background.isEmpty else { return }
        let stretch = samples.indices.map { background[(start + $0) % background.count] }
        let level = SoundEnergy.decibels(SoundEnergy.meanSquare(samples[...])) - Double(ratioDB)
        let gain = SoundEnergy.gain(
            from: SoundEnergy.meanSquare(stretch[...]),
            toDecibels: level
        )
        for index in samples.indices { samples[index] += gain * stretch[index] }
    }

    private func changeResponse(of samples: inout [Float], _ generator: inout SeededGenerator) {
        if generator.happens(settings.responseProbability) {
            for _ in 0..<3 {
                let hertz = 80 * pow(Float(rateHz) / 200, generator.uniform())
                let gain = generator.uniform(-settings.responseDB, settings.responseDB)
                let quality = generator.uniform(0.4, 1.5)
                BiquadSection.bell(hertz: hertz, rateHz: rateHz, gainDB: gain, quality: quality)
                    .apply(to: &samples)
            }
        }
        guard generator.happens(settings.bandLimitProbability) else { return }
        let high = generator.uniform(settings.highCutHz)
        let low = generator.uniform(settings.lowCutHz)
        let hasLowCut = generator.happens(0.5)
        // Twice, since a telephone's band has steep ends.
        for _ in 0..<2 {
            if high < Float(rateHz) * 0.49 {
                BiquadSection.lowPass(hertz: high, rateHz: rateHz).apply(to: &samples)
            }
            if hasLowCut { BiquadSection.highPass(hertz: low, rateHz: rateHz).apply(to: &samples) }
        }
    }
}

extension BiquadSection {
    /// Cuts off what is above a frequency, 12 dB an octave.
    fileprivate static func lowPass(hertz: Float, rateHz: Int) -> BiquadSection {
        let (cosine, alpha) = angles(hertz, rateHz, quality: 0.7071)
        let edge = (1 - cosine) / 2
        return section((edge, 1 - cosine, edge), (1 + alpha, -2 * cosine, 1 - alpha))
    }

    /// Cuts off what is below a frequency, 12 dB an octave.
    fileprivate static func highPass(hertz: Float, rateHz: Int) -> BiquadSection {
        let (cosine, alpha) = angles(hertz, rateHz, quality: 0.7071)
        let edge = (1 + cosine) / 2
        return section((edge, -(1 + cosine), edge), (1 + alpha, -2 * cosine, 1 - alpha))
    }

    /// Raises or lowers what is around a frequency.
    fileprivate static func bell(
        hertz: Float,
        rateHz: Int,
        gainDB: Float,
        quality: Float
    ) -> BiquadSection {
        let (cosine, alpha) = angles(hertz, rateHz, quality: Double(quality))
        let gain = pow(10, Double(gainDB) / 40)
        return section(
            (1 + alpha * gain, -2 * cosine, 1 - alpha * gain),
            (1 + alpha / gain, -2 * cosine, 1 - alpha / gain)
        )
    }

    /// A section by Bristow-Johnson's cookbook of audio equalisers (1994), whose denominator begins
    /// with a number other than 1.
    private static func section(
        _ b: (Double, Double, Double),
        _ a: (Double, Double, Double)
    ) -> BiquadSection {
        BiquadSection(
            feedforward: (b.0 / a.0, b.1 / a.0, b.2 / a.0),
            feedback: (a.1 / a.0, a.2 / a.0)
        )
    }

    private static func angles(
        _ hertz: Float,
        _ rateHz: Int,
        quality: Double
    ) -> (cosine: Double, alpha: Double) {
        let turn = 2 * Double.pi * min(Double(hertz) / Double(rateHz), 0.49)
        return (cos(turn), sin(turn) / (2 * quality))
    }

    /// Filters samples in place, from silence on.
    fileprivate func apply(to samples: inout [Float]) {
        var section = self
        for index in samples.indices {
            samples[index] = Float(section.filter(Double(samples[index])))
        }
    }
}
